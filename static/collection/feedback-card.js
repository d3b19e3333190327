// @ts-check
/** The question about the last messages (paper §4.2): five radios with stars and words, above the text field. */

import { say } from "./texts.js";

/** @typedef {import("./state.js").FeedbackRequest} FeedbackRequest */

export class FeedbackCard {
  /**
   * @param {HTMLFormElement} form
   * @param {{ texts: import("./texts.js").Texts, announce: (sentence: string) => void,
   *   onRate: (number: number, score: number) => void, onDone: () => void }} options
   */
  constructor(form, options) {
    this.form = form;
    this.options = options;
    /** @type {number | null} */
    this.number = null;
    this.radios = /** @type {HTMLInputElement[]} */ ([...form.querySelectorAll("input[name=score]")]);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.#submit();
    });
    form.addEventListener("keydown", (event) => this.#digit(event));
    form.addEventListener("change", () => this.#tell(""));
  }

  /**
   * Show the request, or nothing. The focus stays where it is; the arrival is said once.
   * @param {FeedbackRequest | null} request
   */
  show(request) {
    const number = request?.number ?? null;
    if (number === this.number) return;
    this.number = number;
    if (number === null) {
      const focused = this.form.contains(document.activeElement);
      this.form.hidden = true;
      if (focused) this.options.onDone();
      return;
    }
    for (const radio of this.radios) radio.checked = false;
    this.#tell("");
    this.form.hidden = false;
    this.options.announce(say(this.options.texts, "feedback_arrived"));
  }

  #submit() {
    const score = this.radios.find((radio) => radio.checked)?.value;
    if (score === undefined) {
      this.#tell(say(this.options.texts, "feedback_choose"));
      return;
    }
    if (this.number === null) return;
    this.options.onRate(this.number, Number(score));
    this.options.announce(say(this.options.texts, "feedback_thanks"));
  }

  /** The digits 1 to 5 choose while the card has the focus. @param {KeyboardEvent} event */
  #digit(event) {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const radio = this.radios.find((candidate) => candidate.value === event.key);
    if (!radio) return;
    event.preventDefault();
    radio.checked = true;
    radio.focus();
    this.#tell("");
  }

  /** @param {string} sentence */
  #tell(sentence) {
    const status = document.getElementById("feedback-status");
    if (status) status.textContent = sentence;
  }
}
