// @ts-check
/**
 * What would show who somebody is: addresses, numbers, accounts, names. Gentle words are all that follows from it.
 * The expressions are those of `study/domain/contact_details.py`, word by word; one set of cases tests both.
 */

/** @typedef {{ kind: string, start: number, end: number }} Detail */

/** @type {Record<string, RegExp>} */
const PATTERNS = {
  email: /[\w.+-]{1,64}(?:@| ?\(at\) ?| at (?=[\w-]{1,63} dot ))[\w-]{1,63}(?:(?:\.| dot )[\w-]{1,63})+/giu,
  url: /(?:https?:\/\/|www\.)[^\s]+|\b[\w-]{1,63}\.(?:com|net|org|io|me|gg|co|de|uk|us|ca|info|app)(?:\/[^\s]*)?\b/giu,
  handle:
    /(?:^|[\s(])@(?=[\w.]{6}|[\w.]*[\d_.])[\w.]{3,}|\b(?:insta(?:gram)?|snap(?:chat)?|discord|telegram|whatsapp|tiktok|facebook|skype)\b[^.!?\n]{0,20}?(?: is|:| @|=) ?@?[\w.#-]{3,}/gu,
  phone: /(?:\+|\b)\d(?:[ ().-]{0,2}\d){8,14}\b/gu,
  address:
    /\b\d{1,5}[a-z]? (?:[A-Z][\w'-]+ ){1,3}(?:street|st|avenue|ave|road|rd|lane|drive|boulevard|blvd|way|court|square)\b/giu,
  name: /\b(?:[Mm]y (?:full |real |first |last )?name(?: is|'s|’s)|[Cc]all me) [A-Z][\w'-]+/gu,
};
const DATE = /^(?:\d{4}[-./ ]\d\d?[-./ ]\d\d?|\d\d?[-./ ]\d\d?[-./ ]\d{4})$/u;

/**
 * Return the places of `text` that look like contact details or a name, in order, without overlaps.
 * @param {string} text
 * @returns {Detail[]}
 */
export function contactDetails(text) {
  const found = Object.entries(PATTERNS).flatMap(([kind, pattern]) =>
    [...text.matchAll(pattern)]
      .filter((match) => !(kind === "phone" && DATE.test(match[0])))
      .map((match) => ({ kind, start: match.index, end: match.index + match[0].length })),
  );
  found.sort((a, b) => a.start - b.start || b.end - a.end);
  /** @type {Detail[]} */
  const kept = [];
  for (const detail of found) {
    const last = kept.at(-1);
    if (!last || detail.start >= last.end) kept.push(detail);
  }
  return kept;
}
