// @ts-check
/**
 * Single keys in the list of conversations and in one of them: j and k walk, u goes back.
 * The switch is remembered in this browser; without this module the same links are there to press.
 */

const SWITCH = "list-keys";

/** @param {KeyboardEvent} event */
function isForTheBrowser(event) {
  const writing = event.target instanceof Element && event.target.closest("input, select, textarea, [contenteditable]");
  return Boolean(writing) || event.ctrlKey || event.metaKey || event.altKey || event.isComposing;
}

/** @param {1 | -1} step */
function moveInList(step) {
  const links = /** @type {HTMLElement[]} */ ([...document.querySelectorAll("[data-key-rows] tbody th a")]);
  if (!links.length) return;
  const now = links.indexOf(/** @type {HTMLElement} */ (document.activeElement));
  const place = now < 0 ? (step > 0 ? 0 : links.length - 1) : now + step;
  // Beyond the last row lies the next page.
  if (place >= links.length) return follow('nav [rel="next"]');
  if (place < 0) return follow('nav [rel="prev"]');
  links[place].focus();
}

/** @param {string} selector */
function follow(selector) {
  /** @type {HTMLAnchorElement | null} */ (document.querySelector(selector))?.click();
}

/** @param {KeyboardEvent} event */
function onKey(event) {
  if (!keysOn?.checked || isForTheBrowser(event)) return;
  const key = event.key.toLowerCase();
  if (document.querySelector("[data-key-rows]") && (key === "j" || key === "k")) moveInList(key === "j" ? 1 : -1);
  // A key held down in a conversation would write a read into the journal for each repetition.
  else if (["j", "k", "u"].includes(key) && !event.repeat) follow(`[data-key="${key}"]`);
}

const keysOn = /** @type {HTMLInputElement | null} */ (document.getElementById("keys-on"));
if (keysOn) {
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-needs-script]"))) place.hidden = false;
  keysOn.checked = localStorage.getItem(SWITCH) !== "off";
  keysOn.addEventListener("change", () => localStorage.setItem(SWITCH, keysOn.checked ? "on" : "off"));
  document.addEventListener("keydown", onKey);
}
