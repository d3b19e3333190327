// A training's page says what is known, and is loaded anew only when it has to be.

import assert from "node:assert/strict";
import { test } from "node:test";

import { curvesAddress, figureText, isOutdated } from "../../static/modeling/progress.js";

test("a figure has its decimals and its unit; what is not known yet is a dash, and nought is nought", () => {
  assert.equal(figureText(81.257, { digits: "1" }), "81.3");
  assert.equal(figureText(5400, { digits: "1", divisor: "3600" }), "1.5");
  assert.equal(figureText(0, {}), "0");
  assert.equal(figureText(null, { digits: "2" }), "–");
  assert.equal(figureText(undefined, {}), "–");
});

test("the page is loaded anew for another state or phase, or when the first figures come", () => {
  const page = { state: "running", phase: "fit", hasCurves: true };
  const answer = { state: "running", phase: "fit", progress: { step: 3 } };
  assert.equal(isOutdated(answer, page), false);
  assert.equal(isOutdated({ ...answer, state: "finished" }, page), true);
  assert.equal(isOutdated({ ...answer, phase: "evaluate" }, page), true);
  assert.equal(isOutdated(answer, { ...page, hasCurves: false }), true);
  assert.equal(isOutdated({ ...answer, progress: {} }, { ...page, hasCurves: false }), false);
});

test("the curves are asked for every fifth turn, each time by another address", () => {
  const address = "http://localhost/research/models/7/curves.svg?turn=5";
  assert.deepEqual([6, 7, 8, 9].map((turn) => curvesAddress(address, turn)), [null, null, null, null]);
  assert.equal(curvesAddress(address, 10), "http://localhost/research/models/7/curves.svg?turn=10");
});
