// @ts-check
/**
 * What a key means in the strategy review. Pure: the page does what comes out.
 *
 * @typedef {{ kind: "choose", place: number } | { kind: "accept" | "skip" | "flag" | "undo" | "help" }} Act
 * @typedef {{ key: string, ctrlKey?: boolean, metaKey?: boolean, altKey?: boolean, repeat?: boolean, isComposing?: boolean }} Press
 * @typedef {{ choices: number, verify: boolean, on: boolean, writing: boolean, onControl: boolean }} Situation
 */

/** @type {Record<string, Act>} */
const LETTERS = { s: { kind: "skip" }, f: { kind: "flag" }, backspace: { kind: "undo" }, "?": { kind: "help" } };

/**
 * Return what to do on a key press; null where the key means nothing here or belongs to the browser.
 *
 * `writing` is a text field with the focus; `onControl` a button, link or fold, whose Enter is its own.
 * @param {Press} press
 * @param {Situation} situation
 * @returns {Act | null}
 */
export function actOf(press, { choices, verify, on, writing, onControl }) {
  // A key held down is one decision, not many.
  if (!on || writing || press.repeat || press.isComposing || press.ctrlKey || press.metaKey || press.altKey) return null;
  if (/^[1-9]$/.test(press.key)) {
    const place = Number(press.key) - 1;
    return place < choices ? { kind: "choose", place } : null;
  }
  if (press.key === "Enter") return verify && !onControl ? { kind: "accept" } : null;
  return LETTERS[press.key.toLowerCase()] ?? null;
}
