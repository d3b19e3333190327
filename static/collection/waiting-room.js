// @ts-check
/**
 * The waiting room and the ready check: asks the server how things stand, which also keeps the place in the
 * queue, and goes on when there is something to go on to.
 */

import { callBack, mayAskToNotify, playSound, setSoundWanted, soundWanted } from "./attention.js";
import { clock, readJson, say } from "./texts.js";
import { every } from "./ticker.js";

const POLL_MS = 2000;
const LOST_AFTER_MS = 10_000;

const texts = readJson("chat-texts", /** @type {import("./texts.js").Texts} */ ({}));
const page = /** @type {HTMLElement} */ (document.querySelector("[data-waits-at]"));
const ownState = page.dataset.secondsLeft === undefined ? "waiting" : "ready_check";
const started = performance.now();
let heardAt = started;
let asking = false;
let leaving = false;
let waitedSeconds = Number(page.dataset.waitedSeconds ?? 0);
let secondsLeft = Number(page.dataset.secondsLeft ?? 0);
let announced = "";

/**
 * @param {string} name
 * @param {unknown} value
 */
function show(name, value) {
  const place = page.querySelector(`[data-show="${name}"]`);
  if (place && value !== undefined && value !== null) place.textContent = String(value);
}

/** @param {string} sentence */
function announce(sentence) {
  const status = page.querySelector("[data-wait-status]");
  if (status && sentence !== announced) status.textContent = sentence;
  announced = sentence;
}

function showTime() {
  const since = (performance.now() - heardAt) / 1000;
  show("waited", clock(waitedSeconds + since));
  show("seconds_left", Math.max(0, Math.ceil(secondsLeft - since)));
  const lost = /** @type {HTMLElement | null} */ (page.querySelector("[data-connection]"));
  if (lost) lost.hidden = performance.now() - heardAt < LOST_AFTER_MS;
}

/** @param {any} answer the JSON of the status address */
async function take(answer) {
  heardAt = performance.now();
  waitedSeconds = answer.waited_seconds ?? waitedSeconds;
  secondsLeft = answer.seconds_left ?? secondsLeft;
  if (answer.state !== ownState && answer.url) {
    leaving = true;
    if (ownState === "waiting") await callBack(say(texts, "partner_found"));
    location.assign(answer.url);
    return;
  }
  for (const name of ["position", "partners_online", "estimate_text", "pay_text"]) show(name, answer[name]);
  const cap = /** @type {HTMLElement | null} */ (page.querySelector("[data-cap]"));
  if (cap && answer.cap_reached !== undefined) {
    if (answer.cap_reached && cap.hidden) void callBack(say(texts, "wait_cap_reached"));
    cap.hidden = !answer.cap_reached;
  }
  const ready = /** @type {HTMLElement | null} */ (page.querySelector("[data-partner-ready]"));
  if (ready && answer.partner_ready !== undefined) ready.hidden = !answer.partner_ready;
  if (ownState === "waiting") announce(say(texts, "queue_position", { position: answer.position ?? "" }));
}

async function ask() {
  if (asking || leaving) return;
  asking = true;
  try {
    const response = await fetch(page.dataset.waitsAt ?? "", {
      headers: { Accept: "application/json" },
      cache: "no-store",
      signal: AbortSignal.timeout(8000),
    });
    if (response.ok) await take(await response.json());
    else if (response.status === 401 || response.status === 403 || response.status === 404) location.reload();
  } catch {
    // The network is away: showTime says so after a while, and the next tick asks again.
  } finally {
    asking = false;
  }
}

function wireSignals() {
  const test = /** @type {HTMLElement | null} */ (page.querySelector("[data-sound-test]"));
  const choice = /** @type {HTMLElement | null} */ (page.querySelector("[data-sound-choice]"));
  const box = /** @type {HTMLInputElement | null} */ (page.querySelector("[data-sound]"));
  const bell = /** @type {HTMLElement | null} */ (page.querySelector("[data-notify]"));
  const status = page.querySelector("[data-signal-status]");
  /** @param {string} key */
  const tell = (key) => {
    if (status) status.textContent = say(texts, key);
  };
  if (test && choice && box && "AudioContext" in globalThis) {
    test.hidden = choice.hidden = false;
    box.checked = soundWanted();
    box.addEventListener("change", () => setSoundWanted(box.checked));
    test.addEventListener("click", async () => tell((await playSound()) ? "sound_played" : "sound_blocked"));
  }
  if (bell && mayAskToNotify()) {
    bell.hidden = false;
    bell.addEventListener("click", async () => {
      const allowed = (await Notification.requestPermission()) === "granted";
      bell.hidden = true;
      tell(allowed ? "notify_on" : "notify_off");
    });
  }
}

wireSignals();
if ("signalOnOpen" in page.dataset) void callBack(say(texts, "partner_found"));
showTime();
setInterval(showTime, 1000);
every(POLL_MS, ask);
