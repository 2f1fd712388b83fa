"""The main job, told from feeding to the holder's history: three widths, and once with the keyboard only (issue 2)."""

from __future__ import annotations

import csv
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib.resources import files
from uuid import uuid4

import pytest
from playwright.sync_api import Browser, expect

from espace_sante.documents.nomenclatures import types
from espace_sante.simulateurs.population.modeles import ProfessionnelFictif
from tests.navigateur import parcours
from tests.navigateur.installation import RACINE, Installation
from tests.navigateur.logiciel import deposer
from tests.navigateur.visiteur import Visiteur, accueillir

pytestmark = [pytest.mark.navigateur, pytest.mark.lent, pytest.mark.xdist_group("navigateur")]


@dataclass(frozen=True, slots=True)
class Histoire:
    """Who plays, on what screen, with what hands."""

    nom: str
    largeur: int
    titulaire: str
    medecin: str
    autre: str
    clavier: bool = False


# A doctor alone, one with two situations, one of a hospital's team; then other professions.
CASTELNAU, LANOE, ARONSSON = "99000000135", "99000000163", "99000000275"
PHARMACIENNE, KINE, PSYCHOLOGUE = "99000000324", "99000000415", "99000000443"
HISTOIRES = (
    Histoire("telephone-360", 360, "ange-toussaint", CASTELNAU, PHARMACIENNE),
    Histoire("tablette-768", 768, "maelle", LANOE, PHARMACIENNE),
    Histoire("bureau-1280", 1280, "sophie", ARONSSON, PSYCHOLOGUE),
    Histoire("clavier-1280", 1280, "marguerite", CASTELNAU, KINE, clavier=True),
)


def types_lisibles(professionnel: ProfessionnelFictif) -> set[str]:
    """Labels of the types that the illustrative matrix, as published, opens to this profession."""
    situation = professionnel.situations[0]
    metier = (situation.profession_systeme, situation.profession_code)
    return {types()[code].libelle for code in _lignes_ouvertes(metier) if code in types()}


def _lignes_ouvertes(metier: tuple[str, str]) -> Iterator[str]:
    texte = files("espace_sante.acces").joinpath("data/matrice_illustrative.csv").read_text(encoding="utf-8")
    for ligne in csv.DictReader(texte.splitlines()):
        if (ligne["profession_system"], ligne["profession_code"]) == metier and ligne["consultation"] == "O":
            yield ligne["type_code"]


@pytest.fixture
def ouvrir(
    histoire: Histoire, navigateur: Browser, installation: Installation
) -> Iterator[Callable[[], Visiteur]]:
    """Opens browsers for the people of a story; at the end, none of them saw an error or left the site."""
    venus: list[Visiteur] = []
    regardees: set[str] = set()

    def nouveau() -> Visiteur:
        venus.append(
            accueillir(
                navigateur,
                installation.adresse,
                largeur=histoire.largeur,
                # The pages of the keyboard's story are those of the desk's, already looked at.
                captures=None if histoire.clavier else RACINE / "captures" / histoire.nom,
                regardees=regardees,
                clavier=histoire.clavier,
            )
        )
        return venus[-1]

    yield nouveau
    for venu in venus:
        venu.partir()


@pytest.mark.rule(
    "ACC-02",
    "ACC-10",
    "ACC-11",
    "ACC-15",
    "ACC-34",
    "ACC-80",
    "AUD-05",
    "AUD-06",
    "AUD-16",
    "DOC-41",
    "DOC-43",
    "IDN-53",
)
@pytest.mark.parametrize("histoire", HISTOIRES, ids=lambda h: h.nom)
def test_main_job(histoire: Histoire, installation: Installation, ouvrir: Callable[[], Visiteur]) -> None:
    titulaire = installation.titulaire(histoire.titulaire)
    compte = installation.compte(histoire.titulaire)
    depose = deposer(installation, titulaire, "Analyse de sang de contrôle")

    # The holder sees it as new, reads it, hides it.
    lui = ouvrir()
    parcours.entrer_titulaire(lui, compte)
    lui.voit(f"Bonjour {compte['prenom']}", "05-accueil")
    ligne = lui.page.get_by_role("row").filter(has_text=depose.titre)
    expect(ligne).to_contain_text("Nouveau")
    lui.activer(ligne.get_by_role("link", name=depose.titre))
    lui.voit(depose.titre, "06-document")
    lui.activer(lui.page.get_by_role("link", name="Masquer ce document"))
    lui.voit("Masquer ce document ?", "07-masquage")
    lui.activer(lui.page.get_by_role("button", name="Masquer ce document"))
    lui.voit(depose.titre, "08-masque")
    expect(lui.page.get_by_text("Masqué aux professionnels de santé.", exact=True)).to_be_visible()

    # The doctor lacks the consent and nothing else; once it is recorded, the hidden document is nowhere.
    praticien = installation.sans_accord(titulaire, histoire.medecin, CASTELNAU)
    medecin = ouvrir()
    parcours.entrer_professionnel(medecin, praticien)
    parcours.arriver_au_panneau(medecin, praticien, titulaire)
    etats = parcours.lettres(medecin)
    assert etats == {"A": "tenue", "D": "tenue", "I": "tenue", "C": "manquante", "H": "tenue"}
    assert list(etats) == list("ADICH")
    accord = parcours.consentir(medecin, praticien)
    ouverts = parcours.lignes(medecin)
    assert ouverts
    assert not any(depose.id in adresse for adresse in ouverts)
    medecin.aller(
        next(adresse for adresse, type_libelle in ouverts.items() if type_libelle == depose.type_libelle)
    )
    medecin.voit(re.compile("."), "19-document-pro")
    lu = medecin.page.get_by_role("heading", level=1).inner_text()
    dossier = medecin.page.url.removeprefix(installation.adresse).rsplit("/", 2)[0]
    medecin.aller(f"{dossier}/{depose.id}/", statut=404)

    # Another profession sees fewer types: those of its line of the matrix.
    metier = installation.professionnel(histoire.autre)
    autre = ouvrir()
    parcours.entrer_professionnel(autre, metier)
    parcours.arriver_au_panneau(autre, metier, titulaire)
    if parcours.lettres(autre)["C"] == "manquante":
        parcours.consentir(autre, metier)
    else:
        autre.activer(autre.page.get_by_role("link", name="Ouvrir le dossier"))
    autre.voit("Documents", "20-dossier-autre-metier")
    vus = parcours.lignes(autre)
    assert set(vus.values()) <= types_lisibles(metier)
    assert len(vus) < len(ouverts)

    # A stranger who knows the address learns nothing.
    etranger = ouvrir()
    parcours.entrer_titulaire(etranger, installation.compte("catherine"))
    etranger.aller(f"/espace/documents/{depose.id}/", statut=404)
    etranger.voit("Cette page n’est pas disponible", "30-introuvable")
    reponse = etranger.page.get_by_role("main").inner_text()
    etranger.aller(f"/espace/documents/{uuid4()}/", statut=404)
    assert etranger.page.get_by_role("main").inner_text() == reponse, (
        "what exists and what does not look the same"
    )

    # One factor is not enough.
    faible = ouvrir()
    faible.temoin.attendus += ("/connexion/pro/retour/",)
    parcours.entrer_professionnel(faible, metier, "Carte lue sans code")
    faible.voit("Cette connexion n’est pas assez sûre", "31-un-seul-facteur")
    faible.aller("/pro/")
    faible.voit("Connexion des professionnels", "10-pro-connexion")

    # The holder shows the document again, reads who came, takes the consent back.
    lui.activer(lui.page.get_by_role("link", name="Rendre ce document visible"))
    lui.voit("Rendre ce document visible ?", "40-demasquage")
    lui.activer(lui.page.get_by_role("button", name="Rendre ce document visible"))
    lui.voit(depose.titre, "41-visible")
    medecin.aller(f"{dossier}/")
    expect(medecin.page.get_by_role("link", name=depose.titre)).to_be_visible()
    parcours.menu(lui, "Historique")
    lui.voit("Historique des accès", "42-historique")
    recit = parcours.phrases(lui)
    for debut, fin in (
        ("Vous", f"rendu « {depose.titre} » visible aux professionnels de santé."),
        ("Vous", f"masqué « {depose.titre} » aux professionnels de santé."),
        (praticien.affichage, "consulté la liste de vos documents."),
        (praticien.affichage, f"ouvert « {lu} »."),
        (metier.affichage, "consulté la liste de vos documents."),
    ):
        assert any(debut in phrase and phrase.endswith(fin) for phrase in recit), (debut, fin, recit)
    lecture = (
        lui.page.locator(".es-ligne").filter(has_text=praticien.affichage).filter(has_text=f"ouvert « {lu} »")
    )
    expect(lecture.first).not_to_contain_text("fois")
    parcours.menu(lui, "Plus")
    lui.voit("Plus", "43-plus")
    lui.activer(lui.page.get_by_role("link", name=f"Retirer cet accord donné {accord}"))
    lui.voit("Retirer cet accord ?", "44-retrait")
    lui.activer(lui.page.get_by_role("button", name="Retirer cet accord"))
    lui.voit("Plus", "45-retire")

    # The consent taken back closes the doctor's open pages at once.
    medecin.temoin.attendus += ("/pro/patient/",)
    medecin.page.reload()
    medecin.voit("L’accès à ce dossier n’est pas possible", "46-plus-d-accord")
