// @ts-check
/**
 * What must survive a reload and nothing more: the draft, and one's own messages until they are acknowledged.
 *
 * It lives in the tab's own storage (sessionStorage) and is emptied at the end: the text is sensitive and the
 * computer may be shared. A storage that is full or forbidden costs the safety net, not the conversation.
 */

/** @typedef {import("./state.js").Pending} Pending */

export class Outbox {
  /**
   * @param {Pick<Storage, "getItem" | "setItem" | "removeItem"> | null} storage
   * @param {string} conversationId
   */
  constructor(storage, conversationId) {
    this.storage = storage;
    this.messagesKey = `outbox:${conversationId}`;
    this.draftKey = `draft:${conversationId}`;
    this.saved = "";
  }

  /**
   * Return the messages that were not acknowledged; what was on its way is to be sent again.
   * @returns {Pending[]}
   */
  load() {
    try {
      const entries = JSON.parse(this.storage?.getItem(this.messagesKey) ?? "[]");
      if (!Array.isArray(entries)) return [];
      return entries
        .filter((entry) => typeof entry?.clientUid === "string" && typeof entry?.text === "string")
        .map((entry) => ({ ...entry, stage: entry.stage === "refused" ? "refused" : "queued", ordinal: undefined }));
    } catch {
      return [];
    }
  }

  /** @param {readonly Pending[]} pending */
  save(pending) {
    const waiting = pending.filter((entry) => entry.stage !== "stored");
    const text = waiting.length ? JSON.stringify(waiting) : "";
    if (text === this.saved) return;
    this.saved = text;
    this.#write(this.messagesKey, text);
  }

  /** @returns {string} */
  loadDraft() {
    try {
      return this.storage?.getItem(this.draftKey) ?? "";
    } catch {
      return "";
    }
  }

  /** @param {string} text */
  saveDraft(text) {
    this.#write(this.draftKey, text);
  }

  clear() {
    this.saved = "";
    this.#write(this.messagesKey, "");
    this.#write(this.draftKey, "");
  }

  /**
   * @param {string} key
   * @param {string} text
   */
  #write(key, text) {
    try {
      if (text) this.storage?.setItem(key, text);
      else this.storage?.removeItem(key);
    } catch {
      // Full or forbidden: see above.
    }
  }
}

/** Return the tab's storage, or null where the browser forbids it. */
export function tabStorage() {
  try {
    return window.sessionStorage;
  } catch {
    return null;
  }
}
