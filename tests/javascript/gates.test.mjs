// The gates: limits come from the rules, time from the server's status and this page's own clock.

import assert from "node:assert/strict";
import { test } from "node:test";

import { elapsedSeconds, endGate, milestone, ownGate, partnerGate } from "../../static/collection/gates.js";
import { initialState } from "../../static/collection/state.js";

const RULES = { end_min_seeker_turns: 10, end_min_seconds: 900, partner_idle_seconds: 180, idle_nudge_seconds: 90, idle_question_seconds: 150 };
const PARTNER_SAID = { ordinal: 1, role: "supporter", text: "Hello", sent_at: "t" };
const OWN_SAID = { ...PARTNER_SAID, role: "seeker", own: true };

/** A state whose status arrived at 10,000 ms of the monotonic clock. */
function makeState(status = {}, changes = {}) {
  const whole = { elapsed_seconds: 0, seeker_turns: 0, may_finish: false, may_leave_free: false, partner_idle_seconds: 0, own_idle_seconds: 0, partner_limit_seconds: 180, own_limit_seconds: 180, extension_left: true, ...status };
  return { ...initialState({ role: "seeker" }), status: whole, statusAt: 10_000, ...changes };
}
const after = (seconds) => 10_000 + seconds * 1000;

test("elapsed time goes on by the page's clock", () => {
  assert.equal(elapsedSeconds(makeState({ elapsed_seconds: 60 }), after(30)), 90);
  assert.equal(elapsedSeconds(initialState({ role: "seeker" }), after(30)), 0);
});

test("the end opens at ten turns and fifteen minutes, not at one of them", () => {
  for (const [turns, seconds, open] of [[10, 900, true], [9, 900, false], [10, 899, false], [12, 2000, true], [0, 0, false]]) {
    assert.equal(endGate(makeState({ seeker_turns: turns, elapsed_seconds: seconds }), RULES, after(0)).open, open, `${turns} turns, ${seconds} s`);
  }
});

test("the end opens while one watches, without a new status", () => {
  const state = makeState({ seeker_turns: 10, elapsed_seconds: 880 });
  assert.equal(endGate(state, RULES, after(19.9)).open, false);
  assert.equal(endGate(state, RULES, after(20)).open, true);
});

test("the server's word opens the end whatever is counted here", () => {
  assert.equal(endGate(makeState({ may_finish: true }), RULES, after(0)).open, true);
});

test("progress is shown in turns and whole minutes and never beyond what is needed", () => {
  const part = endGate(makeState({ seeker_turns: 7, elapsed_seconds: 11 * 60 + 59 }), RULES, after(0));
  assert.deepEqual([part.turns, part.turnsNeeded, part.minutes, part.minutesNeeded], [7, 10, 11, 15]);
  const whole = endGate(makeState({ seeker_turns: 14, elapsed_seconds: 3000 }), RULES, after(0));
  assert.deepEqual([whole.turns, whole.minutes], [10, 15]);
});

test("a silent partner: nothing, then a word, then a countdown, then the way out", () => {
  for (const [idle, phase] of [[0, "active"], [89, "active"], [90, "quiet"], [149, "quiet"], [150, "counting"], [179, "counting"], [180, "free"]]) {
    assert.equal(partnerGate(makeState({ partner_idle_seconds: idle }), RULES, after(0)).phase, phase, `${idle} s`);
    assert.equal(partnerGate(makeState({}), RULES, after(idle)).phase, phase, `${idle} s by this clock`);
  }
});

test("the countdown names what is left", () => {
  assert.equal(partnerGate(makeState({ partner_idle_seconds: 150 }), RULES, after(10)).secondsLeft, 20);
});

test("a partner who asked for more time gets it, and the countdown runs to the later end", () => {
  for (const [idle, phase] of [[160, "extended"], [269, "extended"], [270, "counting"], [299, "counting"], [300, "free"]]) {
    assert.equal(partnerGate(makeState({ partner_idle_seconds: idle, partner_limit_seconds: 300 }), RULES, after(0)).phase, phase, `${idle} s`);
  }
  assert.equal(partnerGate(makeState({ partner_idle_seconds: 160, partner_limit_seconds: 300 }), RULES, after(0)).secondsLeft, 140);
});

test("an extension ends with the silence that it was for", () => {
  const said = makeState({ partner_idle_seconds: 160, partner_limit_seconds: 300 }, { partnerActiveAt: after(1) });
  assert.equal(partnerGate(said, RULES, after(1 + 150)).phase, "counting");
  assert.equal(partnerGate(said, RULES, after(1 + 180)).phase, "free");
});

test("who asked for more time is told so, and asked once more before it runs out", () => {
  for (const [idle, gate] of [[160, "extended"], [269, "extended"], [270, "question"]]) {
    assert.equal(ownGate(makeState({ own_idle_seconds: idle, own_limit_seconds: 300 }), RULES, after(0)), gate, `${idle} s`);
  }
});

test("a sign of the partner closes the way out again", () => {
  const free = makeState({ partner_idle_seconds: 200, may_leave_free: true });
  assert.equal(partnerGate(free, RULES, after(0)).phase, "free");
  const back = { ...free, partnerActiveAt: after(5) };
  assert.equal(partnerGate(back, RULES, after(6)).phase, "active");
  assert.equal(partnerGate(back, RULES, after(5 + 180)).phase, "free");
});

test("a sign from before the status does not count against it", () => {
  assert.equal(partnerGate(makeState({ partner_idle_seconds: 180 }, { partnerActiveAt: 9_000 }), RULES, after(0)).phase, "free");
});

test("the reminder comes only when the partner waits for an answer", () => {
  const idle = { own_idle_seconds: 100 };
  assert.equal(ownGate(makeState(idle, { utterances: [PARTNER_SAID] }), RULES, after(0)), "nudge");
  assert.equal(ownGate(makeState(idle, { utterances: [OWN_SAID] }), RULES, after(0)), "none");
  assert.equal(ownGate(makeState(idle), RULES, after(0)), "none");
});

test("the question comes in any case, and typing answers it", () => {
  const state = makeState({ own_idle_seconds: 150 }, { utterances: [OWN_SAID] });
  assert.equal(ownGate(state, RULES, after(0)), "question");
  assert.equal(ownGate({ ...state, ownActiveAt: after(1) }, RULES, after(2)), "none");
  assert.equal(ownGate({ ...state, ended: { nextUrl: "/", reason: "leave" } }, RULES, after(0)), "none");
});

test("a milestone is passed once", () => {
  assert.equal(milestone(299, 300), 5);
  assert.equal(milestone(300, 301), null);
  assert.equal(milestone(301, 599), null);
  assert.equal(milestone(590, 905), 15);
});
