// @ts-check
/** What a page that follows a training shows and when it is loaded anew; no document here, so that it can be tested. */

/** Curves are drawn by the server, so they are asked for less often than the figures. */
const CURVES_EVERY = 5;

/** @typedef {{state: string, phase: string, progress: Record<string, number | null>}} Answer */

/**
 * A figure in words: a dash where there is none yet.
 *
 * @param {number | null | undefined} value
 * @param {{digits?: string, divisor?: string}} shape decimal places, and what the value is divided by
 */
export function figureText(value, { digits = "0", divisor = "1" }) {
  return value == null ? "–" : (value / Number(divisor)).toFixed(Number(digits));
}

/**
 * Whether the page must be loaded anew: other buttons belong to another state, and the first figures bring a table and
 * a drawing that the page does not have yet.
 *
 * @param {Answer} answer
 * @param {{state?: string, phase?: string, hasCurves: boolean}} page
 */
export function isOutdated(answer, page) {
  const begun = Object.keys(answer.progress).length > 0 && !page.hasCurves;
  return answer.state !== page.state || answer.phase !== page.phase || begun;
}

/**
 * The address of the curves at this turn, or null where they stay as they are.
 *
 * @param {string} address
 * @param {number} turn
 */
export function curvesAddress(address, turn) {
  if (turn % CURVES_EVERY) return null;
  const renewed = new URL(address);
  renewed.searchParams.set("turn", String(turn));
  return renewed.href;
}
