// @ts-check
/**
 * Keeps the live page up to date: asks every few seconds, and lets the clocks run in between.
 * An answer that nothing happened costs no body (ETag).
 */

import { clock, fill, lastActivity, lobby, secondsSince, sides } from "./monitor-words.js";

/** @typedef {import("./monitor-words.js").Row} Row */

const POLL_MS = 3000;
const TICK_MS = 1000;

/** @param {string} id */
const data = (id) => JSON.parse(document.getElementById(id)?.textContent ?? "null");
const { answer: first, url, actUrl } = data("live-data");
const texts = data("live-texts");
const body = /** @type {HTMLTableSectionElement} */ (document.getElementById("live-rows"));
const alertPlace = /** @type {HTMLElement} */ (document.getElementById("live-alert"));

let answer = first;
let etag = "";
/** The server's clock minus this one's, in milliseconds. */
let offset = Date.parse(first.now) - Date.now();
let heardAt = Date.now();
/** @type {Map<string, HTMLTableRowElement>} */
const rows = new Map();

/**
 * @param {string} name
 * @param {string} text
 */
function put(name, text) {
  const place = document.querySelector(`[data-live="${name}"]`);
  if (place && place.textContent !== text) place.textContent = text;
}

/** @param {Row} row */
function makeRow(row) {
  const line = document.createElement("tr");
  const head = document.createElement("th");
  head.scope = "row";
  const link = document.createElement("a");
  link.href = actUrl.replace("ID", encodeURIComponent(row.id));
  link.textContent = row.id;
  head.append(link);
  line.append(head);
  for (const kind of ["", "number", "number", "number", "number", "", ""]) {
    const cell = document.createElement("td");
    cell.className = kind;
    line.append(cell);
  }
  return line;
}

/**
 * @param {Row} row
 * @param {number} now
 */
function cellsOf(row, now) {
  const origin = texts[row.origin];
  const idle = lastActivity(row, now);
  const flags = row.flags.map((flag) => flag.replace(/^\w+/, (kind) => texts[kind] ?? kind));
  return [
    origin ? `${texts[row.state]} (${origin})` : texts[row.state],
    clock(secondsSince(row.since, now)),
    String(row.utterances),
    String(row.turns),
    idle === null ? "–" : clock(idle),
    sides(row, now, texts),
    flags.join(", "),
  ];
}

/** @param {number} now */
function drawRows(now) {
  const present = new Set();
  for (const row of /** @type {Row[]} */ (answer.conversations)) {
    present.add(row.id);
    let line = rows.get(row.id);
    if (!line) {
      line = makeRow(row);
      rows.set(row.id, line);
      body.append(line);
    }
    line.classList.toggle("flagged", row.flags.length > 0);
    cellsOf(row, now).forEach((text, place) => {
      const cell = /** @type {HTMLElement} */ (line.children[place + 1]);
      if (cell.textContent !== text) cell.textContent = text;
    });
  }
  for (const [id, line] of rows) {
    if (present.has(id)) continue;
    line.remove();
    rows.delete(id);
  }
  drawEmpty();
}

function drawEmpty() {
  const empty = body.querySelector("[data-empty]");
  if (rows.size && empty) empty.remove();
  if (rows.size || empty) return;
  const line = body.insertRow();
  line.dataset.empty = "";
  const cell = line.insertCell();
  cell.colSpan = 8;
  cell.textContent = texts.none;
}

function draw() {
  const now = Date.now() + offset;
  for (const { role, waits } of answer.lobby) put(`lobby-${role}`, lobby(waits, now, texts));
  put("count", String(answer.conversations.length));
  put("health", fill(texts.connected, answer.health));
  const programs = answer.programs.map((/** @type {{program: string, seats: number, late: number}} */ one) => fill(texts.program, { ...one, name: one.program }));
  put("programs", programs.join("; ") || texts.no_program);
  put("spent", answer.spent_today);
  drawRows(now);
}

/** @param {string} sentence */
function alarm(sentence) {
  if (alertPlace.textContent !== sentence) alertPlace.textContent = sentence;
  alertPlace.hidden = !sentence;
}

async function ask() {
  try {
    const response = await fetch(url, { headers: etag ? { "If-None-Match": etag } : {}, credentials: "same-origin" });
    if (response.redirected) return location.reload(); // signed out
    if (response.status === 200) {
      const state = answer.state;
      answer = await response.json();
      etag = response.headers.get("ETag") ?? "";
      offset = Date.parse(answer.now) - Date.now();
      if (answer.state !== state) {
        alarm(texts.changed);
        return location.reload();
      }
    } else if (response.status !== 304) {
      throw new Error(String(response.status));
    }
    heardAt = Date.now();
    alarm("");
  } catch {
    alarm(fill(texts.offline, { time: clock((Date.now() - heardAt) / 1000) }));
  }
  draw();
  setTimeout(ask, POLL_MS);
}

draw();
setInterval(draw, TICK_MS);
setTimeout(ask, POLL_MS);
