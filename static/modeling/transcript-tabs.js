// @ts-check
/** Shows one transcript at a time on narrow screens. Without it both stand one below the other. */

const NARROW = matchMedia("(max-width: 47.99rem)");

/** @param {HTMLElement} root */
function wire(root) {
  const list = /** @type {HTMLElement} */ (root.querySelector("[role=tablist]"));
  const tabs = /** @type {HTMLElement[]} */ ([...list.querySelectorAll("[role=tab]")]);
  let chosen = tabs[0];

  /** @param {HTMLElement} tab */
  const panel = (tab) => /** @type {HTMLElement} */ (document.getElementById(tab.getAttribute("aria-controls") ?? ""));

  const show = () => {
    list.hidden = !NARROW.matches;
    for (const tab of tabs) {
      const selected = tab === chosen;
      tab.setAttribute("aria-selected", String(selected));
      tab.tabIndex = selected ? 0 : -1;
      panel(tab).hidden = NARROW.matches && !selected;
      if (NARROW.matches) panel(tab).setAttribute("role", "tabpanel");
      else panel(tab).removeAttribute("role");
    }
  };

  for (const tab of tabs) {
    tab.addEventListener("click", () => {
      chosen = tab;
      show();
    });
  }
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (step === undefined) return;
    event.preventDefault();
    chosen = tabs[(tabs.indexOf(chosen) + step + tabs.length) % tabs.length];
    show();
    chosen.focus();
  });
  NARROW.addEventListener("change", show);
  show();
}

for (const root of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-tabs]"))) wire(root);
