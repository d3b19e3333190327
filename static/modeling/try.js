// @ts-check
/** A try-out that waits for its agent: the answer is shown when it comes. Without scripts, loading the page anew shows it. */

const POLL_MS = 1000;

/** @typedef {{role: string, text: string, strategy: string, seconds?: number}} Message */
/** @typedef {{state: string, messages: Message[], error: string}} Answer */

/**
 * @param {HTMLElement} place
 * @param {Message} message
 */
function append(place, message) {
  const template = /** @type {HTMLTemplateElement} */ (place.querySelector("[data-message]"));
  const item = /** @type {HTMLElement} */ (/** @type {DocumentFragment} */ (template.content.cloneNode(true)).firstElementChild);
  item.className = `try-${message.role}`;
  const tag = /** @type {HTMLElement} */ (item.querySelector(".tag"));
  if (message.strategy) tag.textContent = message.strategy;
  else tag.remove();
  /** @type {HTMLElement} */ (item.querySelector("[data-text]")).textContent = message.text;
  /** @type {HTMLElement} */ (item.querySelector(".try-seconds")).textContent = `${message.seconds ?? "–"} s`;
  place.querySelector("[data-log]")?.append(item);
}

/** @param {HTMLElement} place */
async function look(place) {
  const status = /** @type {HTMLElement} */ (place.querySelector("[data-status]"));
  try {
    const response = await fetch(place.dataset.try ?? "", { headers: { Accept: "application/json" } });
    if (response.ok) {
      const answer = /** @type {Answer} */ (await response.json());
      if (answer.state !== "asked") {
        const shown = place.querySelectorAll("[data-log] > li").length;
        for (const message of answer.messages.slice(shown)) append(place, message);
        status.textContent = answer.error;
        place.querySelector("textarea")?.focus();
        return;
      }
    }
  } catch {
    // The server is away for a moment: the next look finds it.
  }
  setTimeout(() => void look(place), POLL_MS);
}

for (const place of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-try]"))) {
  const text = place.querySelector("textarea");
  text?.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && !event.shiftKey && !event.isComposing) {
      event.preventDefault();
      text.form?.requestSubmit();
    }
  });
  if (place.dataset.state === "asked") void look(place);
}
