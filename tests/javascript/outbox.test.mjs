// The outbox keeps what is not acknowledged and forgets everything else.

import assert from "node:assert/strict";
import { test } from "node:test";

import { Outbox } from "../../static/collection/outbox.js";

function makeStorage() {
  const kept = new Map();
  return {
    kept,
    writes: 0,
    getItem: (key) => kept.get(key) ?? null,
    setItem(key, value) {
      this.writes += 1;
      kept.set(key, value);
    },
    removeItem: (key) => kept.delete(key),
  };
}
const makeEntry = (clientUid, stage = "queued") => ({ clientUid, text: `text of ${clientUid}`, strategy: null, telemetry: {}, stage });

test("what was on its way comes back to be sent again", () => {
  const storage = makeStorage();
  new Outbox(storage, "c1").save([makeEntry("a", "sending"), makeEntry("b", "retrying"), makeEntry("c")]);
  const entries = new Outbox(storage, "c1").load();
  assert.deepEqual(entries.map((entry) => [entry.clientUid, entry.stage]), [["a", "queued"], ["b", "queued"], ["c", "queued"]]);
  assert.equal(entries[0].text, "text of a");
});

test("what was refused stays refused", () => {
  const storage = makeStorage();
  new Outbox(storage, "c1").save([{ ...makeEntry("a", "refused"), reason: "No." }]);
  const [entry] = new Outbox(storage, "c1").load();
  assert.deepEqual([entry.stage, entry.reason], ["refused", "No."]);
});

test("nothing acknowledged rests in the storage", () => {
  const storage = makeStorage();
  const outbox = new Outbox(storage, "c1");
  outbox.save([makeEntry("a")]);
  outbox.save([makeEntry("a", "stored")]);
  assert.equal(storage.kept.size, 0);
});

test("the same content is not written again", () => {
  const storage = makeStorage();
  const outbox = new Outbox(storage, "c1");
  outbox.save([makeEntry("a")]);
  outbox.save([makeEntry("a")]);
  assert.equal(storage.writes, 1);
});

test("conversations do not see each other", () => {
  const storage = makeStorage();
  new Outbox(storage, "c1").save([makeEntry("a")]);
  new Outbox(storage, "c1").saveDraft("half a sentence");
  assert.deepEqual(new Outbox(storage, "c2").load(), []);
  assert.equal(new Outbox(storage, "c2").loadDraft(), "");
  assert.equal(new Outbox(storage, "c1").loadDraft(), "half a sentence");
});

test("clearing leaves nothing behind", () => {
  const storage = makeStorage();
  const outbox = new Outbox(storage, "c1");
  outbox.save([makeEntry("a")]);
  outbox.saveDraft("half a sentence");
  outbox.clear();
  assert.equal(storage.kept.size, 0);
});

test("a storage that is forbidden, full or spoilt costs only the safety net", () => {
  const forbidden = {
    getItem() {
      throw new Error("SecurityError");
    },
    setItem() {
      throw new Error("QuotaExceededError");
    },
    removeItem() {
      throw new Error("SecurityError");
    },
  };
  for (const storage of [null, forbidden]) {
    const outbox = new Outbox(storage, "c1");
    outbox.save([makeEntry("a")]);
    outbox.saveDraft("x");
    outbox.clear();
    assert.deepEqual(outbox.load(), []);
    assert.equal(outbox.loadDraft(), "");
  }
  for (const spoilt of ["{", "7", '[null, {"clientUid": 3}]']) {
    const storage = makeStorage();
    storage.kept.set("outbox:c1", spoilt);
    assert.deepEqual(new Outbox(storage, "c1").load(), [], spoilt);
  }
});
