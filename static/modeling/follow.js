// @ts-check
/** Follows a training: figures and curves are renewed; when its state changes, the page is. */

import { curvesAddress, figureText, isOutdated } from "./progress.js";

const POLL_MS = 3000;

/** @typedef {import("./progress.js").Answer} Answer */

/**
 * @param {HTMLElement} place
 * @param {Answer["progress"]} progress
 */
function show(place, progress) {
  for (const element of /** @type {NodeListOf<HTMLElement>} */ (place.querySelectorAll("[data-figure]"))) {
    const value = progress[element.dataset.figure ?? ""];
    if (element instanceof HTMLProgressElement) element.value = value ?? 0;
    else element.textContent = figureText(value, element.dataset);
  }
}

/**
 * @param {HTMLElement} place
 * @param {number} turn
 */
async function follow(place, turn) {
  const curves = /** @type {HTMLImageElement | null} */ (document.querySelector("[data-curves]"));
  try {
    const response = await fetch(place.dataset.follow ?? "", { headers: { Accept: "application/json" } });
    if (response.ok) {
      const answer = /** @type {Answer} */ (await response.json());
      const { state, phase } = place.dataset;
      if (isOutdated(answer, { state, phase, hasCurves: curves !== null })) {
        location.reload();
        return;
      }
      show(place, answer.progress);
      const address = curves && curvesAddress(curves.src, turn);
      if (curves && address) curves.src = address;
    }
  } catch {
    // The network or the server is away; the next turn asks again.
  }
  setTimeout(() => follow(place, turn + 1), POLL_MS);
}

const place = /** @type {HTMLElement | null} */ (document.querySelector("[data-follow]"));
if (place) setTimeout(() => follow(place, 1), POLL_MS);
