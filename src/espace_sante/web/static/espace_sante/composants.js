/* Small comforts; every page works without this file. No inline handler: pages say what they want in data-*. */
(() => {
  "use strict";

  const enSaisie = (cible) => cible.closest("input, textarea, select, [contenteditable]") !== null;
  const lignes = () => [...document.querySelectorAll("[data-ligne]")];

  document.addEventListener("keydown", (touche) => {
    if (touche.ctrlKey || touche.metaKey || touche.altKey) return;
    if (touche.key === "Escape" && enSaisie(touche.target)) return touche.target.blur();
    if (enSaisie(touche.target)) return;
    if (touche.key === "/") {
      const champ = document.querySelector("[data-recherche]");
      if (champ) { touche.preventDefault(); champ.focus(); champ.select(); }
    } else if (touche.key === "?") {
      const aide = document.querySelector("[data-clavier]");
      if (aide) { aide.open = !aide.open; aide.querySelector("summary").focus(); }
    } else if (touche.key === "ArrowDown" || touche.key === "ArrowUp") {
      const liens = lignes();
      const rang = liens.indexOf(document.activeElement);
      if (!liens.length || (rang === -1 && document.activeElement !== document.body)) return;
      const suivant = liens[rang + (touche.key === "ArrowDown" ? 1 : -1)] || (rang === -1 ? liens[0] : null);
      if (suivant) { touche.preventDefault(); suivant.focus(); }
    }
  });

  document.addEventListener("click", (clic) => {
    const bouton = clic.target.closest("button");
    if (!bouton) return;
    if (bouton.hasAttribute("data-imprimer")) window.print();
    if (bouton.hasAttribute("data-montrer")) {
      const champ = document.getElementById(bouton.dataset.montrer);
      const cache = champ.type === "password";
      champ.type = cache ? "text" : "password";
      bouton.setAttribute("aria-pressed", String(cache));
    }
  });

  document.addEventListener("input", (saisie) => {
    const liste = document.querySelector(`[data-criteres="${CSS.escape(saisie.target.id || "-")}"]`);
    const longueur = liste && liste.querySelector("[data-longueur]");
    if (!longueur) return;
    const rempli = [...saisie.target.value].length >= Number(longueur.dataset.longueur);
    longueur.dataset.rempli = rempli ? "oui" : "non";
    longueur.querySelector("[data-mot]").textContent = rempli ? "fait" : "à faire";
  });

  /* A form sent twice by a double press is sent once. */
  document.addEventListener("submit", (envoi) => {
    const formulaire = envoi.target;
    if (formulaire.dataset.envoye) return envoi.preventDefault();
    formulaire.dataset.envoye = "oui";
    setTimeout(() => delete formulaire.dataset.envoye, 2000);
  });

  const horsLigne = document.querySelector("[data-hors-ligne]");
  const reseau = () => { if (horsLigne) horsLigne.hidden = navigator.onLine; };
  window.addEventListener("online", reseau);
  window.addEventListener("offline", reseau);
  reseau();
  document.querySelectorAll("[data-si-script]").forEach((element) => { element.hidden = false; });
})();
