"""The gestures of the main job, page by page; each page met is looked at."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from espace_sante.kernel.traits import plier
from espace_sante.simulateurs.population.modeles import ProfessionnelFictif, TitulaireFictif
from tests.navigateur.visiteur import Visiteur


def entrer_titulaire(v: Visiteur, compte: dict[str, str]) -> None:
    """From the public home to one's own: identifier, password, one-time code."""
    v.aller("/")
    v.voit("Votre santé, rangée à un seul endroit", "01-accueil-public")
    v.activer(v.page.get_by_role("link", name="Entrer dans mon espace"))
    v.voit("Se connecter à votre espace", "02-connexion")
    v.ecrire(v.page.get_by_role("textbox", name="Identifiant"), compte["identifiant"])
    v.ecrire(v.page.get_by_label("Mot de passe", exact=True), compte["mot_de_passe"])
    connus = v.messages(compte["email"])
    v.activer(v.page.get_by_role("button", name="Continuer"))
    v.voit("Tapez le code reçu", "03-code")
    v.ecrire(
        v.page.get_by_role("textbox", name="Code à 6 chiffres"), v.lire_code(compte["email"], apres=connus)
    )
    v.activer(v.page.get_by_role("button", name="Entrer dans mon espace"))
    expect(v.page.get_by_role("heading", level=1)).to_have_text(f"Bonjour {compte['prenom']}")


def menu(v: Visiteur, entree: str) -> None:
    """An entry of the bar, below or on the left."""
    v.activer(v.page.get_by_role("navigation", name="Mon espace").get_by_role("link", name=entree))


def entrer_professionnel(v: Visiteur, p: ProfessionnelFictif, geste: str = "Téléphone et code") -> None:
    """Through Pro Santé Connect, and the choice of a situation when there are several."""
    v.aller("/connexion/pro/")
    v.voit("Connexion des professionnels", "10-pro-connexion")
    v.activer(v.page.get_by_role("link", name="Se connecter avec Pro Santé Connect"))
    v.voit("Qui se connecte ?", "11-psc")
    v.ecrire(v.page.get_by_label("Nom, profession ou numéro RPPS"), p.rpps)
    v.activer(v.page.get_by_role("button", name="Chercher"))
    v.activer(v.page.get_by_role("button", name=re.compile(re.escape(p.rpps))))
    v.voit("Confirmez votre connexion", "12-psc-geste")
    v.activer(v.page.get_by_role("button", name=re.compile(geste)))


def arriver_au_panneau(v: Visiteur, p: ProfessionnelFictif, titulaire: TitulaireFictif) -> None:
    """Logged in: choose the situation if there are several, confirm the warning, find the person and confirm her."""
    if len(p.situations) > 1:
        v.voit("Dans quelle situation exercez-vous ?", "13-situation")
        v.choisir(v.page.get_by_role("radio").last)
        v.activer(v.page.get_by_role("button", name="Exercer dans cette situation"))
    v.voit("Avant d’ouvrir un dossier", "14-avertissement")
    v.cocher(v.page.get_by_role("checkbox", name=re.compile("J’ai lu")))
    v.activer(v.page.get_by_role("button", name="Confirmer et continuer"))
    v.voit("Trouver un dossier", "15-recherche")
    v.ecrire(v.page.get_by_role("textbox", name="Matricule INS"), titulaire.ins.matricule)
    v.activer(v.page.get_by_role("button", name="Chercher ce dossier"))
    v.voit("Est-ce bien cette personne ?", "16-identite")
    assert plier(titulaire.traits.nom_naissance) in plier(v.page.get_by_role("main").inner_text())
    montres = v.page.get_by_role("main").locator("dt").all_inner_texts()
    assert montres == ["Nom de naissance", "Prénom", "Date de naissance", "Sexe"]
    v.activer(v.page.get_by_role("button", name=re.compile("^Oui")))
    v.voit("Conditions d’accès au dossier", "17-panneau")


def lettres(v: Visiteur) -> dict[str, str]:
    """The five letters of the panel and the word of each, in the order shown."""
    tuiles = v.page.get_by_role("list", name="Les cinq conditions d’accès").locator("li")
    return {
        tuile.locator(".es-tuile__lettre").inner_text(): tuile.locator(".es-tuile__etat").inner_text().strip()
        for tuile in tuiles.all()
    }


def consentir(v: Visiteur, p: ProfessionnelFictif) -> str:
    """Record what the person said aloud, for the widest choice offered, and open; to whom, as the holder reads it."""
    v.choisir(v.page.get_by_role("radio", name=re.compile("À l’oral")))
    pour = v.page.get_by_role("radio", name=re.compile("^Pour (moi|l’équipe)")).last
    equipe = re.match(
        "Pour (l’équipe.*)", v.page.locator(f"label[for='{pour.get_attribute('id')}']").inner_text()
    )
    v.choisir(pour)
    v.activer(v.page.get_by_role("button", name="Enregistrer et ouvrir le dossier"))
    v.voit("Documents", "18-dossier")
    if equipe:
        return f"à {equipe[1].strip()}"
    return f"au {p.affichage}" if p.affichage.startswith("Dr ") else f"à {p.affichage}"


def lignes(v: Visiteur) -> dict[str, str]:
    """The documents listed on every page of the record: address of each, and its type in words."""
    trouvees: dict[str, str] = {}
    while True:
        for rang in v.page.locator("table.es-documents tbody tr").all():
            lien = rang.locator("th a")
            detail = rang.locator("th .es-documents__detail")
            trouvees[lien.get_attribute("href") or ""] = (
                detail if detail.count() else lien
            ).first.inner_text()
        suivante = v.page.get_by_role("navigation", name=re.compile("Pages")).get_by_role(
            "link", name="Suivante"
        )
        if not suivante.count():
            return trouvees
        v.suivre(suivante)


def phrases(v: Visiteur) -> list[str]:
    """The history as it is read, spaces made plain."""
    return [re.sub(r"\s+", " ", texte) for texte in v.page.locator(".es-ligne__texte").all_inner_texts()]
