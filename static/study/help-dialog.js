// @ts-check
/**
 * Opens a native dialog from `data-opens="id"` and closes it from `data-closes-dialog`.
 * The browser gives the focus back to where it came from, and Escape closes.
 */

document.addEventListener("click", (event) => {
  const target = event.target instanceof Element ? event.target : null;
  const opener = target?.closest("[data-opens]");
  if (opener instanceof HTMLElement) {
    const dialog = document.getElementById(opener.dataset.opens ?? "");
    if (!(dialog instanceof HTMLDialogElement)) return;
    // An opener may be a link to a page with the same contents, for browsers without this script.
    event.preventDefault();
    if (!dialog.open) dialog.showModal();
    return;
  }
  if (target?.closest("[data-closes-dialog]")) target.closest("dialog")?.close();
});
