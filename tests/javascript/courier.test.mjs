// The courier with the real reducer: what goes over the wire, in which order, and what is tried again.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { ACK_MS, Courier, GAP_MS } from "../../static/collection/courier.js";
import { initialState, reduce } from "../../static/collection/state.js";

const STATUS = { feedback: { number: 3, ordinals: [1, 2] }, extension_left: true };
const TELEMETRY = { compose_ms: 1200, key_count: 9, pasted_chars: 0, focus_losses: 1 };

beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
});

function makeSeat(role = "seeker") {
  const seat = { wire: [], hellos: 0, drops: 0, open: true, state: initialState({ role }) };
  const socket = {
    send: (frame) => seat.open && seat.wire.push(frame) > 0,
    hello: () => {
      seat.hellos += 1;
    },
    drop: () => {
      seat.drops += 1;
      seat.act({ type: "connection", connection: "lost" });
    },
  };
  seat.courier = new Courier({ socket, dispatch: (action) => seat.act(action), rng: () => 0 });
  seat.act = (action) => {
    seat.state = reduce(seat.state, action);
    seat.courier.look(seat.state);
  };
  seat.hear = (frame) => seat.act({ type: "frame", frame, now: 0 });
  seat.welcome = (utterances = [], lastOrdinal = utterances.at(-1)?.ordinal ?? 0) =>
    seat.hear({ type: "welcome", role, last_ordinal: lastOrdinal, reload: false, utterances, status: STATUS });
  seat.write = (clientUid, strategy = null) =>
    seat.act({ type: "write", now: 0, entry: { clientUid, text: clientUid, strategy, telemetry: TELEMETRY, stage: "queued" } });
  seat.ack = (clientUid, ordinal) => seat.hear({ type: "ack", client_uid: clientUid, ordinal, sent_at: "t" });
  seat.uids = () => seat.wire.filter((frame) => frame.type === "utterance.send").map((frame) => frame.client_uid);
  return seat;
}

test("a message goes out with its telemetry, and with a strategy only from the supporter", () => {
  const seat = makeSeat();
  seat.welcome();
  seat.write("uid-a");
  assert.deepEqual(seat.wire, [{ type: "utterance.send", client_uid: "uid-a", text: "uid-a", ...TELEMETRY }]);
  const supporter = makeSeat("supporter");
  supporter.welcome();
  supporter.write("uid-b", "question");
  assert.equal(supporter.wire[0].strategy, "question");
});

test("what was written before the welcome goes out after it, in order and once", () => {
  const seat = makeSeat();
  seat.write("uid-a");
  seat.write("uid-b");
  assert.deepEqual(seat.wire, []);
  seat.welcome();
  seat.act({ type: "typed", now: 1 });
  assert.deepEqual(seat.uids(), ["uid-a"]);
  seat.ack("uid-a", 1);
  seat.act({ type: "typed", now: 2 });
  assert.deepEqual(seat.uids(), ["uid-a", "uid-b"]);
});

test("unacknowledged messages go out again on the next connection", () => {
  const seat = makeSeat();
  seat.welcome();
  seat.write("uid-a");
  seat.act({ type: "connection", connection: "lost" });
  seat.welcome();
  assert.deepEqual(seat.uids(), ["uid-a", "uid-a"]);
});

test("a socket that closes under the send keeps the message queued", () => {
  const seat = makeSeat();
  seat.welcome();
  seat.open = false;
  seat.write("uid-a");
  assert.equal(seat.state.pending[0].stage, "queued");
  seat.open = true;
  seat.act({ type: "connection", connection: "lost" });
  seat.welcome();
  assert.deepEqual(seat.uids(), ["uid-a"]);
});

test("a line that never acknowledges is given up, and the message goes out on the next", () => {
  const seat = makeSeat();
  seat.welcome();
  seat.write("uid-a");
  mock.timers.tick(ACK_MS - 1);
  assert.equal(seat.drops, 0);
  mock.timers.tick(1);
  assert.equal(seat.drops, 1);
  seat.welcome();
  assert.deepEqual(seat.uids(), ["uid-a", "uid-a"]);
  seat.ack("uid-a", 1);
  mock.timers.tick(ACK_MS);
  assert.equal(seat.drops, 1, "what is acknowledged is not waited for");
});

test("a refusal that may pass is tried again after a pause, before what came later", () => {
  const seat = makeSeat();
  seat.welcome();
  seat.write("uid-a");
  seat.hear({ type: "refused", code: "unavailable", message: "Away.", client_uid: "uid-a", retry: true });
  seat.write("uid-b");
  mock.timers.tick(499);
  assert.deepEqual(seat.uids(), ["uid-a"]);
  mock.timers.tick(1);
  assert.deepEqual(seat.uids(), ["uid-a", "uid-a"]);
  seat.ack("uid-a", 1);
  assert.deepEqual(seat.uids(), ["uid-a", "uid-a", "uid-b"]);
});

test("an answer and the end go out once, and again on the next connection until they are done", () => {
  const seat = makeSeat();
  seat.welcome();
  seat.act({ type: "rate", number: 3, score: 4 });
  seat.act({ type: "end", manner: "leave" });
  seat.act({ type: "typed", now: 1 });
  const commands = [
    { type: "feedback.give", number: 3, score: 4 },
    { type: "conversation.end", manner: "leave" },
  ];
  assert.deepEqual(seat.wire, commands);
  seat.act({ type: "connection", connection: "lost" });
  seat.welcome();
  assert.deepEqual(seat.wire, [...commands, ...commands]);
  seat.hear({ type: "ended", next_url: "/next", reason: "leave" });
  seat.act({ type: "connection", connection: "lost" });
  seat.welcome();
  assert.deepEqual(seat.wire, [...commands, ...commands]);
});

test("a command refused for the moment is tried again after a pause", () => {
  const seat = makeSeat();
  seat.welcome();
  seat.act({ type: "end", manner: "finish" });
  seat.hear({ type: "refused", code: "unavailable", message: "Away.", retry: true });
  assert.equal(seat.wire.length, 1);
  mock.timers.tick(500);
  assert.deepEqual(seat.wire.at(-1), { type: "conversation.end", manner: "finish" });
  assert.equal(seat.wire.length, 2);
});

test("a gap that closes by itself is not asked about", () => {
  const seat = makeSeat();
  seat.welcome();
  const said = (ordinal) => ({ ordinal, role: "supporter", text: "x", sent_at: "t" });
  seat.hear({ type: "utterances", items: [said(2)] });
  seat.hear({ type: "utterances", items: [said(1), said(2)] });
  mock.timers.tick(10 * GAP_MS);
  assert.equal(seat.hellos, 0);
});

test("a gap that stays is asked about, more slowly each time", () => {
  const seat = makeSeat();
  seat.welcome();
  seat.hear({ type: "utterances", items: [{ ordinal: 5, role: "supporter", text: "x", sent_at: "t" }] });
  mock.timers.tick(GAP_MS - 1);
  assert.equal(seat.hellos, 0);
  mock.timers.tick(1);
  assert.equal(seat.hellos, 1);
  mock.timers.tick(2 * GAP_MS - 1);
  assert.equal(seat.hellos, 1);
  mock.timers.tick(1);
  assert.equal(seat.hellos, 2);
});

test("more time is asked for until the server says that it was given, and not after", () => {
  const seat = makeSeat();
  const extensions = () => seat.wire.filter((frame) => frame.type === "silence.extend").length;
  const status = (extension_left) => seat.hear({ type: "status", status: { ...STATUS, extension_left } });
  seat.welcome();
  status(true);
  seat.act({ type: "extend" });
  seat.act({ type: "extend" });
  assert.equal(extensions(), 1);
  seat.act({ type: "connection", connection: "lost" });
  seat.welcome();
  assert.equal(extensions(), 2);
  status(false);
  assert.equal(seat.state.extending, false);
  seat.act({ type: "extend" });
  assert.equal(extensions(), 2);
});
