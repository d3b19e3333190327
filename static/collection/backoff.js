// @ts-check
/** How long to wait before the next try: longer each time, never at the same moment as everybody else. */

export const FLOOR_MS = 500;
export const CEILING_MS = 30_000;

/**
 * Return a wait in milliseconds, drawn evenly between the floor and a bound that doubles with each attempt.
 * @param {number} attempt 0 for the first try
 * @param {() => number} rng a number in [0, 1)
 */
export function backoff(attempt, rng) {
  const bound = Math.min(CEILING_MS, FLOOR_MS * 2 ** Math.min(attempt + 1, 16));
  return FLOOR_MS + rng() * (bound - FLOOR_MS);
}
