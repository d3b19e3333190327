// @ts-check
/** The dialogs of the chat: ending, leaving, "are you still there", the sheet with the task, the end. */

import { say } from "./texts.js";

/** @typedef {import("./state.js").Manner} Manner */

/** Ends that were not this person's doing: another partner may be looked for. */
const TAKEN = new Set(["ended_leave", "ended_technical"]);

/** @param {string} id */
const dialog = (id) => /** @type {HTMLDialogElement} */ (document.getElementById(id));

export class Dialogs {
  /**
   * @param {{ texts: import("./texts.js").Texts, onEnd: (manner: Manner) => void, onExtend: () => void,
   *   announce: (sentence: string) => void, refocus: () => void }} options
   */
  constructor(options) {
    this.options = options;
    this.asked = false;
    for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-end]"))) {
      button.addEventListener("click", () => {
        button.closest("dialog")?.close();
        options.onEnd(/** @type {Manner} */ (button.dataset.end));
      });
    }
    document.getElementById("leave-button")?.addEventListener("click", () => dialog("leave-dialog").showModal());
    this.#gated("end-button", () => dialog("end-dialog").showModal());
    this.#gated("leave-free-button", () => options.onEnd("partner_silent"));
    this.#task();
    this.#stillThere();
    dialog("ended-dialog").addEventListener("cancel", (event) => event.preventDefault());
  }

  /**
   * A button that is there but not yet open says why instead of doing nothing.
   * @param {string} id
   * @param {() => void} act
   */
  #gated(id, act) {
    const button = document.getElementById(id);
    button?.addEventListener("click", () => {
      if (button.getAttribute("aria-disabled") !== "true") act();
      else this.options.announce(document.getElementById(button.getAttribute("aria-describedby") ?? "")?.textContent ?? "");
    });
  }

  /** The panel's content moves into a sheet where there is no room beside the chat. */
  #task() {
    const content = document.getElementById("panel-content");
    const sheet = dialog("task-dialog");
    if (!content) return;
    document.getElementById("task-button")?.addEventListener("click", () => {
      document.getElementById("task-dialog-content")?.append(content);
      sheet.showModal();
    });
    const back = () => document.getElementById("panel")?.append(content);
    sheet.addEventListener("close", back);
    matchMedia("(width >= 62rem)").addEventListener("change", () => sheet.close());
  }

  #stillThere() {
    document.getElementById("still-there-button")?.addEventListener("click", () => dialog("still-there-dialog").close());
    document.getElementById("extend-button")?.addEventListener("click", () => {
      this.options.onExtend();
      dialog("still-there-dialog").close();
    });
    dialog("still-there-dialog").addEventListener("close", () => this.options.refocus());
  }

  /**
   * Ask once per silence, and once more when an extension runs out; not over another question.
   * @param {boolean} due
   * @param {boolean} mayExtend whether more time may still be asked for
   * @returns {boolean} whether it was asked just now
   */
  askStillThere(due, mayExtend) {
    if (!due) {
      this.asked = false;
      return false;
    }
    if (this.asked || document.querySelector("dialog[open]")) return false;
    this.asked = true;
    for (const id of ["extend-button", "extend-note"]) document.getElementById(id)?.toggleAttribute("hidden", !mayExtend);
    dialog("still-there-dialog").showModal();
    return true;
  }

  /**
   * Say that it is over, and where to go on. What was being read and written stays on the page behind it.
   * @param {string} reason a key of the texts, or a word of the protocol that has no sentence
   * @param {string} nextUrl
   */
  showEnded(reason, nextUrl) {
    const { texts } = this.options;
    const ended = dialog("ended-dialog");
    if (ended.open) return;
    for (const open of /** @type {NodeListOf<HTMLDialogElement>} */ (document.querySelectorAll("dialog[open]"))) open.close();
    const text = document.getElementById("ended-reason");
    if (text) text.textContent = reason in texts ? say(texts, reason) : "";
    const again = document.getElementById("ended-again");
    if (again) again.hidden = !TAKEN.has(reason);
    /** @type {HTMLAnchorElement} */ (document.getElementById("ended-link")).href = nextUrl;
    ended.showModal();
  }
}
