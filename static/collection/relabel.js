// @ts-check
/** Changing the strategy of one's own last message, for a short while after it was sent. */

/** @typedef {import("./selectors.js").Line} Line */

/**
 * Return the key of the line whose strategy may still be changed: one's own last stored message, if this page
 * saw it stored less than `seconds` ago. The server decides; after a reload nothing is offered.
 * @param {readonly Line[]} lines
 * @param {ReadonlyMap<string, number>} storedAt monotonic milliseconds by line key
 * @param {number} seconds
 * @param {number} now
 * @returns {string | null}
 */
export function relabelKey(lines, storedAt, seconds, now) {
  const last = lines.findLast((line) => line.own && line.ordinal !== null);
  const at = last && storedAt.get(last.key);
  return last?.strategy && at !== undefined && now - at < seconds * 1000 ? last.key : null;
}

export class RelabelDialog {
  /** @param {(ordinal: number, strategy: string) => void} onSave */
  constructor(onSave) {
    this.dialog = /** @type {HTMLDialogElement | null} */ (document.getElementById("relabel-dialog"));
    /** @type {Line | null} */
    this.line = null;
    this.dialog?.addEventListener("close", () => {
      const chosen = this.#radios().find((radio) => radio.checked)?.value;
      const ordinal = this.line?.ordinal;
      if (this.dialog?.returnValue === "save" && chosen && ordinal && chosen !== this.line?.strategy) onSave(ordinal, chosen);
    });
  }

  /** @param {Line} line */
  open(line) {
    if (!this.dialog) return;
    this.line = line;
    const text = document.getElementById("relabel-text");
    if (text) text.textContent = line.text;
    for (const radio of this.#radios()) radio.checked = radio.value === line.strategy;
    this.dialog.returnValue = "";
    this.dialog.showModal();
    this.#radios().find((radio) => radio.checked)?.focus();
  }

  #radios() {
    return /** @type {HTMLInputElement[]} */ ([...(this.dialog?.querySelectorAll("input[name=relabel]") ?? [])]);
  }
}
