// @ts-check
/**
 * Carries to the server what the state says is due: messages, an answer, the end; again after a refusal that
 * may pass, and `hello` when something is missing. It decides nothing by itself.
 */

import { backoff } from "./backoff.js";
import { toSend } from "./selectors.js";

/** @typedef {import("./state.js").State} State */

/** How long a gap may stand before it is asked about: most close by themselves. Doubles while it stays. */
export const GAP_MS = 250;
const GAP_CEILING_MS = 5000;
/** How long an acknowledgement may take. */
export const ACK_MS = 10_000;

export class Courier {
  /**
   * @param {{ socket: { send(frame: object): boolean, hello(): void, drop(): void }, dispatch: (action: any) => void, rng?: () => number }} options
   */
  constructor({ socket, dispatch, rng = Math.random }) {
    this.socket = socket;
    this.dispatch = dispatch;
    this.rng = rng;
    this.attempt = 0;
    this.gapWait = GAP_MS;
    /** Commands sent on this connection, not to be sent twice. @type {Set<string>} */
    this.carried = new Set();
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.retryTimer = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.gapTimer = undefined;
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.ackTimer = undefined;
    /** @type {State | null} */
    this.state = null;
  }

  /**
   * Look at the state after every change.
   * @param {State} state
   */
  look(state) {
    this.state = state;
    if (!state.welcomed) this.carried.clear();
    this.#messages(state);
    this.#commands(state);
    this.#retry(state);
    this.#gap(state);
  }

  /** @param {State} state */
  #messages(state) {
    const entry = toSend(state);
    if (!entry) return;
    const frame = { type: "utterance.send", client_uid: entry.clientUid, text: entry.text, ...entry.telemetry };
    const sent = this.socket.send(entry.strategy === null ? frame : { ...frame, strategy: entry.strategy });
    if (!sent) return;
    clearTimeout(this.ackTimer);
    this.ackTimer = setTimeout(() => this.#unanswered(entry.clientUid), ACK_MS);
    this.dispatch({ type: "sent", clientUid: entry.clientUid });
  }

  /**
   * Neither stored nor refused: the line may be deaf in one direction. A new one brings a new try.
   * @param {string} clientUid
   */
  #unanswered(clientUid) {
    const entry = this.state?.pending.find((candidate) => candidate.clientUid === clientUid);
    if (entry?.stage === "sending" && this.state?.welcomed) this.socket.drop();
  }

  /** @param {State} state */
  #commands({ welcomed, ended, rating, ending, extending, commandRefused }) {
    if (!welcomed || ended || commandRefused) return;
    if (rating) this.#once({ type: "feedback.give", number: rating.number, score: rating.score });
    if (extending) this.#once({ type: "silence.extend" });
    if (ending) this.#once({ type: "conversation.end", manner: ending });
  }

  /** @param {{ type: string, [key: string]: any }} frame */
  #once(frame) {
    const key = JSON.stringify(frame);
    if (!this.carried.has(key) && this.socket.send(frame)) this.carried.add(key);
  }

  /** @param {State} state */
  #retry(state) {
    const waiting = state.commandRefused || state.pending.some((entry) => entry.stage === "retrying");
    if (!waiting) {
      if (!state.pending.length) this.attempt = 0;
      return;
    }
    if (this.retryTimer !== undefined) return;
    this.retryTimer = setTimeout(() => {
      this.retryTimer = undefined;
      if (this.state?.commandRefused) this.carried.clear();
      this.dispatch({ type: "retry" });
    }, backoff(this.attempt, this.rng));
    this.attempt += 1;
  }

  /** @param {State} state */
  #gap(state) {
    if (!state.gap) {
      clearTimeout(this.gapTimer);
      this.gapTimer = undefined;
      this.gapWait = GAP_MS;
      return;
    }
    if (!state.welcomed || this.gapTimer !== undefined) return;
    this.gapTimer = setTimeout(() => {
      this.gapTimer = undefined;
      if (this.state?.gap && this.state.welcomed) {
        this.socket.hello();
        this.#gap(this.state); // an answer that does not close it is asked for again, more slowly
      }
    }, this.gapWait);
    this.gapWait = Math.min(2 * this.gapWait, GAP_CEILING_MS);
  }
}
