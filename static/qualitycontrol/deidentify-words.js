// @ts-check
/**
 * Where words stand in a text, counted as the server counts: by code points. Pure.
 *
 * @typedef {{ start: number, end: number }} Range UTF-16 units, as the browser counts
 */

/**
 * Return how many code points lie before a place of a text.
 * @param {string} text
 * @param {number} unit a place in UTF-16 units
 */
export const codePoints = (text, unit) => Array.from(text.slice(0, unit)).length;

/**
 * Return where the words of a text stand. A hyphen or an apostrophe inside belongs to the word.
 * @param {string} text
 * @returns {Range[]}
 */
export function wordsOf(text) {
  return Array.from(text.matchAll(/[\p{L}\p{N}\p{M}_@](?:[^\s]*[\p{L}\p{N}\p{M}_])?/gu), ({ 0: word, index }) => ({
    start: index,
    end: index + word.length,
  }));
}

/**
 * Return what is selected after an arrow key: the next word, the one before, or one word more on that side.
 * @param {Range[]} words
 * @param {Range | null} selected
 * @param {{ forward: boolean, extend: boolean }} step
 * @returns {Range | null} null where the text has no words
 */
export function stepped(words, selected, { forward, extend }) {
  if (!words.length) return null;
  if (!selected) return forward ? words[0] : words[words.length - 1];
  const { start, end } = selected;
  const next = forward ? words.find((word) => word.start >= end) : words.findLast((word) => word.end <= start);
  if (!next) return selected;
  if (!extend) return next;
  return forward ? { start, end: next.end } : { start: next.start, end };
}

/**
 * Return a range without the blanks at its ends; null where it holds no letter and no digit.
 * @param {string} text
 * @param {Range} range
 * @returns {Range | null}
 */
export function trimmed(text, { start, end }) {
  const words = text.slice(start, end);
  const bare = words.trim();
  if (!/[\p{L}\p{N}]/u.test(bare)) return null;
  const from = start + words.indexOf(bare);
  return { start: from, end: from + bare.length };
}
