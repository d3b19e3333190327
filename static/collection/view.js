// @ts-check
/**
 * The transcript on the page. One element per line, found again by the line's key; text goes in as text.
 *
 * History is put in before the log becomes live, so that a screen reader does not read it all; one's own
 * messages are not read back. The view stays at the end only if it was there.
 */

import { say, sayCount } from "./texts.js";

/** @typedef {import("./selectors.js").Line} Line */

/** How near to the end counts as being there, in CSS pixels. */
const NEAR_END = 48;

export class LogView {
  /**
   * @param {HTMLElement} log
   * @param {{ texts: import("./texts.js").Texts, language: string, more: HTMLButtonElement, empty: HTMLElement,
   *   strategyName: (key: string) => string, onEdit: (line: Line) => void, onDiscard: (line: Line) => void,
   *   onRelabel: (line: Line) => void }} options
   */
  constructor(log, options) {
    this.log = log;
    this.options = options;
    /** @type {Map<string, { element: HTMLElement, drawn: string }>} */
    this.lines = new Map();
    this.atEnd = true;
    this.unseen = 0;
    this.time = new Intl.DateTimeFormat(options.language, { timeStyle: "short" });
    log.addEventListener("scroll", () => this.#scrolled(), { passive: true });
    options.more.addEventListener("click", () => {
      this.toEnd();
      log.focus();
    });
    // The keyboard of a phone, the feedback card, the picker: the end stays the end when the room changes.
    this.height = log.clientHeight;
    new ResizeObserver(() => {
      this.height = log.clientHeight;
      if (this.atEnd) this.toEnd();
    }).observe(log);
  }

  /**
   * Draw the lines. Returns how many of them are new messages of somebody else.
   * @param {Line[]} lines
   * @param {{ live: boolean, rated: readonly number[], relabelKey: string | null }} situation
   *   `live`: what is new now is news, not history. `relabelKey`: the line whose strategy may still be changed.
   */
  draw(lines, { live, rated, relabelKey }) {
    const first = this.lines.size === 0;
    let news = 0;
    let grown = false;
    let ownNews = false;
    let after = /** @type {Element | null} */ (null);
    const gone = new Set(this.lines.keys());
    for (const line of lines) {
      gone.delete(line.key);
      let known = this.lines.get(line.key);
      if (!known) {
        known = { element: this.#element(line), drawn: "" };
        this.lines.set(line.key, known);
        grown = true;
        if (line.own) ownNews = true;
        else news += 1;
      }
      this.#fill(known, line, rated.includes(line.ordinal ?? -1), line.key === relabelKey);
      const place = after ? after.nextElementSibling : this.options.empty.nextElementSibling;
      // Moving an element would make a live region read it again: only when it is not where it belongs.
      if (place !== known.element) this.log.insertBefore(known.element, place);
      after = known.element;
    }
    for (const key of gone) {
      this.lines.get(key)?.element.remove();
      this.lines.delete(key);
    }
    this.options.empty.hidden = lines.length > 0 || !live;
    if (live) this.log.setAttribute("aria-live", "polite");
    if (grown) this.#grew(first ? 0 : news, ownNews);
    return first || !live ? 0 : news;
  }

  toEnd() {
    this.log.scrollTop = this.log.scrollHeight;
    this.atEnd = true;
    this.unseen = 0;
    this.options.more.hidden = true;
  }

  /**
   * @param {number} news
   * @param {boolean} own one's own message always comes into sight
   */
  #grew(news, own) {
    if (this.atEnd || own) {
      this.toEnd();
      return;
    }
    this.unseen += news;
    if (!this.unseen) return;
    this.options.more.textContent = `${sayCount(this.options.texts, "new_messages", this.unseen, this.options.language)} ↓`;
    this.options.more.hidden = false;
  }

  #scrolled() {
    // The room has changed, and the person has not scrolled: the observer above is about to answer to that.
    if (this.log.clientHeight !== this.height) return;
    this.atEnd = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight < NEAR_END;
    if (this.atEnd) {
      this.unseen = 0;
      this.options.more.hidden = true;
    }
  }

  /** @param {Line} line */
  #element(line) {
    const element = document.createElement("div");
    element.className = `line line-${line.role === "team" ? "team" : line.own ? "own" : "partner"}`;
    // Own words are not news to the one who wrote them.
    if (line.own) element.setAttribute("aria-live", "off");
    const bubble = document.createElement("p");
    bubble.className = "bubble";
    bubble.dir = "auto";
    const meta = document.createElement("p");
    meta.className = "line-meta";
    element.append(bubble, meta);
    return element;
  }

  /**
   * @param {{ element: HTMLElement, drawn: string }} known
   * @param {Line} line
   * @param {boolean} rated
   * @param {boolean} relabel
   */
  #fill(known, line, rated, relabel) {
    const drawn = JSON.stringify([line.text, line.stage, line.at, line.strategy, line.reason, rated, relabel]);
    if (drawn === known.drawn) return;
    known.drawn = drawn;
    const { element } = known;
    const [bubble, meta] = /** @type {[HTMLElement, HTMLElement]} */ (/** @type {unknown} */ ([...element.children]));
    element.dataset.stage = line.stage;
    element.toggleAttribute("data-rated", rated);
    if (bubble.textContent !== line.text) bubble.textContent = line.text;
    meta.replaceChildren(...this.#meta(line, rated, relabel));
  }

  /**
   * @param {Line} line
   * @param {boolean} rated
   * @param {boolean} relabel
   * @returns {Node[]}
   */
  #meta(line, rated, relabel) {
    const { texts } = this.options;
    /** @type {Node[]} */
    const parts = [span(say(texts, line.own ? "you" : line.role), line.role === "team" ? "" : "visually-hidden")];
    if (line.at) parts.push(this.#clock(line.at));
    if (line.own && line.strategy) parts.push(span(this.options.strategyName(line.strategy), "tag"));
    if (line.own) parts.push(...this.#stage(line));
    if (rated) parts.push(span(say(texts, "rated"), "visually-hidden"), span("★", "", true));
    if (relabel) parts.push(this.#button("relabel", () => this.options.onRelabel(line)));
    return parts;
  }

  /** @param {string} at */
  #clock(at) {
    const element = document.createElement("time");
    element.dateTime = at;
    element.textContent = this.time.format(new Date(at));
    return element;
  }

  /**
   * @param {Line} line
   * @returns {Node[]}
   */
  #stage(line) {
    const { texts } = this.options;
    if (line.stage === "stored") return [span("✓", "", true), span(say(texts, "stored"), "visually-hidden")];
    if (line.stage === "retrying") return [span(`◷ ${say(texts, "retrying")}`)];
    if (line.stage !== "refused") return [span("◷", "", true), span(say(texts, "sending"), "visually-hidden")];
    return [
      span(`✕ ${say(texts, "not_sent", { reason: line.reason })}`),
      this.#button("edit_again", () => this.options.onEdit(line)),
      this.#button("discard", () => this.options.onDiscard(line)),
    ];
  }

  /**
   * @param {string} key
   * @param {() => void} act
   */
  #button(key, act) {
    const button = document.createElement("button");
    button.type = "button";
    button.className = "button button-link";
    button.textContent = say(this.options.texts, key);
    button.addEventListener("click", act);
    return button;
  }
}

/**
 * @param {string} text
 * @param {string} [className]
 * @param {boolean} [decoration] hidden from screen readers
 */
function span(text, className = "", decoration = false) {
  const element = document.createElement("span");
  element.textContent = text;
  if (className) element.className = className;
  if (decoration) element.setAttribute("aria-hidden", "true");
  return element;
}
