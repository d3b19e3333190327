// @ts-check
/**
 * The strategy review by keyboard: sends in the background and shows the next message, which was fetched ahead.
 * Without this module the same buttons send plain forms.
 */

import { actOf } from "./review-keys.js";

const SWITCH = "review-keys";
const status = /** @type {HTMLElement} */ (document.getElementById("review-status"));
const undo = /** @type {HTMLFormElement} */ (document.getElementById("review-undo"));
const keysOn = /** @type {HTMLInputElement} */ (document.getElementById("keys-on"));
let busy = false;
/** @type {Promise<Element | null>} */
let ahead = Promise.resolve(null);

const shown = () => /** @type {HTMLElement | null} */ (document.getElementById("review-item"));

/** Fetch the message after the one on the screen; null when there is none or it cannot be had. */
async function fetchNext() {
  const item = shown();
  if (!item) return null;
  try {
    const answer = await fetch(`${item.dataset.next}?besides=${item.dataset.item}`, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) return null;
    return new DOMParser().parseFromString(await answer.text(), "text/html").getElementById("review-item");
  } catch {
    return null;
  }
}

/** @param {{ done: number, waiting: number, undo_item: number | null }} progress */
function showProgress(progress) {
  for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-progress]"))) {
    place.textContent = String(progress[/** @type {"done" | "waiting"} */ (place.dataset.progress)]);
  }
  undo.hidden = progress.undo_item === null;
  undo.action = (undo.dataset.pattern ?? "").replace("/0/", `/${progress.undo_item}/`);
}

/** @param {string} said */
async function showNext(said) {
  const next = await ahead;
  if (!next) return location.assign(shown()?.dataset.next ?? location.pathname);
  shown()?.replaceWith(document.adoptNode(next));
  status.textContent = said;
  arrive();
}

function arrive() {
  document.querySelector("#review-item [aria-current]")?.scrollIntoView({ block: "center" });
  document.getElementById("review-question")?.focus({ preventScroll: true });
  ahead = fetchNext();
}

/**
 * Send what the button says and go on.
 * @param {HTMLFormElement} form
 * @param {HTMLButtonElement} button
 */
async function send(form, button) {
  if (busy) return;
  busy = true;
  form.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(button.getAttribute("formaction") ?? form.action, {
      method: "POST",
      body: new FormData(form, button),
      headers: { Accept: "application/json" },
      credentials: "same-origin",
    });
    const said = await answer.json();
    if (said.stored) {
      showProgress(said.progress);
      await showNext((button.dataset.act ? status.dataset.passed : status.dataset.stored) ?? "");
    } else if (answer.status === 409) {
      await showNext(said.why); // somebody or something was faster: there is nothing left to decide here
    } else {
      status.textContent = said.why;
    }
  } catch {
    // The form keeps its client_uid: sent again, the vote is still one.
    status.textContent = status.dataset.failed ?? "";
  } finally {
    busy = false;
    form.removeAttribute("aria-busy");
  }
}

/** @param {string} selector */
const press = (selector) => /** @type {HTMLButtonElement | null} */ (document.querySelector(`#review-item ${selector}`))?.click();

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!(form instanceof HTMLFormElement) || !form.matches("#review-item form")) return;
  if (!(event.submitter instanceof HTMLButtonElement)) return;
  event.preventDefault();
  void send(form, event.submitter);
});

document.addEventListener("keydown", (event) => {
  const target = event.target instanceof Element ? event.target : document.body;
  const buttons = /** @type {NodeListOf<HTMLButtonElement>} */ (document.querySelectorAll("#review-item [name=strategy]"));
  const act = actOf(event, {
    choices: buttons.length,
    verify: document.querySelector("#review-item [data-current]") !== null,
    on: keysOn.checked && document.querySelector("dialog[open]") === null,
    writing: target.matches("textarea, select, input:not([type=checkbox])"),
    onControl: target.matches("button, a, summary, input"),
  });
  if (!act) return;
  event.preventDefault();
  if (act.kind === "choose") buttons[act.place].click();
  else if (act.kind === "accept") press("[data-current]");
  else if (act.kind === "undo") undo.hidden || busy || undo.requestSubmit();
  else if (act.kind === "help") document.querySelector("[data-opens=keys-dialog]")?.dispatchEvent(new MouseEvent("click", { bubbles: true }));
  else press(`[data-act=${act.kind}]`);
});

for (const part of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-needs-script]"))) part.hidden = false;
try {
  keysOn.checked = localStorage.getItem(SWITCH) !== "off";
  keysOn.addEventListener("change", () => localStorage.setItem(SWITCH, keysOn.checked ? "on" : "off"));
} catch {
  // A storage that is forbidden costs only the memory of the switch.
}
if (shown()) arrive();
