// @ts-check
/**
 * A clock that a hidden tab does not slow down.
 *
 * Browsers let the timers of a tab in the background fire once a minute, which would lose a place in the
 * queue or a quiet connection. Timers of a worker are spared. This file is both: the worker, and `every`,
 * which starts it and falls back to a plain interval where workers are not to be had.
 */

const isWorker = typeof document === "undefined" && typeof postMessage === "function" && typeof addEventListener === "function";

if (isWorker) {
  addEventListener("message", (event) => {
    setInterval(() => postMessage(null), Number(/** @type {MessageEvent} */ (event).data));
  });
}

/**
 * Call `tick` every `milliseconds`; the function returned stops it.
 * @param {number} milliseconds
 * @param {() => void} tick
 * @returns {() => void}
 */
export function every(milliseconds, tick) {
  try {
    const worker = new Worker(import.meta.url, { type: "module" });
    let plain = 0;
    worker.addEventListener("message", tick);
    worker.addEventListener("error", () => {
      plain ||= setInterval(tick, milliseconds);
    });
    worker.postMessage(milliseconds);
    return () => {
      worker.terminate();
      clearInterval(plain);
    };
  } catch {
    const plain = setInterval(tick, milliseconds);
    return () => clearInterval(plain);
  }
}
