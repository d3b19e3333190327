// @ts-check
/**
 * How a message was written, for judging quality later: time, keys, pasted characters, looks elsewhere.
 * Counts only; nothing of what was typed and deleted is kept.
 */

/** @typedef {import("./state.js").Telemetry} Telemetry */

export class TelemetryCounter {
  /** @param {() => number} now a monotonic clock in milliseconds */
  constructor(now) {
    this.now = now;
    /** @type {number | null} */
    this.startedAt = null;
    this.keys = 0;
    this.pasted = 0;
    this.losses = 0;
  }

  reset() {
    this.startedAt = null;
    this.keys = 0;
    this.pasted = 0;
    this.losses = 0;
  }

  key() {
    this.startedAt ??= this.now();
    this.keys += 1;
  }

  /** @param {string} text */
  paste(text) {
    this.startedAt ??= this.now();
    this.pasted += [...text].length;
  }

  /** The person looked elsewhere; it counts only while a message is being written. */
  focusLost() {
    if (this.startedAt !== null) this.losses += 1;
  }

  /** @returns {Telemetry} */
  read() {
    return {
      compose_ms: this.startedAt === null ? 0 : Math.round(this.now() - this.startedAt),
      key_count: this.keys,
      pasted_chars: this.pasted,
      focus_losses: this.losses,
    };
  }
}

/**
 * Return a function that calls `act` at most once in `milliseconds`, and at once the first time.
 * @param {number} milliseconds
 * @param {() => number} now
 * @param {() => void} act
 */
export function atMostEvery(milliseconds, now, act) {
  let last = -Infinity;
  return () => {
    if (now() - last < milliseconds) return;
    last = now();
    act();
  };
}
