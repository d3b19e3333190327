// @ts-check
/**
 * The supporter's strategies: native radios drawn as chips, the chosen one explained beside the chat.
 * Nothing stays chosen after a message: what is chosen by habit would be noise in the corpus.
 */

import { say } from "./texts.js";

/** @typedef {{ key: string, name: string, stage: string, definition: string, examples: string[] }} Strategy */

/** A change this soon after a touch was made by it, in milliseconds. */
const TOUCH_MS = 700;

export class StrategyPicker {
  /**
   * @param {HTMLElement} root
   * @param {{ strategies: Strategy[], texts: import("./texts.js").Texts, onChange: (strategy: Strategy | null) => void, onTouched: () => void }} options
   *   `onTouched`: a choice was made by pointer on a narrow screen, and the list has closed again.
   */
  constructor(root, options) {
    this.root = root;
    this.options = options;
    this.radios = /** @type {HTMLInputElement[]} */ ([...root.querySelectorAll("input[name=strategy]")]);
    this.toggle = /** @type {HTMLButtonElement} */ (root.querySelector(".picker-toggle"));
    let touchedAt = -Infinity;
    root.addEventListener("pointerup", () => {
      touchedAt = performance.now();
    });
    root.addEventListener("change", () => {
      this.#chosen();
      if (performance.now() - touchedAt < TOUCH_MS && this.#narrow()) {
        this.#open(false);
        options.onTouched();
      }
    });
    this.toggle.addEventListener("click", () => this.#open(this.root.dataset.open !== "true"));
    document.addEventListener("keydown", (event) => this.#shortcut(event));
    this.#chosen();
  }

  /** @returns {Strategy | null} */
  get chosen() {
    const key = this.radios.find((radio) => radio.checked)?.value;
    return this.options.strategies.find((strategy) => strategy.key === key) ?? null;
  }

  /** Choose nothing; after each message, or to set again what a message had that was not sent. @param {string | null} [key] */
  reset(key = null) {
    for (const radio of this.radios) radio.checked = radio.value === key;
    this.#chosen();
  }

  /** Alt and a digit choose from anywhere. `code`, since Alt changes what the digit would type. @param {KeyboardEvent} event */
  #shortcut(event) {
    const digit = /^Digit([1-9])$/.exec(event.code)?.[1];
    if (!event.altKey || event.ctrlKey || event.metaKey || !digit || document.querySelector("dialog[open]")) return;
    const radio = this.radios[Number(digit) - 1];
    if (!radio) return;
    event.preventDefault();
    radio.checked = true;
    this.#chosen();
  }

  #narrow() {
    return getComputedStyle(this.toggle).display !== "none";
  }

  /** @param {boolean} open */
  #open(open) {
    this.root.dataset.open = String(open);
    this.toggle.setAttribute("aria-expanded", String(open));
  }

  #chosen() {
    const strategy = this.chosen;
    const { texts } = this.options;
    this.toggle.textContent = strategy ? say(texts, "chosen_strategy", { name: strategy.name }) : say(texts, "choose_strategy");
    this.#explain(strategy);
    this.options.onChange(strategy);
  }

  /** @param {Strategy | null} strategy */
  #explain(strategy) {
    const text = document.getElementById("skill-text");
    const none = document.getElementById("skill-none");
    const name = document.getElementById("skill-name");
    const definition = document.getElementById("skill-definition");
    const examples = document.getElementById("skill-examples");
    if (!text || !none || !name || !definition || !examples) return;
    text.hidden = strategy === null;
    none.hidden = strategy !== null;
    if (!strategy) return;
    name.textContent = strategy.name;
    definition.textContent = strategy.definition;
    examples.replaceChildren(
      ...strategy.examples.map((example) => {
        const item = document.createElement("li");
        item.dir = "auto";
        item.textContent = example;
        return item;
      }),
    );
  }
}
