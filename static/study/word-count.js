// @ts-check
/**
 * Counts words under a textarea while one writes. Only a guide: the server counts again by its own rule.
 */

/**
 * Return how many words `text` has: runs between white space.
 * @param {string} text
 */
export function countWords(text) {
  return text.trim() === "" ? 0 : text.trim().split(/\s+/u).length;
}

/**
 * Return where `count` stands between the limits.
 * @param {number} count
 * @param {{ least: number, most: number }} limits
 * @returns {"few" | "enough" | "over"}
 */
export function judge(count, { least, most }) {
  if (count < least) return "few";
  return count > most ? "over" : "enough";
}

/** @param {HTMLElement} line */
function watch(line) {
  const area = document.getElementById(line.dataset.wordCountFor ?? "");
  if (!(area instanceof HTMLTextAreaElement)) return;
  const limits = { least: Number(area.dataset.minWords ?? 0), most: Number(area.dataset.maxWords ?? Infinity) };
  const show = () => {
    const count = countWords(area.value);
    const state = judge(count, limits);
    const text = { few: line.dataset.textFew, over: line.dataset.textOver, enough: line.dataset.text }[state] ?? "";
    line.textContent = text
      .replace("{count}", String(count))
      .replace("{missing}", String(limits.least - count))
      .replace("{over}", String(count - limits.most));
    // Spoken only when the judgement changes, not at every word.
    line.setAttribute("aria-live", line.dataset.state === state ? "off" : "polite");
    line.dataset.state = state;
  };
  area.addEventListener("input", show);
  show();
  line.hidden = false;
}

if (typeof document !== "undefined") {
  for (const line of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-word-count-for]"))) watch(line);
}
