// @ts-check
/** The page's sentences: the server's catalogue gives them as JSON, this fills in what varies. */

/** @typedef {Record<string, string>} Texts */

/**
 * Return the JSON of a `<script type="application/json">`, or `fallback` where the page has none.
 * @template T
 * @param {string} id
 * @param {T} fallback
 * @returns {T}
 */
export function readJson(id, fallback) {
  const element = document.getElementById(id);
  return element ? JSON.parse(element.textContent ?? "") : fallback;
}

/**
 * Return `texts[key]` with each `{name}` replaced. A missing key shows itself: better than an empty button.
 * @param {Texts} texts
 * @param {string} key
 * @param {Record<string, string | number>} [values]
 */
export function say(texts, key, values = {}) {
  const template = texts[key] ?? key;
  return template.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * Like `say`, choosing `key_one`, `key_few`, `key_other`… by the language's own rule for `count`.
 * @param {Texts} texts
 * @param {string} key
 * @param {number} count
 * @param {string} [language]
 */
export function sayCount(texts, key, count, language = "en") {
  const rule = new Intl.PluralRules(language).select(count);
  return say(texts, `${key}_${rule}` in texts ? `${key}_${rule}` : `${key}_other`, { count });
}

/**
 * Return seconds as `m:ss`.
 * @param {number} seconds
 */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, "0")}`;
}
