import assert from "node:assert/strict";
import { test } from "node:test";
import { codePoints, stepped, trimmed, wordsOf } from "../../static/qualitycontrol/deidentify-words.js";

const TEXT = "Anna's friend, Jean-Luc (Lyon)!";
const words = wordsOf(TEXT);
const said = (range) => range && TEXT.slice(range.start, range.end);

test("words keep their apostrophes and hyphens, and lose what stands around them", () => {
  assert.deepEqual(words.map(said), ["Anna's", "friend", "Jean-Luc", "Lyon"]);
  assert.deepEqual(wordsOf(" … !"), []);
});

test("places are counted by code points, as the server counts", () => {
  assert.equal(codePoints("😀 Anna", "😀 ".length), 2);
  assert.equal(codePoints("Anna", 0), 0);
});

test("an arrow goes from word to word and stays at the ends", () => {
  const first = stepped(words, null, { forward: true, extend: false });
  assert.equal(said(first), "Anna's");
  assert.equal(said(stepped(words, null, { forward: false, extend: false })), "Lyon");
  const second = stepped(words, first, { forward: true, extend: false });
  assert.equal(said(second), "friend");
  assert.equal(said(stepped(words, second, { forward: false, extend: false })), "Anna's");
  assert.deepEqual(stepped(words, first, { forward: false, extend: false }), first);
  assert.equal(stepped([], null, { forward: true, extend: false }), null);
});

test("with shift one word more is selected on that side", () => {
  const two = stepped(words, words[2], { forward: true, extend: true });
  assert.equal(said(two), "Jean-Luc (Lyon");
  assert.equal(said(stepped(words, words[2], { forward: false, extend: true })), "friend, Jean-Luc");
});

test("blanks at the ends are not part of a selection, and blanks or signs alone are none", () => {
  assert.deepEqual(trimmed("  Anna ", { start: 0, end: 7 }), { start: 2, end: 6 });
  assert.equal(trimmed("a   b", { start: 1, end: 4 }), null);
  assert.equal(trimmed("a , b", { start: 1, end: 4 }), null);
});
