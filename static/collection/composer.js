// @ts-check
/** The text field: Enter and Shift+Enter, input methods, growth, the length limit, and gentle words. */

import { personalDetail } from "./hints.js";
import { atMostEvery, TelemetryCounter } from "./telemetry.js";
import { say, sayCount } from "./texts.js";

/** @typedef {import("./state.js").Telemetry} Telemetry */

/** At most one "typing" in this time, in milliseconds. */
const TYPING_EVERY_MS = 3000;
const ENTER_KEY = "enter-sends";

/**
 * Return the text as it is sent: composed (NFC), without white space around it.
 * @param {string} text
 */
export function tidy(text) {
  return text.normalize("NFC").trim();
}

/**
 * Return whether this key press sends. Not while an input method composes: there Enter chooses a word.
 * @param {Pick<KeyboardEvent, "key" | "shiftKey" | "ctrlKey" | "metaKey" | "isComposing" | "keyCode">} event
 * @param {boolean} enterSends
 */
export function sends(event, enterSends) {
  if (event.key !== "Enter" || event.isComposing || event.keyCode === 229) return false;
  if (event.ctrlKey || event.metaKey) return true;
  return enterSends && !event.shiftKey;
}

export class Composer {
  /**
   * @param {{ texts: import("./texts.js").Texts, language: string, maxLength: number, draft: string,
   *   blocked: () => string | null, hint: (text: string) => string | null, announce: (sentence: string) => void,
   *   onSend: (text: string, telemetry: Telemetry) => void, onTyping: () => void, onDraft: (text: string) => void }} options
   *   `blocked` returns the key of the reason why nothing may be sent now, or null.
   */
  constructor(options) {
    this.options = options;
    this.form = /** @type {HTMLFormElement} */ (document.getElementById("composer"));
    this.area = /** @type {HTMLTextAreaElement} */ (document.getElementById("message"));
    this.button = /** @type {HTMLButtonElement} */ (document.getElementById("send-button"));
    this.enterSends = /** @type {HTMLInputElement} */ (document.getElementById("enter-sends"));
    this.telemetry = new TelemetryCounter(() => performance.now());
    this.counted = "";
    const typing = atMostEvery(TYPING_EVERY_MS, () => performance.now(), options.onTyping);
    this.form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.send();
    });
    this.area.addEventListener("keydown", (event) => this.#key(event));
    this.area.addEventListener("paste", (event) => this.telemetry.paste(event.clipboardData?.getData("text") ?? ""));
    this.area.addEventListener("drop", (event) => this.telemetry.paste(event.dataTransfer?.getData("text") ?? ""));
    this.area.addEventListener("input", () => {
      options.onDraft(this.area.value);
      if (this.area.value.trim()) typing();
      this.refresh();
    });
    addEventListener("blur", () => this.telemetry.focusLost());
    this.#rememberEnter();
    this.setText(options.draft);
  }

  /** @param {string} text */
  setText(text) {
    this.area.value = text;
    this.options.onDraft(text);
    this.refresh();
  }

  focus() {
    this.area.focus();
  }

  /** Show again whether one may send, and how much room is left. */
  refresh() {
    const length = [...tidy(this.area.value)].length;
    const reason = this.#reason(length);
    this.button.setAttribute("aria-disabled", String(reason !== null));
    // An empty field needs no reproach; the other reasons are shown once there is something to send.
    this.#show("send-reason", reason && reason !== "reason_empty" && length > 0 ? say(this.options.texts, reason) : "");
    const personal = personalDetail(this.area.value) ? "personal_detail" : null;
    const hint = personal ?? this.options.hint(this.area.value);
    this.#show("writing-hint", hint ? say(this.options.texts, hint) : "");
    this.#count(this.options.maxLength - length);
    this.#grow();
  }

  send() {
    const text = tidy(this.area.value);
    const reason = this.#reason([...text].length);
    if (reason) {
      this.#show("send-reason", say(this.options.texts, reason));
      this.options.announce(say(this.options.texts, reason));
      return;
    }
    const telemetry = this.telemetry.read();
    this.telemetry.reset();
    this.options.onSend(text, telemetry);
    this.setText("");
    this.focus();
  }

  /**
   * @param {number} length
   * @returns {string | null}
   */
  #reason(length) {
    const blocked = this.options.blocked();
    if (blocked === "reason_ended") return blocked;
    if (length === 0) return "reason_empty";
    return length > this.options.maxLength ? "reason_too_long" : blocked;
  }

  /** @param {KeyboardEvent} event */
  #key(event) {
    if (sends(event, this.enterSends.checked)) {
      event.preventDefault();
      this.send();
    } else if (!["Shift", "Control", "Alt", "Meta", "Tab", "Escape"].includes(event.key) && !event.altKey) {
      this.telemetry.key();
    }
  }

  /** @param {number} left characters */
  #count(left) {
    const { texts, language, maxLength } = this.options;
    const counter = /** @type {HTMLElement} */ (document.getElementById("counter"));
    counter.toggleAttribute("data-over", left < 0);
    const near = left <= maxLength / 5;
    counter.textContent = near ? sayCount(texts, left < 0 ? "characters_over" : "characters_left", Math.abs(left), language) : "";
    // Spoken when the limit comes near and when it is passed, not at every letter.
    const spoken = left < 0 ? "over" : left <= maxLength / 20 ? "close" : near ? "near" : "";
    if (spoken !== this.counted) this.#show("counter-status", counter.textContent);
    this.counted = spoken;
  }

  #grow() {
    if (CSS.supports("field-sizing", "content")) return;
    this.area.style.blockSize = "auto";
    this.area.style.blockSize = `${this.area.scrollHeight + 2}px`;
  }

  /**
   * @param {string} id
   * @param {string} text
   */
  #show(id, text) {
    const element = document.getElementById(id);
    if (element && element.textContent !== text) element.textContent = text;
  }

  #rememberEnter() {
    try {
      this.enterSends.checked = localStorage.getItem(ENTER_KEY) !== "no";
      this.enterSends.addEventListener("change", () => localStorage.setItem(ENTER_KEY, this.enterSends.checked ? "yes" : "no"));
    } catch {
      // Storage is switched off: the choice holds for this page only.
    }
  }
}
