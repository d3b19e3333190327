// The parts of writing that need no page: the Enter key, tidying, counting, gentle words, plural forms.

import assert from "node:assert/strict";
import { test } from "node:test";

import { sends, tidy } from "../../static/collection/composer.js";
import { copiedExample, likeness, personalDetail } from "../../static/collection/hints.js";
import { relabelKey } from "../../static/collection/relabel.js";
import { atMostEvery, TelemetryCounter } from "../../static/collection/telemetry.js";
import { clock, say, sayCount } from "../../static/collection/texts.js";
import { countWords, judge } from "../../static/study/word-count.js";

const press = (changes) => ({ key: "Enter", shiftKey: false, ctrlKey: false, metaKey: false, isComposing: false, keyCode: 13, ...changes });

test("Enter sends and Shift+Enter does not", () => {
  assert.equal(sends(press({}), true), true);
  assert.equal(sends(press({ shiftKey: true }), true), false);
  assert.equal(sends(press({ key: "a", keyCode: 65 }), true), false);
});

test("Enter that chooses a word of an input method does not send", () => {
  assert.equal(sends(press({ isComposing: true }), true), false);
  assert.equal(sends(press({ keyCode: 229 }), true), false, "as Safari reports it");
});

test("whoever wants Enter for new lines sends with Control or Command", () => {
  assert.equal(sends(press({}), false), false);
  assert.equal(sends(press({ ctrlKey: true }), false), true);
  assert.equal(sends(press({ metaKey: true }), false), true);
});

test("text is composed and trimmed, inner lines stay", () => {
  assert.equal(tidy("  e\u0301t\u00e9\n\nok \n"), "\u00e9t\u00e9\n\nok");
});

test("telemetry counts from the first key and only while something is written", () => {
  let now = 0;
  const counter = new TelemetryCounter(() => now);
  counter.focusLost();
  now = 1000;
  counter.key();
  counter.key();
  now = 4000;
  counter.focusLost();
  counter.paste("a\u{1F600}b");
  now = 6000;
  assert.deepEqual(counter.read(), { compose_ms: 5000, key_count: 2, pasted_chars: 3, focus_losses: 1 });
  counter.reset();
  assert.deepEqual(counter.read(), { compose_ms: 0, key_count: 0, pasted_chars: 0, focus_losses: 0 });
});

test("typing is told at once and then at most every three seconds", () => {
  let now = 0;
  let told = 0;
  const typing = atMostEvery(3000, () => now, () => {
    told += 1;
  });
  for (now = 0; now <= 6000; now += 500) typing();
  assert.equal(told, 3);
});

test("telephone numbers and addresses are noticed, ordinary numbers are not", () => {
  for (const text of ["write to ada@example.org", "call +44 20 7946 0958", "(555) 010-9999 1", "0123456789"]) {
    assert.equal(personalDetail(text), true, text);
  }
  for (const text of ["in 2019 I paid $1,200", "at 10:30 on 3 May", "I am 34, she is 36", "@home", ""]) {
    assert.equal(personalDetail(text), false, text);
  }
});

test("a copied example is noticed, one's own words and short ones are not", () => {
  const examples = ["It sounds as if that left you quite alone.", "I see."];
  assert.equal(copiedExample("it sounds as if that left you quite alone", examples), true);
  assert.equal(copiedExample("It sounds as if this left you quite alone!", examples), true);
  assert.equal(copiedExample("It sounds as if your sister never called you back.", examples), false);
  assert.equal(copiedExample("I see.", examples), false, "anybody's words");
});

test("likeness is one minus the edits by the longer length", () => {
  assert.equal(likeness("", ""), 1);
  assert.equal(likeness("abcd", "abcd"), 1);
  assert.equal(likeness("abcd", "abxd"), 0.75);
  assert.equal(likeness("abcd", ""), 0);
});

test("only one's own last stored message may be relabelled, and only for a while", () => {
  const line = (key, changes = {}) => ({ key, own: true, ordinal: 1, strategy: "question", ...changes });
  const lines = [line("a"), line("b"), line("#3", { own: false, strategy: null }), line("c", { ordinal: null })];
  const storedAt = new Map([["a", 0], ["b", 1000]]);
  assert.equal(relabelKey(lines, storedAt, 60, 60_999), "b");
  assert.equal(relabelKey(lines, storedAt, 60, 61_000), null);
  assert.equal(relabelKey([line("d")], storedAt, 60, 0), null, "not seen stored here");
  assert.equal(relabelKey([], storedAt, 60, 0), null);
});

test("sentences are filled in, and a missing one shows its key", () => {
  assert.equal(say({ greet: "Hello {name}, {count} and {other}" }, "greet", { name: "A", count: 2 }), "Hello A, 2 and {other}");
  assert.equal(say({}, "greet"), "greet");
});

test("plural forms follow the language's rule, with the general form where one is missing", () => {
  const texts = { new_one: "{count} message", new_few: "{count} wiadomości", new_other: "{count} messages" };
  assert.equal(sayCount(texts, "new", 1, "en"), "1 message");
  assert.equal(sayCount(texts, "new", 3, "en"), "3 messages");
  assert.equal(sayCount(texts, "new", 3, "pl"), "3 wiadomości");
  assert.equal(sayCount(texts, "new", 5, "pl"), "5 messages");
});

test("a time is minutes and two digits of seconds", () => {
  assert.deepEqual([0, 9.9, 60, 754, -3].map(clock), ["0:00", "0:09", "1:00", "12:34", "0:00"]);
});

test("words are runs between white space, judged against both limits", () => {
  assert.equal(countWords("  one two\nthree\u00a0four "), 4);
  assert.equal(countWords(" \n"), 0);
  const limits = { least: 20, most: 80 };
  assert.deepEqual([19, 20, 80, 81].map((count) => judge(count, limits)), ["few", "enough", "enough", "over"]);
});
