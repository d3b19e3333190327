// @ts-check
/**
 * One WebSocket that comes back: back-off with jitter, an early try when the network or the reader returns,
 * and a heartbeat that notices a line which is dead but does not say so.
 */

import { backoff } from "./backoff.js";

/** @typedef {import("./state.js").Connection} Connection */

/** Silence after which the line is tried, and how long the answer may take, in milliseconds. */
export const QUIET_MS = 7000;
export const ANSWER_MS = 4000;

/** Close codes (collection/domain/frames.py, CLOSE_CODES). */
const NOT_OPEN = 4001;
const RESTARTING = 4012;
const TOO_MANY = 4029;
const SIGNED_OUT = 4401;

/**
 * @typedef {object} Options
 * @property {string} url
 * @property {() => number} lastOrdinal what `hello` names
 * @property {(frame: any) => void} onFrame
 * @property {(connection: Connection) => void} onConnection
 * @property {() => number} [rng]
 * @property {() => number} [now] a monotonic clock in milliseconds
 * @property {(url: string) => WebSocket} [open]
 */

export class ChatSocket {
  /** @param {Options} options */
  constructor(options) {
    this.options = { rng: Math.random, now: () => performance.now(), open: (/** @type {string} */ url) => new WebSocket(url), ...options };
    /** @type {WebSocket | null} */
    this.socket = null;
    this.attempt = 0;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.timer = undefined;
    this.heardAt = 0;
    this.pingedAt = 0;
    this.resumeAfterMs = 0;
    this.stopped = false;
  }

  /** Connect now, unless there is a connection already. */
  connect() {
    if (this.stopped || this.socket) return;
    clearTimeout(this.timer);
    const socket = this.options.open(this.options.url);
    this.socket = socket;
    this.heardAt = this.options.now();
    this.pingedAt = 0;
    socket.onopen = () => this.hello();
    socket.onmessage = (event) => this.#hear(event.data);
    socket.onclose = (event) => this.#lost(event.code);
  }

  /** Ask for everything after the last ordinal that is known. */
  hello() {
    this.send({ type: "hello", last_ordinal: this.options.lastOrdinal() });
  }

  /**
   * @param {object} frame
   * @returns {boolean} whether it went out; what did not is sent again after the next `welcome`
   */
  send(frame) {
    if (this.socket?.readyState !== 1) return false;
    this.socket.send(JSON.stringify(frame));
    return true;
  }

  /** Look after the line; called about once a second, also while the tab is hidden. */
  beat() {
    if (!this.socket) return;
    const now = this.options.now();
    if (this.pingedAt > this.heardAt) {
      if (now - this.pingedAt >= ANSWER_MS) this.drop();
    } else if (now - this.heardAt >= QUIET_MS) {
      this.pingedAt = now;
      // A socket that is still opening after so long is as good as dead.
      if (!this.send({ type: "ping" })) this.drop();
    }
  }

  /** Give up the present socket without waiting for its farewell, which a dead line never brings. */
  drop() {
    const socket = this.socket;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = null;
    socket.close();
    this.#lost(0);
  }

  /** The network is back, or the reader: no reason to wait out the pause. */
  hurry() {
    if (this.socket || this.stopped) return;
    this.attempt = 0;
    this.connect();
  }

  /** Stop for good. */
  stop() {
    this.stopped = true;
    clearTimeout(this.timer);
    if (this.socket) {
      this.socket.onclose = null;
      this.socket.close();
      this.socket = null;
    }
  }

  /** @param {unknown} data */
  #hear(data) {
    this.heardAt = this.options.now();
    let frame;
    try {
      frame = JSON.parse(String(data));
    } catch {
      return; // not one of our frames
    }
    if (frame.type === "welcome") this.attempt = 0;
    if (frame.type === "reconnect") this.resumeAfterMs = frame.after_ms;
    this.options.onFrame(frame);
  }

  /** @param {number} code */
  #lost(code) {
    this.socket = null;
    if (this.stopped) return;
    if (code === NOT_OPEN || code === SIGNED_OUT) {
      this.stopped = true;
      this.options.onConnection(code === NOT_OPEN ? "closed" : "signed_out");
      return;
    }
    this.options.onConnection(globalThis.navigator?.onLine === false ? "offline" : "lost");
    if (code === TOO_MANY) this.attempt = Math.max(this.attempt, 4);
    const pause = backoff(this.attempt, this.options.rng);
    const wait = code === RESTARTING || this.resumeAfterMs ? this.resumeAfterMs + pause : pause;
    this.resumeAfterMs = 0;
    this.attempt += 1;
    this.timer = setTimeout(() => this.connect(), wait);
  }
}
