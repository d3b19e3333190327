// @ts-check
/** What the live page says of a row. Pure: the page puts it where it belongs. */

/**
 * @typedef {{ program: string, present: boolean, active_at: string | null, done: boolean }} Seat
 * @typedef {{ id: string, state: string, origin: string, since: string, utterances: number, turns: number,
 *   quiet_seconds: number, seats: Record<string, Seat>, flags: string[] }} Row
 * @typedef {Record<string, string>} Texts
 */

/**
 * Fill the places of a sentence.
 * @param {string} text
 * @param {Record<string, string | number>} values
 */
export function fill(text, values) {
  return text.replace(/\{(\w+)\}/g, (whole, name) => (name in values ? String(values[name]) : whole));
}

/**
 * Minutes and seconds, with hours where there are any.
 * @param {number} seconds
 */
export function clock(seconds) {
  const whole = Math.max(0, Math.floor(seconds));
  const parts = [Math.floor(whole / 60) % 60, whole % 60].map((part) => String(part).padStart(2, "0"));
  const hours = Math.floor(whole / 3600);
  return (hours ? [String(hours), ...parts] : parts).join(":");
}

/**
 * @param {string} instant
 * @param {number} now milliseconds by the server's clock
 */
export const secondsSince = (instant, now) => (now - Date.parse(instant)) / 1000;

/**
 * Seconds since either side did something; null while nobody has.
 * @param {Row} row
 * @param {number} now
 */
export function lastActivity(row, now) {
  const instants = Object.values(row.seats).flatMap((seat) => seat.active_at ?? []);
  return instants.length ? Math.min(...instants.map((instant) => secondsSince(instant, now))) : null;
}

/**
 * How both sides are, in words: only what is worth a look.
 * @param {Row} row
 * @param {number} now
 * @param {Texts} texts
 */
export function sides(row, now, texts) {
  const said = Object.entries(row.seats).flatMap(([role, seat]) => {
    const who = seat.program || texts[role];
    if (seat.done) return [fill(texts.done, { who })];
    if (row.state !== "chatting") return seat.present ? [] : [fill(texts.gone, { who })];
    const idle = seat.active_at && !seat.program ? secondsSince(seat.active_at, now) : 0;
    return [
      ...(seat.present ? [] : [fill(texts.gone, { who })]),
      ...(idle >= row.quiet_seconds ? [fill(texts.idle, { who, time: clock(idle) })] : []),
    ];
  });
  return said.join("; ") || texts.both_active;
}

/**
 * @param {{ since: string, present: boolean }[]} waits longest first
 * @param {number} now
 * @param {Texts} texts
 */
export function lobby(waits, now, texts) {
  if (!waits.length) return texts.nobody;
  const away = waits.filter((wait) => !wait.present).length;
  const first = fill(texts.waiting, { count: waits.length, time: clock(secondsSince(waits[0].since, now)) });
  return away ? `${first} (${fill(texts.away, { count: away })})` : first;
}
