// @ts-check
/** Judging by keyboard: a key presses the button or link that names it in `data-key`. The page works without. */

const SWITCH = "review-keys";
const keysOn = /** @type {HTMLInputElement} */ (document.getElementById("keys-on"));
let pressed = false;

document.addEventListener("keydown", (event) => {
  const target = event.target instanceof Element ? event.target : document.body;
  // A key held down is one judgement, and so are two presses before the next page is there.
  if (pressed || event.repeat || !keysOn.checked || target.matches("input:not([type=checkbox]), textarea, select")) return;
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing) return;
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const control = Array.from(document.querySelectorAll("[data-key]")).find((one) => one.getAttribute("data-key") === key);
  if (!(control instanceof HTMLElement)) return;
  event.preventDefault();
  pressed = true;
  control.click();
});
// A page that comes back from the browser's memory listens again.
addEventListener("pageshow", () => (pressed = false));

for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-needs-script]"))) part.hidden = false;
try {
  keysOn.checked = localStorage.getItem(SWITCH) !== "off";
  keysOn.addEventListener("change", () => localStorage.setItem(SWITCH, keysOn.checked ? "on" : "off"));
} catch {
  // A storage that is forbidden costs only the memory of the switch.
}
