// @ts-check
/** Gentle words about what is being written. They never stop a message. */

import { contactDetails } from "./contact-details.js";

/**
 * Return whether `text` seems to hold what shows who somebody is.
 * @param {string} text
 */
export function personalDetail(text) {
  return contactDetails(text).length > 0;
}

/** From this likeness on, a message counts as copied. Shorter sentences are anybody's. */
export const COPY_LIKENESS = 0.9;
const SHORTEST_COPY = 20;

/** @param {string} text */
function plain(text) {
  return text.toLowerCase().normalize("NFKC").replace(/[^\p{L}\p{N}]+/gu, " ").trim();
}

/**
 * Return 1 for equal texts and 0 for texts that share nothing: 1 − edit distance / the longer length.
 * @param {string} a
 * @param {string} b
 */
export function likeness(a, b) {
  const longer = Math.max(a.length, b.length);
  if (longer === 0) return 1;
  let row = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const next = [i];
    for (let j = 1; j <= b.length; j += 1) {
      next[j] = Math.min(row[j] + 1, next[j - 1] + 1, row[j - 1] + (a[i - 1] === b[j - 1] ? 0 : 1));
    }
    row = next;
  }
  return 1 - row[b.length] / longer;
}

/**
 * Return whether `text` is one of the examples, or nearly (Figure 8: examples must not be copied).
 * @param {string} text
 * @param {readonly string[]} examples
 */
export function copiedExample(text, examples) {
  const written = plain(text);
  if (written.length < SHORTEST_COPY) return false;
  return examples.some((example) => {
    const shown = plain(example);
    // Too unequal in length to be that alike: no need to measure.
    if (Math.min(shown.length, written.length) < COPY_LIKENESS * Math.max(shown.length, written.length)) return false;
    return likeness(written, shown) >= COPY_LIKENESS;
  });
}
