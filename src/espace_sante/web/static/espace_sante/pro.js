/*
 * Keyboard of the professionals' portal, over composants.js: the way back to the list, and a switch for
 * one-key shortcuts (WCAG 2.1.4), remembered in this browser. Every page works without it.
 */
(() => {
  "use strict";

  const MEMOIRE = "es-raccourcis";
  const UNE_TOUCHE = new Set(["/", "?", "l"]);
  const actifs = () => {
    try {
      return localStorage.getItem(MEMOIRE) !== "non";
    } catch {
      return true;
    }
  };

  /* In the capture phase, so that a switched-off shortcut reaches nobody. */
  document.addEventListener("keydown", (touche) => {
    if (!UNE_TOUCHE.has(touche.key) || touche.ctrlKey || touche.metaKey || touche.altKey) return;
    if (touche.target.closest("input, textarea, select, [contenteditable]")) return;
    if (!actifs()) {
      touche.stopImmediatePropagation();
    } else if (touche.key === "l") {
      document.querySelector("[data-retour]")?.click();
    }
  }, true);

  const choix = document.querySelector("[data-raccourcis]");
  if (choix) {
    choix.checked = actifs();
    choix.addEventListener("change", () => {
      try {
        localStorage.setItem(MEMOIRE, choix.checked ? "oui" : "non");
      } catch {
        choix.checked = true;
      }
    });
  }
})();
