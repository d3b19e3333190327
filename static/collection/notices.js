// @ts-check
/** What stands around the transcript: the connection, the way to the end, a silent partner, help. */

import { elapsedSeconds, endGate, milestone, ownGate, partnerGate } from "./gates.js";
import { clock, say } from "./texts.js";

/** @typedef {import("./state.js").State} State */
/** @typedef {import("./gates.js").Rules} Rules */

/** A connection lost for longer gets a button to reload, in milliseconds. */
const LONG_LOST_MS = 60_000;
/** A line that comes back at once is not worth a word, in milliseconds. */
const SHORT_LOST_MS = 1500;
/** How long a refusal stays to be read, in milliseconds. */
const REFUSAL_STANDS_MS = 8000;

/** @param {string} id */
const element = (id) => document.getElementById(id);

/**
 * @param {HTMLElement | null} place
 * @param {string} text
 */
function put(place, text) {
  if (place && place.textContent !== text) place.textContent = text;
}

export class Notices {
  /**
   * @param {{ texts: import("./texts.js").Texts, rules: Rules, announce: (sentence: string) => void }} options
   */
  constructor({ texts, rules, announce }) {
    this.texts = texts;
    this.rules = rules;
    this.announce = announce;
    this.lostAt = 0;
    this.wasOpen = false;
    /** @type {number | null} */
    this.lastElapsed = null;
    this.resourcesHidden = false;
    this.refusal = { serial: 0, until: 0 };
    element("resources-dismiss")?.addEventListener("click", () => {
      this.resourcesHidden = true;
      const card = element("resources-alert");
      if (card) card.hidden = true;
      element("message")?.focus();
    });
    element("reload-button")?.addEventListener("click", () => location.reload());
  }

  /**
   * @param {State} state
   * @param {number} now
   */
  draw(state, now) {
    this.#connection(state, now);
    this.#end(state, now);
    this.#partner(state, now);
    this.#own(state, now);
    this.#refused(state, now);
    put(element("typing"), now < state.partnerTypingUntil ? say(this.texts, "typing", { who: this.#partnerName(state) }) : "");
    const answer = element("team-answer");
    if (answer && state.status) answer.hidden = !state.status.team_answered;
    const card = element("resources-alert");
    if (card && state.status) card.hidden = !state.status.resources_shown || this.resourcesHidden;
  }

  /** @param {State} state */
  #partnerName(state) {
    return say(this.texts, state.role === "seeker" ? "supporter" : "seeker");
  }

  /**
   * @param {State} state
   * @param {number} now
   */
  #connection(state, now) {
    const { connection } = state;
    const key = { connecting: "connecting", online: "connected", lost: "connecting", offline: "offline", closed: "closed_elsewhere", signed_out: "signed_out" }[connection];
    const dot = element("connection");
    if (dot) dot.dataset.connection = connection;
    put(/** @type {HTMLElement | null} */ (dot?.querySelector(".connection-text") ?? null), say(this.texts, key));
    const alert = element("connection-alert");
    if (!alert) return;
    const lost = connection === "lost" || connection === "offline";
    if (connection === "online") this.lostAt = 0;
    else this.lostAt ||= now;
    const away = this.lostAt ? now - this.lostAt : 0;
    alert.hidden = !((lost && away >= SHORT_LOST_MS) || connection === "signed_out");
    const long = away >= LONG_LOST_MS;
    const sentence = connection === "signed_out" ? "signed_out" : long ? "connection_slow" : connection === "offline" ? "connection_offline" : "connection_lost";
    if (!alert.hidden) put(element("connection-sentence"), say(this.texts, sentence));
    const reload = element("reload-button");
    if (reload) reload.hidden = !long && connection !== "signed_out";
  }

  /**
   * @param {State} state
   * @param {number} now
   */
  #end(state, now) {
    if (!state.status) return;
    const seconds = elapsedSeconds(state, now);
    put(element("elapsed"), clock(seconds));
    const passed = this.lastElapsed === null ? null : milestone(this.lastElapsed, seconds);
    this.lastElapsed = seconds;
    if (passed) this.announce(say(this.texts, "minutes_milestone", { minutes: passed }));
    if (state.role !== "seeker") return;
    const gate = endGate(state, this.rules, now);
    const counts = { turns: gate.turns, turns_needed: gate.turnsNeeded, minutes: gate.minutes, minutes_needed: gate.minutesNeeded };
    put(element("end-gate"), state.ending ? say(this.texts, "ending") : say(this.texts, gate.open ? "gate_open" : "gate_closed", counts));
    element("end-gate")?.toggleAttribute("data-open", gate.open);
    const button = element("end-button");
    button?.setAttribute("aria-disabled", String(!gate.open || state.ending !== null));
    button?.classList.toggle("button-primary", gate.open);
    this.#check("check-turns", gate.turnsMet || gate.open, say(this.texts, "check_turns", counts));
    this.#check("check-time", gate.timeMet || gate.open, say(this.texts, "check_time", counts));
    if (gate.open && !this.wasOpen && passed === null) this.announce(say(this.texts, "gate_just_opened"));
    this.wasOpen = gate.open;
  }

  /**
   * @param {string} id
   * @param {boolean} met
   * @param {string} text
   */
  #check(id, met, text) {
    element(id)?.closest("li")?.classList.toggle("met", met);
    put(element(id), text);
  }

  /**
   * @param {State} state
   * @param {number} now
   */
  #partner(state, now) {
    const box = element("partner-gate");
    const button = element("leave-free-button");
    if (!box || !button) return;
    const gate = partnerGate(state, this.rules, now);
    box.hidden = gate.phase === "active" || state.ended !== null || !state.welcomed;
    button.setAttribute("aria-disabled", String(gate.phase !== "free" || state.ending !== null));
    if (box.hidden) return;
    // The sentence is spoken when it changes; the seconds beside it are only shown.
    const present = state.status?.partner_present ?? true;
    const key = gate.phase === "free" ? "leave_free_now" : gate.phase === "counting" ? "leave_free_soon" : gate.phase === "extended" ? "partner_extended" : present ? "partner_quiet" : "partner_away";
    put(element("partner-gate-text"), say(this.texts, key));
    put(element("partner-gate-time"), gate.phase === "free" ? "" : clock(gate.phase === "quiet" ? gate.idleSeconds : gate.secondsLeft));
    button.hidden = gate.phase === "quiet";
  }

  /**
   * @param {State} state
   * @param {number} now
   */
  #own(state, now) {
    const nudge = element("own-nudge");
    if (!nudge) return;
    const phase = ownGate(state, this.rules, now);
    const key = phase === "nudge" ? "own_idle" : phase === "extended" ? "extension_taken" : null;
    put(nudge, key ? say(this.texts, key) : "");
    nudge.hidden = !key;
  }

  /**
   * What was refused and belongs to no message is said in the server's words, and stays for a while.
   * @param {State} state
   * @param {number} now
   */
  #refused({ notice }, now) {
    const place = element("refusal");
    if (!place) return;
    if (notice && notice.serial !== this.refusal.serial) {
      this.refusal = { serial: notice.serial, until: now + REFUSAL_STANDS_MS };
      place.textContent = notice.message;
    }
    place.hidden = now >= this.refusal.until;
  }
}
