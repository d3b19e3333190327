// @ts-check
/** What is to be sent and shown, read from the state. */

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./state.js").Pending} Pending */
/** @typedef {import("./state.js").FeedbackRequest} FeedbackRequest */

/**
 * Return the message to send now, or null. One at a time: the next follows the acknowledgement, so that a
 * person's messages keep their order whatever is refused or tried again.
 * @param {State} state
 * @returns {Pending | null}
 */
export function toSend(state) {
  if (!state.welcomed || state.ended) return null;
  const first = state.pending.find((entry) => entry.stage !== "refused" && entry.stage !== "stored");
  return first?.stage === "queued" ? first : null;
}

/**
 * @typedef {{ key: string, role: string, own: boolean, text: string, at: string, strategy: string | null,
 *   ordinal: number | null, stage: "queued" | "sending" | "retrying" | "stored" | "refused", reason: string, clientUid: string }} Line
 */

/**
 * Return what the transcript shows: the stored utterances by ordinal, then one's own that wait. A message
 * keeps its key when it is stored, so that it is one thing on the page from Send to the last tick.
 * @param {State} state
 * @returns {Line[]}
 */
export function timeline(state) {
  const stored = state.utterances.map((item) => ({
    key: item.own && item.client_uid ? item.client_uid : `#${item.ordinal}`,
    role: item.role,
    own: item.own ?? false,
    text: item.text,
    at: item.sent_at,
    strategy: item.strategy ?? null,
    ordinal: item.ordinal,
    stage: /** @type {const} */ ("stored"),
    reason: "",
    clientUid: item.client_uid ?? "",
  }));
  const waiting = state.pending.map((entry) => ({
    key: entry.clientUid,
    role: state.role,
    own: true,
    text: entry.text,
    at: entry.sentAt ?? "",
    strategy: entry.strategy,
    ordinal: null,
    stage: entry.stage,
    reason: entry.reason ?? "",
    clientUid: entry.clientUid,
  }));
  return [...stored, ...waiting];
}

/**
 * Return the feedback request to answer, unless it has just been answered.
 * @param {State} state
 * @returns {FeedbackRequest | null}
 */
export function feedbackDue(state) {
  const feedback = state.status?.feedback ?? null;
  return feedback && feedback.number !== state.rating?.number && !state.ended ? feedback : null;
}
