import assert from "node:assert/strict";
import { test } from "node:test";

import { clock, fill, lastActivity, lobby, sides } from "../../static/qualitycontrol/monitor-words.js";

const NOW = Date.parse("2026-01-01T12:00:00Z");
const at = (seconds) => new Date(NOW - seconds * 1000).toISOString();
const texts = {
  seeker: "Seeker", supporter: "Supporter", idle: "{who} silent for {time}", gone: "{who} away", done: "{who} done",
  both_active: "Both active", waiting: "{count} waiting, longest {time}", nobody: "Nobody waits", away: "{count} away",
};
const seat = (change) => ({ program: "", present: true, active_at: at(1), done: false, ...change });
const row = (seeker, supporter, change = {}) => ({
  id: "a", state: "chatting", origin: "collected", since: at(100), utterances: 1, turns: 1, quiet_seconds: 90,
  seats: { seeker: seat(seeker), supporter: seat(supporter) }, flags: [], ...change,
});

test("a clock counts minutes, and hours once there are any", () => {
  assert.equal(clock(0), "00:00");
  assert.equal(clock(61.9), "01:01");
  assert.equal(clock(3600), "1:00:00");
  assert.equal(clock(-5), "00:00");
});

test("unknown places of a sentence stay as they are", () => {
  assert.equal(fill("{a} and {b}", { a: 1 }), "1 and {b}");
});

test("the last activity is that of the side that did something last", () => {
  assert.equal(lastActivity(row({ active_at: at(50) }, { active_at: at(7) }), NOW), 7);
  assert.equal(lastActivity(row({ active_at: null }, { active_at: null }), NOW), null);
});

test("the idle side is named from the protocol's seconds on, and programs never are", () => {
  assert.equal(sides(row({}, {}), NOW, texts), "Both active");
  assert.equal(sides(row({ active_at: at(90) }, {}), NOW, texts), "Seeker silent for 01:30");
  assert.equal(sides(row({ active_at: at(89) }, {}), NOW, texts), "Both active");
  assert.equal(sides(row({}, { program: "agent:x", active_at: at(500) }), NOW, texts), "Both active");
});

test("who is away or done is said, and silence is no matter outside the chat", () => {
  assert.equal(sides(row({ present: false }, { active_at: at(120) }), NOW, texts), "Seeker away; Supporter silent for 02:00");
  assert.equal(sides(row({ done: true, active_at: at(900) }, {}, { state: "surveying" }), NOW, texts), "Seeker done");
});

test("the lobby says how many, how long, and how many of them are away", () => {
  assert.equal(lobby([], NOW, texts), "Nobody waits");
  assert.equal(lobby([{ since: at(65), present: true }, { since: at(5), present: false }], NOW, texts), "2 waiting, longest 01:05 (1 away)");
});
