// The socket comes back, says hello each time, and notices a dead line. Time and chance are given.

import assert from "node:assert/strict";
import { beforeEach, mock, test } from "node:test";

import { ANSWER_MS, ChatSocket, QUIET_MS } from "../../static/collection/socket.js";

class FakeWebSocket {
  constructor(url) {
    this.url = url;
    this.readyState = 0;
    this.sent = [];
    this.closed = false;
  }
  open() {
    this.readyState = 1;
    this.onopen?.();
  }
  send(text) {
    this.sent.push(JSON.parse(text));
  }
  hear(frame) {
    this.onmessage?.({ data: typeof frame === "string" ? frame : JSON.stringify(frame) });
  }
  close() {
    this.closed = true;
    this.readyState = 3;
  }
  break(code = 1006) {
    this.readyState = 3;
    this.onclose?.({ code });
  }
}

let clock = 0;
beforeEach(() => {
  mock.timers.reset();
  mock.timers.enable({ apis: ["setTimeout"] });
  clock = 0;
});

function makeSocket() {
  const made = { opened: [], frames: [], connections: [], lastOrdinal: 0 };
  made.socket = new ChatSocket({
    url: "ws://test/",
    lastOrdinal: () => made.lastOrdinal,
    onFrame: (frame) => made.frames.push(frame),
    onConnection: (connection) => made.connections.push(connection),
    rng: () => 0,
    now: () => clock,
    open: (url) => {
      const fake = new FakeWebSocket(url);
      made.opened.push(fake);
      return fake;
    },
  });
  made.last = () => made.opened.at(-1);
  return made;
}

test("hello names the last ordinal, on each connection", () => {
  const made = makeSocket();
  made.socket.connect();
  made.last().open();
  assert.deepEqual(made.last().sent, [{ type: "hello", last_ordinal: 0 }]);
  made.lastOrdinal = 7;
  made.last().break();
  mock.timers.tick(500);
  made.last().open();
  assert.equal(made.opened.length, 2);
  assert.deepEqual(made.last().sent, [{ type: "hello", last_ordinal: 7 }]);
});

test("a frame that cannot go out says so", () => {
  const made = makeSocket();
  assert.equal(made.socket.send({ type: "typing" }), false);
  made.socket.connect();
  assert.equal(made.socket.send({ type: "typing" }), false);
  made.last().open();
  assert.equal(made.socket.send({ type: "typing" }), true);
});

test("a lost line is told and tried again, later each time, until a welcome", () => {
  const made = makeSocket();
  made.socket.options.rng = () => 1;
  made.socket.connect();
  for (const wait of [1000, 2000, 4000]) {
    const before = made.opened.length;
    made.last().break();
    mock.timers.tick(wait - 1);
    assert.equal(made.opened.length, before, `not before ${wait} ms`);
    mock.timers.tick(1);
    assert.equal(made.opened.length, before + 1, `after ${wait} ms`);
  }
  made.last().open();
  made.last().hear({ type: "welcome" });
  const before = made.opened.length;
  made.last().break();
  mock.timers.tick(1000);
  assert.equal(made.opened.length, before + 1, "the first pause again");
  assert.deepEqual(made.connections, ["lost", "lost", "lost", "lost"]);
});

test("a server that restarts says when to come back", () => {
  const made = makeSocket();
  made.socket.connect();
  made.last().open();
  made.last().hear({ type: "reconnect", after_ms: 3000 });
  made.last().break(4012);
  mock.timers.tick(3499);
  assert.equal(made.opened.length, 1);
  mock.timers.tick(1);
  assert.equal(made.opened.length, 2);
});

test("a seat that is not open, or a sign-out, is not tried again", () => {
  for (const [code, connection] of [[4001, "closed"], [4401, "signed_out"]]) {
    const made = makeSocket();
    made.socket.connect();
    made.last().break(code);
    mock.timers.tick(120_000);
    made.socket.hurry();
    assert.equal(made.opened.length, 1);
    assert.deepEqual(made.connections, [connection]);
  }
});

test("too many frames make the pause long", () => {
  const made = makeSocket();
  made.socket.options.rng = () => 1;
  made.socket.connect();
  made.last().break(4029);
  mock.timers.tick(15_999);
  assert.equal(made.opened.length, 1);
  mock.timers.tick(1);
  assert.equal(made.opened.length, 2);
});

test("the network's return, or the reader's, ends the pause", () => {
  const made = makeSocket();
  made.socket.connect();
  made.last().break();
  made.socket.hurry();
  assert.equal(made.opened.length, 2);
  mock.timers.tick(60_000);
  assert.equal(made.opened.length, 2, "and the pause does not open another");
  made.socket.hurry();
  assert.equal(made.opened.length, 2, "nor does a second hurry");
});

test("a quiet line is tried, and answered it lives", () => {
  const made = makeSocket();
  made.socket.connect();
  made.last().open();
  clock = QUIET_MS - 1;
  made.socket.beat();
  assert.equal(made.last().sent.length, 1, "hello only");
  clock = QUIET_MS;
  made.socket.beat();
  assert.deepEqual(made.last().sent.at(-1), { type: "ping" });
  clock += 100;
  made.last().hear({ type: "pong" });
  clock += ANSWER_MS;
  made.socket.beat();
  assert.equal(made.opened.length, 1);
  assert.deepEqual(made.connections, []);
});

test("a dead line is given up within twelve seconds without waiting for its close", () => {
  const made = makeSocket();
  made.socket.connect();
  made.last().open();
  while (made.connections.length === 0 && clock < 60_000) {
    clock += 1000;
    made.socket.beat();
  }
  assert.deepEqual(made.connections, ["lost"]);
  assert.ok(clock <= 12_000, `${clock} ms`);
  assert.equal(made.opened[0].closed, true);
  mock.timers.tick(500);
  assert.equal(made.opened.length, 2);
  made.opened[0].break();
  assert.deepEqual(made.connections, ["lost"], "the dead one's close is nobody's business");
});

test("what is not a frame is passed over", () => {
  const made = makeSocket();
  made.socket.connect();
  made.last().open();
  made.last().hear("not json");
  made.last().hear({ type: "pong" });
  assert.deepEqual(made.frames, [{ type: "pong" }]);
});

test("stopped is stopped", () => {
  const made = makeSocket();
  made.socket.connect();
  made.last().open();
  made.socket.stop();
  made.socket.connect();
  mock.timers.tick(60_000);
  assert.equal(made.opened.length, 1);
  assert.equal(made.opened[0].closed, true);
});
