// The reducer: whatever order, repetition or loss the network brings, the transcript is the server's.

import assert from "node:assert/strict";
import { test } from "node:test";

import { feedbackDue, timeline, toSend } from "../../static/collection/selectors.js";
import { initialState, reduce, TYPING_STANDS_MS } from "../../static/collection/state.js";

const NO_TELEMETRY = { compose_ms: 0, key_count: 0, pasted_chars: 0, focus_losses: 0 };

const makeStatus = (changes = {}) => ({
  state: "chatting",
  elapsed_seconds: 60,
  seeker_turns: 1,
  may_finish: false,
  may_leave_free: false,
  partner_present: true,
  partner_idle_seconds: 0,
  own_idle_seconds: 0,
  partner_limit_seconds: 180,
  own_limit_seconds: 180,
  extension_left: true,
  feedback: null,
  resources_shown: false,
  ...changes,
});
const said = (ordinal, text = `partner ${ordinal}`) => ({ ordinal, role: "supporter", text, sent_at: `t${ordinal}` });
const own = (ordinal, clientUid, text = clientUid) => ({ ordinal, role: "seeker", text, sent_at: `t${ordinal}`, own: true, client_uid: clientUid });
const welcomeFrame = (utterances = [], changes = {}) => ({
  type: "welcome",
  role: "seeker",
  last_ordinal: utterances.at(-1)?.ordinal ?? 0,
  reload: false,
  utterances,
  status: makeStatus(),
  ...changes,
});
const ackFrame = (clientUid, ordinal) => ({ type: "ack", client_uid: clientUid, ordinal, sent_at: `t${ordinal}` });
const itemsFrame = (...items) => ({ type: "utterances", items });
const entryOf = (clientUid, text = clientUid, strategy = null) => ({ clientUid, text, strategy, telemetry: NO_TELEMETRY, stage: "queued" });

/** The state after frames and actions; a frame may be given bare, an action has one of the local types. */
function play(steps, state = initialState({ role: "seeker" })) {
  const local = new Set(["connection", "write", "sent", "retry", "discard", "typed", "rate", "end", "frame"]);
  return steps.reduce((before, step) => reduce(before, local.has(step.type) ? step : { type: "frame", frame: step, now: step.now ?? 1000 }), state);
}
const write = (clientUid, text) => ({ type: "write", entry: entryOf(clientUid, text), now: 500 });
const sent = (clientUid) => ({ type: "sent", clientUid });
const texts = (state) => timeline(state).map((line) => line.text);

test("welcome brings the history and opens the conversation", () => {
  const state = play([welcomeFrame([said(1), own(2, "uid-a")])]);
  assert.deepEqual(texts(state), ["partner 1", "uid-a"]);
  assert.equal(state.lastOrdinal, 2);
  assert.equal(state.welcomed, true);
  assert.equal(state.connection, "online");
  assert.equal(state.gap, false);
});

test("a message is queued, sent, acknowledged and shown once under one key", () => {
  const queued = play([welcomeFrame(), write("uid-a", "Hello")]);
  assert.equal(toSend(queued).clientUid, "uid-a");
  const sending = play([sent("uid-a")], queued);
  assert.equal(toSend(sending), null);
  const stored = play([ackFrame("uid-a", 1)], sending);
  assert.deepEqual(stored.pending, []);
  for (const state of [queued, sending, stored]) {
    assert.deepEqual(texts(state), ["Hello"]);
    assert.equal(timeline(state)[0].key, "uid-a");
  }
  assert.deepEqual(timeline(stored)[0].stage, "stored");
});

test("one message is on its way at a time, so that a refusal cannot change their order", () => {
  const first = play([welcomeFrame(), write("uid-a"), write("uid-b"), sent("uid-a")]);
  assert.equal(toSend(first), null);
  assert.equal(toSend(play([ackFrame("uid-a", 1)], first)).clientUid, "uid-b");
  assert.equal(toSend(play([ackFrame("uid-a", 2)], first)).clientUid, "uid-b", "acknowledged ahead of a gap is enough");
});

test("nothing is sent before the welcome, and nothing after the end", () => {
  assert.equal(toSend(play([write("uid-a")])), null);
  assert.equal(toSend(play([welcomeFrame(), { type: "ended", next_url: "/next", reason: "finish" }, write("uid-a")])), null);
});

test("the acknowledgement and the delivery of the same message show it once, in either order", () => {
  const begun = play([welcomeFrame(), write("uid-a", "Hello"), sent("uid-a")]);
  const delivered = itemsFrame(own(1, "uid-a", "Hello"));
  const ackFirst = play([ackFrame("uid-a", 1), delivered], begun);
  const deliveryFirst = play([delivered, ackFrame("uid-a", 1)], begun);
  assert.deepEqual(timeline(ackFirst), timeline(deliveryFirst));
  assert.deepEqual(texts(ackFirst), ["Hello"]);
  assert.deepEqual(deliveryFirst.pending, []);
});

test("whatever is delivered twice changes nothing", () => {
  const state = play([welcomeFrame([said(1)]), itemsFrame(said(2), said(3))]);
  const again = play([itemsFrame(said(2), said(3)), itemsFrame(said(1))], state);
  assert.deepEqual(timeline(again), timeline(state));
  assert.equal(again.gap, false);
});

test("a second acknowledgement of a resend changes nothing", () => {
  const state = play([welcomeFrame(), write("uid-a"), sent("uid-a"), ackFrame("uid-a", 1)]);
  assert.deepEqual(timeline(play([ackFrame("uid-a", 1)], state)), timeline(state));
});

test("utterances within a frame are put in the order of their ordinals", () => {
  assert.deepEqual(texts(play([welcomeFrame(), itemsFrame(said(3), said(1), said(2))])), ["partner 1", "partner 2", "partner 3"]);
});

test("an utterance that comes too early is not shown, and the gap is noted", () => {
  const state = play([welcomeFrame([said(1)]), itemsFrame(said(3))]);
  assert.deepEqual(texts(state), ["partner 1"]);
  assert.equal(state.gap, true);
  const closed = play([welcomeFrame([said(2), said(3)])], state);
  assert.deepEqual(texts(closed), ["partner 1", "partner 2", "partner 3"]);
  assert.equal(closed.gap, false);
});

test("an acknowledgement ahead of a missing utterance waits in its place", () => {
  const early = play([welcomeFrame(), write("uid-a", "mine"), sent("uid-a"), ackFrame("uid-a", 2)]);
  assert.equal(early.gap, true);
  assert.equal(early.lastOrdinal, 0);
  assert.equal(toSend(early), null, "what is acknowledged is not sent again");
  const closed = play([itemsFrame(said(1))], early);
  assert.deepEqual(texts(closed), ["partner 1", "mine"]);
  assert.equal(closed.lastOrdinal, 2);
  assert.equal(closed.gap, false);
  assert.deepEqual(closed.pending, []);
});

test("an acknowledgement for a message this tab does not know asks for the transcript", () => {
  const state = play([welcomeFrame([said(1)]), ackFrame("uid-of-another-tab", 2)]);
  assert.equal(state.gap, true);
  assert.deepEqual(texts(state), ["partner 1"]);
});

test("a welcome that is shorter than it says leaves a gap", () => {
  assert.equal(play([welcomeFrame([said(1)], { last_ordinal: 3 })]).gap, true);
});

test("what was on its way is sent again after a new welcome, in its order", () => {
  const cut = play([welcomeFrame(), write("uid-a"), write("uid-b"), sent("uid-a"), sent("uid-b"), { type: "connection", connection: "lost" }]);
  assert.equal(cut.welcomed, false);
  assert.equal(toSend(cut), null);
  const back = play([welcomeFrame()], cut);
  assert.equal(toSend(back).clientUid, "uid-a");
  assert.deepEqual(back.pending.map((entry) => [entry.clientUid, entry.stage]), [["uid-a", "queued"], ["uid-b", "queued"]]);
});

test("what was stored before the line broke is not sent again", () => {
  const cut = play([welcomeFrame(), write("uid-a"), write("uid-b"), sent("uid-a"), sent("uid-b"), { type: "connection", connection: "lost" }]);
  const back = play([welcomeFrame([own(1, "uid-a")])], cut);
  assert.equal(toSend(back).clientUid, "uid-b");
  assert.deepEqual(texts(back), ["uid-a", "uid-b"]);
});

test("a refusal that may pass holds back what was written later", () => {
  const refused = play([
    welcomeFrame(),
    write("uid-a"),
    sent("uid-a"),
    { type: "refused", code: "unavailable", message: "Away.", client_uid: "uid-a", retry: true },
    write("uid-b"),
  ]);
  assert.equal(toSend(refused), null);
  assert.equal(toSend(play([{ type: "retry" }], refused)).clientUid, "uid-a");
});

test("a refusal for good keeps the text with its reason and lets the rest pass", () => {
  const refused = play([welcomeFrame(), write("uid-a", "kept"), sent("uid-a"), { type: "refused", code: "conflict", message: "No.", client_uid: "uid-a" }, write("uid-b")]);
  const [line] = timeline(refused);
  assert.deepEqual([line.text, line.stage, line.reason], ["kept", "refused", "No."]);
  assert.equal(toSend(refused).clientUid, "uid-b");
  assert.equal(toSend(play([welcomeFrame()], refused)).clientUid, "uid-b", "nor after a new welcome");
  assert.deepEqual(texts(play([{ type: "discard", clientUid: "uid-a" }], refused)), ["uid-b"]);
});

test("a late refusal does not undo an acknowledgement", () => {
  const state = play([welcomeFrame(), write("uid-a"), sent("uid-a"), ackFrame("uid-a", 2), { type: "refused", code: "x", message: "x", client_uid: "uid-a" }]);
  assert.equal(state.pending[0].stage, "stored");
});

test("reload forgets the copy and takes the server's", () => {
  const before = play([welcomeFrame([said(1), said(2), said(3)])]);
  const after = play([welcomeFrame([said(1, "another history")], { reload: true })], before);
  assert.deepEqual(texts(after), ["another history"]);
  assert.equal(after.lastOrdinal, 1);
  assert.equal(after.gap, false);
});

test("reload without the history asks for it from the beginning", () => {
  const before = play([welcomeFrame([said(1), said(2), said(3)])]);
  const after = play([welcomeFrame([], { reload: true, last_ordinal: 2 })], before);
  assert.equal(after.lastOrdinal, 0);
  assert.equal(after.gap, true);
});

test("reload sends again what only a forgotten history had acknowledged", () => {
  const before = play([welcomeFrame(), write("uid-a"), sent("uid-a"), ackFrame("uid-a", 7)]);
  const after = play([welcomeFrame([], { reload: true, last_ordinal: 0 })], before);
  assert.equal(toSend(after).clientUid, "uid-a");
});

test("two tabs of one seat show the same transcript, whoever wrote", () => {
  const first = play([welcomeFrame(), write("uid-a"), sent("uid-a"), ackFrame("uid-a", 1), itemsFrame(own(1, "uid-a"), own(2, "uid-b"))]);
  const second = play([welcomeFrame(), write("uid-b"), sent("uid-b"), ackFrame("uid-b", 2), itemsFrame(own(1, "uid-a"), own(2, "uid-b"))]);
  assert.deepEqual(timeline(first), timeline(second));
  assert.deepEqual(first.pending, []);
  assert.deepEqual(second.pending, []);
});

test("a duplicated tab that inherits the outbox ends with one message", () => {
  const inherited = initialState({ role: "seeker", pending: [entryOf("uid-a", "once")] });
  const state = play([welcomeFrame(), sent("uid-a"), itemsFrame(own(1, "uid-a", "once")), ackFrame("uid-a", 1)], inherited);
  assert.deepEqual(texts(state), ["once"]);
});

test("every order and repetition of the same frames ends in the same transcript", () => {
  const frames = [itemsFrame(said(1)), ackFrame("uid-a", 2), itemsFrame(own(2, "uid-a"), said(3)), itemsFrame(said(4))];
  const whole = welcomeFrame([said(1), own(2, "uid-a"), said(3), said(4)]);
  const expected = play([whole]).utterances;
  for (const order of permutations([...frames, frames[2]])) {
    const live = play([welcomeFrame(), write("uid-a"), sent("uid-a"), ...order]);
    assert.deepEqual(live.utterances.map((item) => item.ordinal), live.utterances.map((_, index) => index + 1), "never a hole");
    // A gap is closed by the answer to hello: everything after the last ordinal that is known.
    const resumed = play([welcomeFrame(whole.utterances.slice(live.lastOrdinal), { last_ordinal: 4 })], live);
    assert.deepEqual(
      resumed.utterances.map(({ ordinal, text }) => [ordinal, text]),
      expected.map(({ ordinal, text }) => [ordinal, text]),
    );
    assert.deepEqual(resumed.pending, []);
  }
});

function* permutations(items) {
  if (items.length < 2) {
    yield items;
    return;
  }
  for (let index = 0; index < items.length; index += 1) {
    for (const rest of permutations([...items.slice(0, index), ...items.slice(index + 1)])) yield [items[index], ...rest];
  }
}

test("the server's copy of one's own text replaces the local one", () => {
  const state = play([welcomeFrame(), write("uid-a", "a\u0000b"), sent("uid-a"), ackFrame("uid-a", 1), itemsFrame(own(1, "uid-a", "ab"))]);
  assert.deepEqual(texts(state), ["ab"]);
});

test("a strategy that was changed is shown as changed", () => {
  const stored = { ...own(1, "uid-a"), role: "supporter", strategy: "question" };
  const state = play([welcomeFrame([stored], { role: "supporter" }), { type: "relabelled", ordinal: 1, strategy: "information" }]);
  assert.equal(timeline(state)[0].strategy, "information");
});

test("feedback is due until it is answered, and comes back when the answer is refused", () => {
  const request = { number: 1, ordinals: [1, 2] };
  const asked = play([welcomeFrame([said(1), said(2)], { status: makeStatus({ feedback: request }) })]);
  assert.deepEqual(feedbackDue(asked), request);
  const rated = play([{ type: "rate", number: 1, score: 4 }], asked);
  assert.equal(feedbackDue(rated), null);
  assert.deepEqual(feedbackDue(play([{ type: "refused", code: "feedback_closed", message: "Too late." }], rated)), request);
});

test("the next feedback request is due although the last answer is still on its way", () => {
  const next = { number: 2, ordinals: [3, 4] };
  const rated = play([welcomeFrame([], { status: makeStatus({ feedback: { number: 1, ordinals: [1, 2] } }) }), { type: "rate", number: 1, score: 4 }]);
  const state = play([{ type: "status", status: makeStatus({ feedback: next }) }], rated);
  assert.deepEqual(feedbackDue(state), next);
  assert.equal(state.rating, null);
});

test("an answer stays given while the same request is still in the status", () => {
  const feedback = { number: 1, ordinals: [1, 2] };
  const rated = play([welcomeFrame([], { status: makeStatus({ feedback }) }), { type: "rate", number: 1, score: 4 }, { type: "status", status: makeStatus({ feedback }) }]);
  assert.deepEqual(rated.rating, { number: 1, score: 4 });
  assert.equal(feedbackDue(rated), null);
});

test("a command refused for the moment is kept, one refused for good is told", () => {
  const ending = play([welcomeFrame(), { type: "end", manner: "finish" }]);
  const later = play([{ type: "refused", code: "unavailable", message: "Away.", retry: true }], ending);
  assert.equal(later.ending, "finish");
  assert.equal(later.commandRefused, true);
  assert.equal(play([{ type: "retry" }], later).commandRefused, false);
  const never = play([{ type: "refused", code: "too_early", message: "Not yet." }], ending);
  assert.equal(never.ending, null);
  assert.equal(never.notice.message, "Not yet.");
  assert.equal(play([{ type: "refused", code: "too_early", message: "Not yet." }], never).notice.serial, 2, "told again");
});

test("typing stands for a while and falls with the message", () => {
  const typing = play([welcomeFrame(), { type: "partner.typing", now: 2000 }]);
  assert.equal(typing.partnerTypingUntil, 2000 + TYPING_STANDS_MS);
  assert.equal(play([{ ...itemsFrame(said(1)), now: 2500 }], typing).partnerTypingUntil, -Infinity);
});

test("one's own message and the team's are no sign of the partner", () => {
  const state = play([welcomeFrame(), { ...itemsFrame(own(1, "uid-a"), { ordinal: 2, role: "team", text: "Hello", sent_at: "t" }), now: 9000 }]);
  assert.equal(state.partnerActiveAt, -Infinity);
});

test("the end is kept with its next page, and a pending message stays to be read", () => {
  const state = play([welcomeFrame(), write("uid-a", "too late"), { type: "ended", next_url: "/after", reason: "leave" }]);
  assert.deepEqual(state.ended, { nextUrl: "/after", reason: "leave" });
  assert.deepEqual(texts(state), ["too late"]);
});

test("frames and actions that are not known change nothing", () => {
  const state = play([welcomeFrame([said(1)])]);
  assert.equal(reduce(state, { type: "frame", frame: { type: "from.the.future" }, now: 1 }), state);
  assert.equal(reduce(state, { type: "nonsense" }), state);
});
