// One key is one decision, and what the browser or a text field needs stays theirs.

import assert from "node:assert/strict";
import { test } from "node:test";

import { actOf } from "../../static/qualitycontrol/review-keys.js";

const verify = { choices: 8, verify: true, on: true, writing: false, onControl: false };

test("every number chooses its strategy, and no number more than there are", () => {
  for (let number = 1; number <= 8; number += 1) {
    assert.deepEqual(actOf({ key: String(number) }, verify), { kind: "choose", place: number - 1 });
  }
  assert.equal(actOf({ key: "9" }, verify), null);
  assert.equal(actOf({ key: "0" }, verify), null);
});

test("Enter accepts what is shown, and nothing where it is hidden or a control has the focus", () => {
  assert.deepEqual(actOf({ key: "Enter" }, verify), { kind: "accept" });
  assert.equal(actOf({ key: "Enter" }, { ...verify, verify: false }), null);
  assert.equal(actOf({ key: "Enter" }, { ...verify, onControl: true }), null);
});

test("letters do not mind capitals", () => {
  for (const [key, kind] of [["s", "skip"], ["S", "skip"], ["f", "flag"], ["F", "flag"], ["Backspace", "undo"], ["?", "help"]]) {
    assert.deepEqual(actOf({ key }, verify), { kind });
  }
  assert.equal(actOf({ key: "x" }, verify), null);
});

test("a text field, a switched-off keyboard, a held key and the browser's shortcuts are left alone", () => {
  assert.equal(actOf({ key: "1" }, { ...verify, writing: true }), null);
  assert.equal(actOf({ key: "1" }, { ...verify, on: false }), null);
  for (const held of ["repeat", "ctrlKey", "metaKey", "altKey", "isComposing"]) {
    assert.equal(actOf({ key: "1", [held]: true }, verify), null);
  }
});
