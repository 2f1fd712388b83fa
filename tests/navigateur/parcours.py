"""The gestures of the main job, page by page; each page met is looked at."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from espace_sante.simulateurs.population.modeles import ProfessionnelFictif, TitulaireFictif
from tests.navigateur.visiteur import Visiteur


def entrer_titulaire(v: Visiteur, compte: dict[str, str], etape: str) -> None:
    """From the public home to one's own: identifier, password, one-time code."""
    v.aller("/")
    v.voit("Votre santé, rangée à un seul endroit", f"{etape}-1-accueil-public")
    v.activer(v.page.get_by_role("link", name="Entrer dans mon espace"))
    v.voit("Se connecter à votre espace", f"{etape}-2-connexion")
    v.ecrire(v.page.get_by_role("textbox", name="Identifiant"), compte["identifiant"])
    v.ecrire(v.page.get_by_label("Mot de passe", exact=True), compte["mot_de_passe"])
    connus = v.messages(compte["email"])
    v.activer(v.page.get_by_role("button", name="Continuer"))
    v.voit("Tapez le code reçu", f"{etape}-3-code")
    v.ecrire(
        v.page.get_by_role("textbox", name="Code à 6 chiffres"), v.lire_code(compte["email"], apres=connus)
    )
    v.activer(v.page.get_by_role("button", name="Entrer dans mon espace"))
    expect(v.page.get_by_role("heading", level=1)).to_have_text(f"Bonjour {compte['prenom']}")


def menu(v: Visiteur, entree: str) -> None:
    """An entry of the bar, below or on the left."""
    v.activer(v.page.get_by_role("navigation", name="Mon espace").get_by_role("link", name=entree))


def entrer_professionnel(
    v: Visiteur, p: ProfessionnelFictif, etape: str, geste: str = "Téléphone et code"
) -> None:
    """Through Pro Santé Connect, and the choice of a situation when there are several."""
    v.aller("/connexion/pro/")
    v.voit("Connexion des professionnels", f"{etape}-1-connexion")
    v.activer(v.page.get_by_role("link", name="Se connecter avec Pro Santé Connect"))
    v.voit("Qui se connecte ?", f"{etape}-2-psc")
    v.ecrire(v.page.get_by_label("Nom, profession ou numéro RPPS"), p.rpps)
    v.activer(v.page.get_by_role("button", name="Chercher"))
    v.activer(v.page.get_by_role("button", name=re.compile(re.escape(p.rpps))))
    v.voit("Confirmez votre connexion", f"{etape}-3-psc-geste")
    v.activer(v.page.get_by_role("button", name=re.compile(geste)))


def arriver_au_panneau(v: Visiteur, p: ProfessionnelFictif, titulaire: TitulaireFictif, etape: str) -> None:
    """Logged in: choose the situation if there are several, confirm the warning, find the person and confirm her."""
    if len(p.situations) > 1:
        v.voit("Dans quelle situation exercez-vous ?", f"{etape}-4-situation")
        v.choisir(v.page.get_by_role("radio").last)
        v.activer(v.page.get_by_role("button", name="Exercer dans cette situation"))
    v.voit("Avant d’ouvrir un dossier", f"{etape}-5-avertissement")
    v.cocher(v.page.get_by_role("checkbox", name=re.compile("J’ai lu")))
    v.activer(v.page.get_by_role("button", name="Confirmer et continuer"))
    v.voit("Trouver un dossier", f"{etape}-6-recherche")
    v.ecrire(v.page.get_by_role("textbox", name="Matricule INS"), titulaire.ins.matricule)
    v.activer(v.page.get_by_role("button", name="Chercher ce dossier"))
    v.voit("Est-ce bien cette personne ?", f"{etape}-7-identite")
    expect(v.page.get_by_role("main")).to_contain_text(titulaire.traits.nom_naissance, ignore_case=True)
    v.activer(v.page.get_by_role("button", name=re.compile("^Oui")))
    v.voit("Conditions d’accès au dossier", f"{etape}-8-panneau")


def lettres(v: Visiteur) -> dict[str, str]:
    """The five letters of the panel and the word of each, in the order shown."""
    tuiles = v.page.get_by_role("list", name="Les cinq conditions d’accès").locator("li")
    return {
        tuile.locator(".es-tuile__lettre").inner_text(): tuile.locator(".es-tuile__etat").inner_text().strip()
        for tuile in tuiles.all()
    }


def consentir(v: Visiteur, etape: str) -> None:
    """Record what the person said aloud, for the widest choice offered (a team when there is one), and open."""
    v.choisir(v.page.get_by_role("radio", name=re.compile("À l’oral")))
    v.choisir(v.page.get_by_role("radio", name=re.compile("^Pour")).last)
    v.activer(v.page.get_by_role("button", name="Enregistrer et ouvrir le dossier"))
    v.voit("Documents", f"{etape}-9-dossier")


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
        v.activer(suivante)
