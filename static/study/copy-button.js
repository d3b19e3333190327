// @ts-check
/** Shows the copy buttons where the browser can copy, and says when it was done. */

/** @param {HTMLElement} button */
function wire(button) {
  const source = document.getElementById(button.dataset.copies ?? "");
  if (!source || !navigator.clipboard) return;
  button.hidden = false;
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(source.textContent?.trim() ?? "");
    } catch {
      getSelection()?.selectAllChildren(source); // refused: at least select it for the person
      return;
    }
    button.textContent = button.dataset.done ?? "";
    const status = document.querySelector("[data-copy-status]");
    if (status) status.textContent = button.dataset.done ?? "";
  });
}

for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-copies]"))) wire(button);
