// @ts-check
/**
 * The chat's wiring: frames and acts go into the pure reducer, the state comes out on the page and on the wire.
 * The page gives the configuration as JSON (`chat-config`) and its sentences (`chat-texts`).
 */

import { callBack, setSoundWanted, soundWanted } from "./attention.js";
import { Composer } from "./composer.js";
import { Courier } from "./courier.js";
import { Dialogs } from "./dialogs.js";
import { FeedbackCard } from "./feedback-card.js";
import { ownGate } from "./gates.js";
import { copiedExample } from "./hints.js";
import { Notices } from "./notices.js";
import { Outbox, tabStorage } from "./outbox.js";
import { RelabelDialog, relabelKey } from "./relabel.js";
import { feedbackDue, timeline } from "./selectors.js";
import { ChatSocket } from "./socket.js";
import { initialState, reduce } from "./state.js";
import { StrategyPicker } from "./strategy-picker.js";
import { readJson, say } from "./texts.js";
import { every } from "./ticker.js";
import { LogView } from "./view.js";

/**
 * @typedef {object} Config
 * @property {string} socket_path
 * @property {"seeker" | "supporter"} role
 * @property {import("./strategy-picker.js").Strategy[]} strategies empty for the seeker
 * @property {import("./gates.js").Rules} rules
 * @property {string} next_url
 * @property {string} conversation_id
 */

const config = readJson("chat-config", /** @type {Config | null} */ (null));
const texts = readJson("chat-texts", /** @type {import("./texts.js").Texts} */ ({}));
const language = document.documentElement.lang || "en";

/** @param {string} id */
const byId = (id) => /** @type {HTMLElement} */ (document.getElementById(id));
const now = () => performance.now();

/** @param {string} sentence said once, politely, by a screen reader */
function announce(sentence) {
  const place = byId("announcer");
  place.textContent = "";
  requestAnimationFrame(() => {
    place.textContent = sentence;
  });
}

/** @param {string} path */
function socketUrl(path) {
  const url = new URL(path, location.href);
  url.protocol = url.protocol.replace("http", "ws");
  return url.href;
}

/** @param {string} url only to this site: what a frame says is not followed elsewhere @param {string} fallback */
function ownUrl(url, fallback) {
  const target = new URL(url, location.href);
  return target.origin === location.origin ? target.href : fallback;
}

/** @param {Config} config */
function start(config) {
  const outbox = new Outbox(tabStorage(), config.conversation_id);
  let state = initialState({ role: config.role, pending: outbox.load() });
  /** When this page saw its own messages stored. @type {Map<string, number>} */
  const storedAt = new Map();
  let leaving = false;

  const socket = new ChatSocket({
    url: socketUrl(config.socket_path),
    lastOrdinal: () => state.lastOrdinal,
    onFrame: (frame) => dispatch({ type: "frame", frame, now: now() }),
    onConnection: (connection) => dispatch({ type: "connection", connection }),
  });
  const courier = new Courier({ socket, dispatch });

  /** @param {any} action */
  function dispatch(action) {
    const before = state;
    state = reduce(state, action);
    if (state === before) return;
    if (!state.ended && !leaving) outbox.save(state.pending);
    courier.look(state);
    if (action.type === "frame") heard(action.frame);
    render();
  }

  const notices = new Notices({ texts, rules: config.rules, announce });
  const relabelDialog = new RelabelDialog((ordinal, strategy) => socket.send({ type: "utterance.relabel", ordinal, strategy }));
  const pickerRoot = document.getElementById("picker");
  /** @type {StrategyPicker | null} */
  let picker = null;
  const composer = new Composer({
    texts,
    language,
    maxLength: config.rules.text_max_length,
    draft: outbox.loadDraft(),
    blocked,
    hint: (text) => (copiedExample(text, config.strategies.flatMap((strategy) => strategy.examples)) ? "copied_example" : null),
    announce,
    onSend: write,
    onTyping: typing,
    onDraft: (text) => outbox.saveDraft(text),
  });
  if (pickerRoot) {
    picker = new StrategyPicker(pickerRoot, {
      strategies: config.strategies,
      texts,
      onChange: (strategy) => {
        composer.refresh();
        if (strategy) announce(say(texts, "chosen_strategy", { name: strategy.name }));
      },
      onTouched: () => composer.focus(),
    });
  }
  const cardForm = document.getElementById("feedback-card");
  const card =
    cardForm instanceof HTMLFormElement
      ? new FeedbackCard(cardForm, { texts, announce, onRate: (number, score) => dispatch({ type: "rate", number, score }), onDone: () => composer.focus() })
      : null;
  const dialogs = new Dialogs({ texts, announce, onEnd: (manner) => dispatch({ type: "end", manner }), onExtend: () => dispatch({ type: "extend" }), refocus: () => composer.focus() });
  const empty = byId("log-empty");
  empty.textContent = say(texts, `empty_${config.role}`);
  const view = new LogView(byId("log"), {
    texts,
    language,
    more: /** @type {HTMLButtonElement} */ (byId("new-messages")),
    empty,
    strategyName: (key) => config.strategies.find((strategy) => strategy.key === key)?.name ?? key,
    onEdit: (line) => {
      dispatch({ type: "discard", clientUid: line.clientUid });
      picker?.reset(line.strategy);
      composer.setText(line.text);
      composer.focus();
    },
    onDiscard: (line) => {
      dispatch({ type: "discard", clientUid: line.clientUid });
      composer.focus();
    },
    onRelabel: (line) => relabelDialog.open(line),
  });

  /** @returns {string | null} */
  function blocked() {
    if (state.ended) return "reason_ended";
    if (picker && !picker.chosen) return "reason_strategy";
    return config.rules.feedback_gate === "hard" && feedbackDue(state) ? "reason_feedback" : null;
  }

  /**
   * @param {string} text
   * @param {import("./state.js").Telemetry} telemetry
   */
  function write(text, telemetry) {
    const strategy = picker?.chosen?.key ?? null;
    dispatch({ type: "write", now: now(), entry: { clientUid: crypto.randomUUID(), text, strategy, telemetry, stage: "queued" } });
    picker?.reset();
  }

  function typing() {
    if (state.welcomed) socket.send({ type: "typing" });
    dispatch({ type: "typed", now: now() });
  }

  /** @param {any} frame */
  function heard(frame) {
    if (frame.type === "ack") storedAt.set(frame.client_uid, now());
    if (frame.type === "relabelled") announce(say(texts, "strategy_changed"));
  }

  function render() {
    const lines = timeline(state);
    const key = picker ? relabelKey(lines, storedAt, config.rules.relabel_seconds, now()) : null;
    const due = feedbackDue(state);
    const news = view.draw(lines, { live: state.loaded, rated: due?.ordinals ?? [], relabelKey: key });
    if (news && !document.hasFocus()) void callBack(say(texts, "new_message_title"));
    card?.show(due);
    notices.draw(state, now());
    composer.refresh();
    if (dialogs.askStillThere(ownGate(state, config.rules, now()) === "question", state.status?.extension_left ?? false)) void callBack(say(texts, "still_there"));
    finish();
  }

  function finish() {
    if (leaving) return;
    if (state.ended) {
      leaving = true;
      socket.stop();
      outbox.clear();
      const next = ownUrl(state.ended.nextUrl, config.next_url);
      if (state.ending) location.assign(next);
      else dialogs.showEnded(`ended_${state.ended.reason}`, next);
    } else if (state.connection === "closed") {
      leaving = true;
      outbox.clear();
      dialogs.showEnded("closed_elsewhere", config.next_url);
    }
  }

  // This way out is a plain form, so that it works without the socket: it leaves nothing behind either.
  document.getElementById("safety-form")?.addEventListener("submit", () => {
    leaving = true;
    outbox.clear();
  });
  wireWindow(socket);
  wireSound();
  fitKeyboard();
  render();
  socket.connect();
  every(1000, () => {
    socket.beat();
    render();
  });
}

/** @param {ChatSocket} socket */
function wireWindow(socket) {
  addEventListener("online", () => socket.hurry());
  document.addEventListener("visibilitychange", () => document.visibilityState === "visible" && socket.hurry());
  // A page that comes back from the browser's memory has a dead socket.
  addEventListener("pageshow", (event) => event.persisted && location.reload());
}

function wireSound() {
  const box = /** @type {HTMLInputElement} */ (byId("sound-wanted"));
  box.checked = soundWanted();
  box.addEventListener("change", () => setSoundWanted(box.checked));
}

/** Where the keyboard of a phone lies over the page instead of shrinking it, make the page as small as what is seen. */
function fitKeyboard() {
  const seen = window.visualViewport;
  if (!seen) return;
  const fit = () => {
    const covered = window.innerHeight - seen.height * seen.scale > 80;
    document.body.style.blockSize = covered && seen.scale === 1 ? `${seen.height}px` : "";
    if (covered) window.scrollTo(0, 0);
  };
  seen.addEventListener("resize", fit);
}

if (config) start(config);
