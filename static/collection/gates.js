// @ts-check
/**
 * What the clock allows: ending, leaving a silent partner, and the question whether somebody is still there.
 *
 * Computed from the server's last status, carried on by this page's monotonic clock. They only say what to
 * show: the server decides when the button is pressed. All limits come from the protocol, through `rules`.
 */

/** @typedef {import("./state.js").State} State */
/**
 * @typedef {{ end_min_seeker_turns: number, end_min_seconds: number, partner_idle_seconds: number,
 *   idle_nudge_seconds: number, idle_question_seconds: number, text_max_length: number, relabel_seconds: number,
 *   feedback_gate: "soft" | "hard" }} Rules
 */

/**
 * Return the seconds since the conversation began.
 * @param {State} state
 * @param {number} now milliseconds of the monotonic clock, as in `state`
 */
export function elapsedSeconds(state, now) {
  return state.status ? state.status.elapsed_seconds + (now - state.statusAt) / 1000 : 0;
}

/**
 * Return how far the seeker is from the end, in turns and in whole minutes.
 * @param {State} state
 * @param {Rules} rules
 * @param {number} now
 */
export function endGate(state, rules, now) {
  const seconds = elapsedSeconds(state, now);
  const turns = state.status?.seeker_turns ?? 0;
  const turnsMet = turns >= rules.end_min_seeker_turns;
  const timeMet = seconds >= rules.end_min_seconds;
  const minutesNeeded = Math.ceil(rules.end_min_seconds / 60);
  return {
    open: Boolean(state.status?.may_finish) || (turnsMet && timeMet),
    turnsMet,
    timeMet,
    turns: Math.min(turns, rules.end_min_seeker_turns),
    turnsNeeded: rules.end_min_seeker_turns,
    minutes: timeMet ? minutesNeeded : Math.floor(seconds / 60),
    minutesNeeded,
  };
}

/**
 * Return how long the partner has given no sign, and what follows from it. A sign that came after the last
 * status closes the gate again before the server says so.
 * @param {State} state
 * @param {Rules} rules
 * @param {number} now
 * @returns {{ phase: "active" | "quiet" | "extended" | "counting" | "free", idleSeconds: number, secondsLeft: number }}
 */
export function partnerGate(state, rules, now) {
  if (!state.status) return { phase: "active", idleSeconds: 0, secondsLeft: rules.partner_idle_seconds };
  const byStatus = state.status.partner_idle_seconds + (now - state.statusAt) / 1000;
  const signSince = state.partnerActiveAt > state.statusAt;
  const idleSeconds = signSince ? Math.min(byStatus, (now - state.partnerActiveAt) / 1000) : byStatus;
  // An extension holds for the silence in which it was asked for: a sign begins an ordinary one.
  const limit = signSince ? rules.partner_idle_seconds : state.status.partner_limit_seconds;
  const secondsLeft = Math.max(0, limit - idleSeconds);
  const free = secondsLeft === 0 || (state.status.may_leave_free && !signSince);
  const extended = limit > rules.partner_idle_seconds;
  const counting = idleSeconds >= limit - (rules.partner_idle_seconds - rules.idle_question_seconds);
  const quiet = idleSeconds >= rules.idle_nudge_seconds;
  const phase = free ? "free" : counting ? "counting" : extended ? "extended" : quiet ? "quiet" : "active";
  return { phase, idleSeconds, secondsLeft };
}

/**
 * Return whether to remind this person, or to ask whether they are there. A reminder only where the partner
 * waits for an answer; the question in any case, since the partner may leave when it stays open.
 * @param {State} state
 * @param {Rules} rules
 * @param {number} now
 * @returns {"none" | "nudge" | "extended" | "question"}
 */
export function ownGate(state, rules, now) {
  if (!state.status || state.ended) return "none";
  const byStatus = state.status.own_idle_seconds + (now - state.statusAt) / 1000;
  const idleSeconds = Math.min(byStatus, (now - state.ownActiveAt) / 1000);
  const limit = state.ownActiveAt > state.statusAt ? rules.partner_idle_seconds : state.status.own_limit_seconds;
  if (idleSeconds >= limit - (rules.partner_idle_seconds - rules.idle_question_seconds)) return "question";
  if (limit > rules.partner_idle_seconds) return "extended";
  const last = state.utterances.at(-1);
  return idleSeconds >= rules.idle_nudge_seconds && last !== undefined && !last.own ? "nudge" : "none";
}

/**
 * Return the milestone in minutes that was passed between two looks at the clock, or null.
 * @param {number} beforeSeconds
 * @param {number} nowSeconds
 * @param {number} [everyMinutes]
 */
export function milestone(beforeSeconds, nowSeconds, everyMinutes = 5) {
  const step = everyMinutes * 60;
  const passed = Math.floor(nowSeconds / step);
  return passed > Math.floor(beforeSeconds / step) ? passed * everyMinutes : null;
}
