// @ts-check
/** Calling somebody back to the page: a soft sound, a blinking title, a notification. Each can be refused. */

const SOUND_KEY = "sound";

/** @type {AudioContext | null} */
let audio = null;

/** Whether this person wants sounds. */
export function soundWanted() {
  try {
    return localStorage.getItem(SOUND_KEY) !== "off";
  } catch {
    return true;
  }
}

/** @param {boolean} wanted */
export function setSoundWanted(wanted) {
  try {
    localStorage.setItem(SOUND_KEY, wanted ? "on" : "off");
  } catch {
    // Storage is switched off: the choice holds for this page only.
  }
}

/**
 * Play two soft tones. Browsers allow it only after the person has pressed something on the site.
 * @returns {Promise<boolean>} whether it could be heard
 */
export async function playSound() {
  if (navigator.userActivation && !navigator.userActivation.hasBeenActive) return false;
  try {
    audio ??= new AudioContext();
    if (audio.state === "suspended") await Promise.race([audio.resume(), new Promise((done) => setTimeout(done, 300))]);
    if (audio.state !== "running") return false;
    const start = audio.currentTime;
    for (const [offset, frequency] of [[0, 523.25], [0.18, 659.25]]) {
      const tone = audio.createOscillator();
      const volume = audio.createGain();
      tone.frequency.value = frequency;
      volume.gain.setValueAtTime(0, start + offset);
      volume.gain.linearRampToValueAtTime(0.2, start + offset + 0.02);
      volume.gain.exponentialRampToValueAtTime(0.001, start + offset + 0.5);
      tone.connect(volume).connect(audio.destination);
      tone.start(start + offset);
      tone.stop(start + offset + 0.55);
    }
    return true;
  } catch {
    return false;
  }
}

const ownTitle = typeof document === "undefined" ? "" : document.title;
let blinking = 0;

/** Give the page its own title again. */
export function stopBlinking() {
  clearInterval(blinking);
  blinking = 0;
  document.title = ownTitle;
}

/**
 * Let the title blink until the person is back on the page.
 * @param {string} text
 */
export function blinkTitle(text) {
  if (document.hasFocus() || blinking) return;
  let on = false;
  const turn = () => {
    on = !on;
    document.title = on ? `(●) ${text}` : ownTitle;
  };
  turn();
  blinking = setInterval(turn, 1000);
  addEventListener("focus", stopBlinking, { once: true });
}

/** Whether a notification may still be asked for. */
export function mayAskToNotify() {
  return "Notification" in globalThis && Notification.permission === "default";
}

/**
 * Show a notification of the system, where the person allowed it and is not looking.
 * @param {string} text
 */
export function notify(text) {
  if (!("Notification" in globalThis) || Notification.permission !== "granted" || document.hasFocus()) return;
  try {
    const notification = new Notification(text, { tag: "conversation" });
    notification.addEventListener("click", () => window.focus());
  } catch {
    // Some phones have the interface but allow it to service workers only.
  }
}

/**
 * Do all of it, as far as the person wants it.
 * @param {string} text
 */
export async function callBack(text) {
  blinkTitle(text);
  notify(text);
  if (navigator.userActivation?.hasBeenActive) navigator.vibrate?.(200);
  if (soundWanted()) await playSound();
}
