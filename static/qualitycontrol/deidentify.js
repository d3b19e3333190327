// @ts-check
/**
 * The human pass: select words of a text with mouse, finger or keys, and say what they are.
 * Without this module the words are typed into the form, and every button sends a plain form.
 */

import { codePoints, stepped, trimmed, wordsOf } from "./deidentify-words.js";

/** @typedef {import("./deidentify-words.js").Range} Range */

const SWITCH = "review-keys";
const status = /** @type {HTMLElement} */ (document.getElementById("deidentify-status"));
const form = /** @type {HTMLFormElement} */ (document.getElementById("deidentify-form"));
const field = /** @type {HTMLInputElement} */ (document.getElementById("deidentify-words"));
const keysOn = /** @type {HTMLInputElement} */ (document.getElementById("keys-on"));
/** @type {{ place: string, start: number, end: number, words: string } | null} */
let chosen = null;
let busy = false;

const texts = () => /** @type {HTMLElement[]} */ (Array.from(document.querySelectorAll("[data-place]")));

/** @param {Node | null} node */
const textAround = (node) => (node instanceof Element ? node : (node?.parentElement ?? null))?.closest("[data-place]") ?? null;

/**
 * Return where the selection lies in a text; null where it is empty or leaves the text.
 * @param {Element} text
 * @returns {Range | null}
 */
function selectedIn(text) {
  const selection = getSelection();
  if (!selection?.rangeCount || selection.isCollapsed) return null;
  const range = selection.getRangeAt(0);
  if (textAround(range.startContainer) !== text) return null;
  const before = document.createRange();
  before.selectNodeContents(text);
  before.setEnd(range.startContainer, range.startOffset);
  const start = before.toString().length;
  // A selection that was drawn too far ends with its text.
  const inside = textAround(range.endContainer) === text ? range.toString().length : Infinity;
  return trimmed(text.textContent ?? "", { start, end: Math.min(start + inside, text.textContent?.length ?? 0) });
}

/**
 * Select a stretch of a text.
 * @param {Element} text
 * @param {Range} wanted
 */
function select(text, wanted) {
  const range = document.createRange();
  const walker = document.createTreeWalker(text, NodeFilter.SHOW_TEXT);
  let at = 0;
  for (let node = walker.nextNode(); node; node = walker.nextNode()) {
    const length = node.textContent?.length ?? 0;
    if (wanted.start >= at && wanted.start < at + length) range.setStart(node, wanted.start - at);
    if (wanted.end > at && wanted.end <= at + length) range.setEnd(node, wanted.end - at);
    at += length;
  }
  getSelection()?.removeAllRanges();
  getSelection()?.addRange(range);
}

/** Take over what is selected, so that it outlives the press of a button. */
function take() {
  const text = textAround(getSelection()?.anchorNode ?? null);
  const range = text && selectedIn(text);
  if (!(text instanceof HTMLElement) || !range) return;
  const content = text.textContent ?? "";
  const words = content.slice(range.start, range.end);
  chosen = {
    place: text.dataset.place ?? "",
    start: codePoints(content, range.start),
    end: codePoints(content, range.end),
    words,
  };
  field.value = words.slice(0, field.maxLength);
}

/**
 * Send a form in the background and show the texts as they are now.
 * @param {string} action
 * @param {FormData} data
 * @param {string} said
 */
async function send(action, data, said) {
  if (busy) return;
  busy = true;
  const focused = document.activeElement?.closest("li.turn")?.querySelector("[data-place]")?.id ?? chosen?.place;
  try {
    const answer = await fetch(action, { method: "POST", body: data, credentials: "same-origin" });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("deidentify-texts");
    if (!answer.ok || !fresh) return location.assign(answer.ok ? answer.url : location.href);
    document.getElementById("deidentify-texts")?.replaceWith(document.adoptNode(fresh));
    const done = page.getElementById("deidentify-done");
    if (done) document.getElementById("deidentify-done")?.replaceWith(document.adoptNode(done));
    status.textContent = page.querySelector(".messages")?.textContent?.trim() || said;
    field.value = "";
    chosen = null;
    document.getElementById(focused?.startsWith("text-") ? focused : `text-${focused}`)?.focus({ preventScroll: true });
  } catch {
    status.textContent = status.dataset.failed ?? "";
  } finally {
    busy = false;
  }
}

/** @param {HTMLButtonElement} button */
function mark(button) {
  const words = field.value.trim();
  if (!words) {
    status.textContent = status.dataset.choose ?? "";
    return;
  }
  const data = new FormData(form, button);
  // What was typed or changed by hand is looked for; what was selected is known.
  if (chosen && chosen.words.slice(0, field.maxLength) === field.value) {
    data.set("place", chosen.place);
    data.set("start", String(chosen.start));
    data.set("end", String(chosen.end));
  }
  void send(form.action, data, (status.dataset.marked ?? "").replace("{words}", words));
}

/**
 * Go to the text after the one in focus, or before it.
 * @param {number} by
 */
function goTo(by) {
  const all = texts();
  const at = all.findIndex((text) => text === document.activeElement);
  const next = all[Math.min(Math.max(at + by, 0), all.length - 1)];
  next?.focus();
  next?.scrollIntoView({ block: "center" });
}

document.addEventListener("selectionchange", take);

document.addEventListener("submit", (event) => {
  const sent = event.target;
  if (!(sent instanceof HTMLFormElement) || !(event.submitter instanceof HTMLButtonElement)) return;
  if (sent === form) {
    event.preventDefault();
    mark(event.submitter);
  } else if (sent.matches(".deidentify-chips form")) {
    event.preventDefault();
    void send(sent.action, new FormData(sent, event.submitter), status.dataset.changed ?? "");
  }
});

document.addEventListener("keydown", (event) => {
  const target = event.target instanceof Element ? event.target : document.body;
  if (!keysOn.checked || target.matches("input:not([type=checkbox]), textarea") || document.querySelector("dialog[open]")) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const text = target.closest("[data-place]");
  if (/^[1-9]$/.test(event.key) && !event.repeat) {
    const button = form.querySelectorAll("button[name=kind]")[Number(event.key) - 1];
    if (button instanceof HTMLButtonElement) mark(button);
  } else if (/^[jk]$/i.test(event.key)) {
    goTo(event.key.toLowerCase() === "j" ? 1 : -1);
  } else if (text && (event.key === "ArrowRight" || event.key === "ArrowLeft")) {
    const words = wordsOf(text.textContent ?? "");
    const next = stepped(words, selectedIn(text), { forward: event.key === "ArrowRight", extend: event.shiftKey });
    if (next) select(text, next);
  } else if (event.key === "?") {
    document.querySelector("[data-opens=keys-dialog]")?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  } else return;
  event.preventDefault();
});

for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-needs-script]"))) part.hidden = false;
try {
  keysOn.checked = localStorage.getItem(SWITCH) !== "off";
  keysOn.addEventListener("change", () => localStorage.setItem(SWITCH, keysOn.checked ? "on" : "off"));
} catch {
  // A storage that is forbidden costs only the memory of the switch.
}
