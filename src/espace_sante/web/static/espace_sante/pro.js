/*
 * Keyboard of the professionals' portal: a comfort, every page works without it.
 * `/` goes to the search field, arrows move in the list, `?` shows the shortcuts, `l` goes back to the list.
 * One-key shortcuts can be switched off (WCAG 2.1.4); the choice stays in this browser.
 */
(() => {
  "use strict";
  const MEMOIRE = "es-raccourcis";
  const aide = document.getElementById("raccourcis");
  const actif = () => {
    try {
      return localStorage.getItem(MEMOIRE) !== "non";
    } catch {
      return true;
    }
  };
  const enSaisie = (element) =>
    element instanceof HTMLElement &&
    (element.isContentEditable ||
      element.matches("select, textarea, input:not([type=checkbox], [type=radio], [type=button], [type=submit])"));
  const lignes = () => Array.from(document.querySelectorAll("[data-liste] [data-ligne]"));

  const deplacer = (pas) => {
    const liens = lignes();
    if (!liens.length) return false;
    const ici = liens.indexOf(document.activeElement);
    const vers = ici < 0 ? (pas > 0 ? 0 : liens.length - 1) : Math.min(Math.max(ici + pas, 0), liens.length - 1);
    liens[vers].focus();
    return true;
  };

  const basculerAide = () => {
    if (!aide) return false;
    aide.open = !aide.open;
    if (aide.open) {
      aide.scrollIntoView({ block: "nearest" });
      aide.querySelector("summary").focus();
    }
    return true;
  };

  const gestes = {
    "/": () => {
      const champ = document.querySelector("[data-recherche]");
      if (!champ) return false;
      champ.closest("details")?.setAttribute("open", "");
      champ.focus();
      champ.select();
      return true;
    },
    "?": basculerAide,
    l: () => {
      const retour = document.querySelector("[data-retour]");
      if (!retour) return false;
      retour.click();
      return true;
    },
  };

  document.addEventListener("keydown", (evenement) => {
    if (evenement.ctrlKey || evenement.altKey || evenement.metaKey || evenement.defaultPrevented) return;
    if (enSaisie(evenement.target)) {
      // From the search field, the arrow goes down to the results.
      if (evenement.key === "ArrowDown" && evenement.target.matches("[data-recherche]") && deplacer(1)) {
        evenement.preventDefault();
      }
      return;
    }
    if (evenement.key === "ArrowDown" || evenement.key === "ArrowUp") {
      const dansListe = lignes().includes(document.activeElement);
      const nullePart = document.activeElement === document.body;
      if ((dansListe || nullePart) && deplacer(evenement.key === "ArrowDown" ? 1 : -1)) evenement.preventDefault();
      return;
    }
    if (actif() && gestes[evenement.key]?.()) evenement.preventDefault();
  });

  const choix = document.getElementById("raccourcis-actifs");
  if (choix instanceof HTMLInputElement) {
    choix.closest("[hidden]")?.removeAttribute("hidden");
    choix.checked = actif();
    choix.addEventListener("change", () => {
      try {
        localStorage.setItem(MEMOIRE, choix.checked ? "oui" : "non");
      } catch {
        choix.checked = true;
      }
    });
  }
})();
