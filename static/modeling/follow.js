// @ts-check
/** Follows a training: figures and curves are renewed; when its state changes, the page is. */

const POLL_MS = 3000;
const CURVES_EVERY = 5;

/** @typedef {{state: string, phase: string, progress: Record<string, number | null>}} Answer */

/**
 * @param {HTMLElement} place
 * @param {Answer["progress"]} progress
 */
function show(place, progress) {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (place.querySelectorAll("[data-figure]"))) {
    const value = progress[element.dataset.figure ?? ""];
    if (element instanceof HTMLProgressElement) element.value = value ?? 0;
    else element.textContent = words(value, element.dataset);
  }
}

/**
 * @param {number | null | undefined} value
 * @param {DOMStringMap} dataset
 */
function words(value, { digits = "0", divisor = "1" }) {
  return value == null ? "–" : (value / Number(divisor)).toFixed(Number(digits));
}

/** @param {number} turn */
function renewCurves(turn) {
  const image = /** @type {HTMLImageElement | null} */ (document.querySelector("[data-curves]"));
  if (!image || turn % CURVES_EVERY) return;
  const address = new URL(image.src);
  address.searchParams.set("turn", String(turn));
  image.src = address.href;
}

/**
 * @param {HTMLElement} place
 * @param {number} turn
 */
async function follow(place, turn) {
  try {
    const response = await fetch(place.dataset.follow ?? "", { headers: { Accept: "application/json" } });
    if (response.ok) {
      const answer = /** @type {Answer} */ (await response.json());
      // A first log row brings the figure and the table, which the page does not have yet.
      const begun = Object.keys(answer.progress).length > 0 && !document.querySelector("[data-curves]");
      if (answer.state !== place.dataset.state || answer.phase !== place.dataset.phase || begun) {
        location.reload();
        return;
      }
      show(place, answer.progress);
      renewCurves(turn);
    }
  } catch {
    // The network or the server is away; the next turn asks again.
  }
  setTimeout(() => follow(place, turn + 1), POLL_MS);
}

const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-follow]"));
if (place) setTimeout(() => follow(place, 1), POLL_MS);
