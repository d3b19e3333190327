// What looks like a contact detail: the cases that the server's patterns are tested by as well.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { test } from "node:test";

import { contactDetails } from "../../static/collection/contact-details.js";
import { personalDetail } from "../../static/collection/hints.js";

const { cases } = JSON.parse(readFileSync(new URL("./contact-details.json", import.meta.url), "utf-8"));

for (const [text, kinds] of cases) {
  test(`the kinds of: ${text}`, () => {
    assert.deepEqual(contactDetails(text).map((detail) => detail.kind), kinds);
    assert.equal(personalDetail(text), kinds.length > 0);
  });
}

test("a place is named by where it stands", () => {
  const text = "Write to ada@example.org, please.";
  const [{ start, end }] = contactDetails(text);
  assert.equal(text.slice(start, end), "ada@example.org");
});

test("the longest message is looked through while somebody types", () => {
  const begin = performance.now();
  contactDetails("a.b-c+".repeat(600));
  contactDetails("1 2 3 4 5 6 7 8 9 0 ".repeat(200));
  assert.ok(performance.now() - begin < 200);
});
