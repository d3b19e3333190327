// @ts-check
/**
 * The colour theme: the system's, unless this browser was told otherwise.
 * Loaded render-blocking in the head, so that a chosen theme is there from the first paint.
 */

const KEY = "theme";

/** @returns {"light" | "dark" | null} */
function chosen() {
  try {
    const value = localStorage.getItem(KEY);
    return value === "light" || value === "dark" ? value : null;
  } catch {
    return null; // storage may be switched off: then the system decides
  }
}

/** @returns {"light" | "dark"} */
function current() {
  return chosen() ?? (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
}

function apply() {
  const theme = chosen();
  if (theme) document.documentElement.dataset.theme = theme;
}

/** @param {HTMLElement} button */
function label(button) {
  button.textContent = (current() === "dark" ? button.dataset.toLight : button.dataset.toDark) ?? "";
  button.hidden = false;
}

function wire() {
  for (const button of /** @type {NodeListOf<HTMLElement>} */ (document.querySelectorAll("[data-theme-toggle]"))) {
    label(button);
    button.addEventListener("click", () => {
      try {
        localStorage.setItem(KEY, current() === "dark" ? "light" : "dark");
      } catch {
        return;
      }
      apply();
      label(button);
    });
  }
}

apply();
if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", wire);
else wire();
