// @ts-check
/**
 * What this seat knows of the conversation, as a pure function of frames and of what the person does.
 *
 * The server's ordinals are the order; a message of one's own is known by its `client_uid` until it has one.
 * Whatever arrives twice changes nothing; whatever arrives too early is not shown: `gap` asks for it again.
 * The frames are those of `collection/domain/frames.py` (docs/reference/frames.md).
 */

/**
 * @typedef {{ ordinal: number, role: "seeker" | "supporter" | "team", text: string, sent_at: string,
 *   own?: boolean, client_uid?: string | null, strategy?: string | null }} Utterance
 * @typedef {{ number: number, ordinals: number[] }} FeedbackRequest
 * @typedef {{ state: string, elapsed_seconds: number, seeker_turns: number, may_finish: boolean,
 *   may_leave_free: boolean, partner_present: boolean, partner_idle_seconds: number, own_idle_seconds: number,
 *   partner_limit_seconds: number, own_limit_seconds: number, extension_left: boolean,
 *   feedback: FeedbackRequest | null, resources_shown: boolean, team_answered: boolean }} Status
 * @typedef {{ compose_ms: number, key_count: number, pasted_chars: number, focus_losses: number }} Telemetry
 * @typedef {{ clientUid: string, text: string, strategy: string | null, telemetry: Telemetry,
 *   stage: "queued" | "sending" | "retrying" | "stored" | "refused",
 *   ordinal?: number, sentAt?: string, reason?: string }} Pending
 *   `stored` is acknowledged, but something before it has not arrived yet.
 * @typedef {"finish" | "leave" | "partner_silent" | "safety"} Manner
 * @typedef {"connecting" | "online" | "lost" | "offline" | "closed" | "signed_out"} Connection
 */

/**
 * @typedef {object} State
 * @property {"seeker" | "supporter"} role
 * @property {Connection} connection
 * @property {boolean} welcomed whether the server has answered `hello` on the present connection
 * @property {boolean} loaded whether it ever has: before that there is no transcript to show
 * @property {Utterance[]} utterances ordinals 1 to `lastOrdinal`, without holes
 * @property {number} lastOrdinal
 * @property {boolean} gap something is missing: say `hello` again
 * @property {Pending[]} pending one's own messages that are not in `utterances` yet
 * @property {Status | null} status
 * @property {number} statusAt when `status` arrived, by this page's monotonic clock, in milliseconds
 * @property {number} partnerActiveAt the last sign of the partner since then, same clock
 * @property {number} ownActiveAt one's own last sign, same clock
 * @property {number} partnerTypingUntil same clock
 * @property {{ number: number, score: number } | null} rating given, not confirmed
 * @property {Manner | null} ending asked for, not confirmed
 * @property {boolean} extending more time was asked for, not confirmed
 * @property {boolean} commandRefused `rating`, `ending` or `extending` may succeed later: send it again after a pause
 * @property {{ code: string, message: string, serial: number } | null} notice the last refusal in words
 * @property {{ nextUrl: string, reason: string } | null} ended
 */

/** How long "is typing" stands, in milliseconds (frames.py, PartnerTyping). */
export const TYPING_STANDS_MS = 6000;

/**
 * @param {{ role: "seeker" | "supporter", pending?: Pending[] }} start `pending`: what the outbox kept
 * @returns {State}
 */
export function initialState({ role, pending = [] }) {
  return {
    role,
    connection: "connecting",
    welcomed: false,
    loaded: false,
    utterances: [],
    lastOrdinal: 0,
    gap: false,
    pending,
    status: null,
    statusAt: 0,
    partnerActiveAt: -Infinity,
    ownActiveAt: -Infinity,
    partnerTypingUntil: -Infinity,
    rating: null,
    ending: null,
    extending: false,
    commandRefused: false,
    notice: null,
    ended: null,
  };
}

/**
 * Add utterances in the order of their ordinals, and acknowledged ones of one's own where their turn has come.
 * @param {State} state
 * @param {readonly Utterance[]} items
 * @returns {State}
 */
function absorb(state, items) {
  const utterances = [...state.utterances];
  let pending = state.pending;
  const early = [...items].sort((a, b) => a.ordinal - b.ordinal);
  for (const item of early.filter((item) => item.ordinal <= state.lastOrdinal)) {
    utterances[item.ordinal - 1] = { ...utterances[item.ordinal - 1], ...item }; // the server's copy is the true one
  }
  for (;;) {
    const next = utterances.length + 1;
    const item = early.find((candidate) => candidate.ordinal === next);
    const own = pending.find((entry) => entry.stage === "stored" && entry.ordinal === next);
    if (!item && !own) break;
    utterances.push(item ?? fromPending(state.role, /** @type {Pending} */ (own)));
    const uid = item ? item.client_uid : own?.clientUid;
    pending = pending.filter((entry) => entry.clientUid !== uid && entry !== own);
  }
  const lastOrdinal = utterances.length;
  const known = new Set(utterances.map((item) => item.client_uid));
  pending = pending.filter((entry) => !known.has(entry.clientUid));
  const ahead = early.some((item) => item.ordinal > lastOrdinal) || pending.some((entry) => (entry.ordinal ?? 0) > lastOrdinal);
  return { ...state, utterances, pending, lastOrdinal, gap: ahead };
}

/**
 * @param {"seeker" | "supporter"} role
 * @param {Pending} entry
 * @returns {Utterance}
 */
function fromPending(role, entry) {
  return {
    ordinal: entry.ordinal ?? 0,
    role,
    text: entry.text,
    sent_at: entry.sentAt ?? "",
    own: true,
    client_uid: entry.clientUid,
    strategy: entry.strategy,
  };
}

/**
 * @param {State} state
 * @param {Status} status
 * @param {number} now
 * @returns {State}
 */
function withStatus(state, status, now) {
  const answered = state.rating !== null && status.feedback?.number !== state.rating.number;
  const extending = state.extending && status.extension_left;
  return { ...state, status, statusAt: now, rating: answered ? null : state.rating, extending };
}

/**
 * @param {State} state
 * @param {string} clientUid
 * @param {Partial<Pending>} change
 * @returns {State}
 */
function withPending(state, clientUid, change) {
  return { ...state, pending: state.pending.map((entry) => (entry.clientUid === clientUid ? { ...entry, ...change } : entry)) };
}

/**
 * Whatever was on its way when the connection broke is sent again; the server stores it once.
 * @param {Pending} entry
 * @returns {Pending}
 */
function requeued(entry) {
  return entry.stage === "sending" || entry.stage === "retrying" ? { ...entry, stage: "queued" } : entry;
}

/** @type {Record<string, (state: State, frame: any, now: number) => State>} */
const FRAMES = {
  welcome(state, frame, now) {
    const forgotten = {
      ...state,
      utterances: [],
      lastOrdinal: 0,
      // Acknowledged by a history that is no more: only a resend can tell.
      pending: state.pending.map((entry) => (entry.stage === "stored" ? { ...entry, stage: /** @type {const} */ ("queued"), ordinal: undefined } : entry)),
    };
    const next = absorb(frame.reload ? forgotten : state, frame.utterances);
    const gap = next.gap || next.lastOrdinal < frame.last_ordinal;
    const pending = next.pending.map(requeued);
    return withStatus({ ...next, gap, pending, role: frame.role, welcomed: true, loaded: true, connection: "online" }, frame.status, now);
  },

  utterances(state, frame, now) {
    const next = absorb(state, frame.items);
    const heard = next.utterances.slice(state.lastOrdinal).some((item) => !item.own && item.role !== "team");
    return heard ? { ...next, partnerActiveAt: now, partnerTypingUntil: -Infinity } : next;
  },

  ack(state, frame) {
    if (!state.pending.some((entry) => entry.clientUid === frame.client_uid)) {
      return frame.ordinal > state.lastOrdinal ? { ...state, gap: true } : state;
    }
    if (frame.ordinal <= state.lastOrdinal) {
      return { ...state, pending: state.pending.filter((entry) => entry.clientUid !== frame.client_uid) };
    }
    return absorb(withPending(state, frame.client_uid, { stage: "stored", ordinal: frame.ordinal, sentAt: frame.sent_at, reason: undefined }), []);
  },

  refused(state, frame) {
    const entry = state.pending.find((candidate) => candidate.clientUid === frame.client_uid);
    if (entry) {
      if (entry.stage === "stored") return state;
      return withPending(state, entry.clientUid, frame.retry ? { stage: "retrying" } : { stage: "refused", reason: frame.message });
    }
    if (frame.retry) return { ...state, commandRefused: true };
    const notice = { code: frame.code, message: frame.message, serial: (state.notice?.serial ?? 0) + 1 };
    return { ...state, rating: null, ending: null, extending: false, commandRefused: false, notice };
  },

  status: (state, frame, now) => withStatus(state, frame.status, now),

  "partner.typing": (state, _frame, now) => ({ ...state, partnerActiveAt: now, partnerTypingUntil: now + TYPING_STANDS_MS }),

  relabelled: (state, frame) => ({
    ...state,
    utterances: state.utterances.map((item) => (item.ordinal === frame.ordinal ? { ...item, strategy: frame.strategy } : item)),
  }),

  ended: (state, frame) => ({ ...state, ended: { nextUrl: frame.next_url, reason: frame.reason }, partnerTypingUntil: -Infinity }),
};

/** @type {Record<string, (state: State, action: any) => State>} */
const ACTIONS = {
  frame: (state, { frame, now }) => FRAMES[frame.type]?.(state, frame, now) ?? state,

  connection: (state, /** @type {{ connection: Connection }} */ { connection }) => ({ ...state, connection, welcomed: state.welcomed && connection === "online" }),

  write: (state, /** @type {{ entry: Pending, now: number }} */ { entry, now }) => ({ ...state, pending: [...state.pending, entry], ownActiveAt: now }),

  sent: (state, { clientUid }) => withPending(state, clientUid, { stage: "sending" }),

  retry: (state) => ({ ...state, commandRefused: false, pending: state.pending.map((entry) => (entry.stage === "retrying" ? { ...entry, stage: "queued" } : entry)) }),

  discard: (state, { clientUid }) => ({ ...state, pending: state.pending.filter((entry) => entry.clientUid !== clientUid) }),

  typed: (state, { now }) => ({ ...state, ownActiveAt: now }),

  rate: (state, { number, score }) => ({ ...state, rating: { number, score } }),

  extend: (state) => ({ ...state, extending: state.status?.extension_left ?? false }),

  end: (state, /** @type {{ manner: Manner }} */ { manner }) => ({ ...state, ending: manner }),
};

/**
 * Return the state after one frame (`{type: "frame", frame, now}`) or one act of the person. Unknown frames
 * change nothing: a newer server may say more than this page understands.
 * @param {State} state
 * @param {{ type: string, [key: string]: any }} action
 * @returns {State}
 */
export function reduce(state, action) {
  return ACTIONS[action.type]?.(state, action) ?? state;
}
