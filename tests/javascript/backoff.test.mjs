import assert from "node:assert/strict";
import { test } from "node:test";

import { backoff, CEILING_MS, FLOOR_MS } from "../../static/collection/backoff.js";

test("the wait lies between half a second and a bound that doubles up to half a minute", () => {
  for (const [attempt, bound] of [[0, 1000], [1, 2000], [2, 4000], [4, 16_000], [5, 30_000], [60, 30_000]]) {
    assert.equal(backoff(attempt, () => 0), FLOOR_MS, `shortest of attempt ${attempt}`);
    assert.equal(backoff(attempt, () => 1), bound, `longest of attempt ${attempt}`);
    assert.equal(backoff(attempt, () => 0.5), (FLOOR_MS + bound) / 2, `middle of attempt ${attempt}`);
  }
  assert.equal(CEILING_MS, 30_000);
});
