"""From the form of the list to the gate's Filtre, and back to words (DOC-56 to DOC-59)."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from typing import cast

from django.conf import settings
from django.utils import timezone

from espace_sante.documents.filtre import Borne, Filtre, Recents, Tri
from espace_sante.documents.nomenclatures import RUBRIQUES, TYPES_VACCINATION, classes, types_de_rubrique
from espace_sante.web.pro.patients import Criteres

TRIS = ("creation", "titre", "auteur_nom")
_TEXTE_MIN = 2
_TEXTE_MAX = 100


def lire(formulaire: Mapping[str, str]) -> tuple[Criteres, str]:
    """Criteria of a sent form, and what was wrong with it (empty: nothing). A wrong part is left out."""
    # What is sent was asked by hand: no limit but those of the form (ACC-64).
    if "effacer" in formulaire:
        return Criteres(etendue=""), ""
    erreur = ""
    # Without control characters: the database takes no NUL.
    saisi = "".join(c if c.isprintable() else " " for c in formulaire.get("texte", ""))
    texte = " ".join(saisi.split())[:_TEXTE_MAX]
    if 0 < len(texte) < _TEXTE_MIN:
        texte, erreur = "", "Saisissez au moins deux lettres pour chercher dans les documents."
    du, au = _jour(formulaire.get("du", "")), _jour(formulaire.get("au", ""))
    if "deux_ans" in formulaire:
        du, au = _debut_des_recents(timezone.localdate()), None
    if du and au and du > au:
        du, au, erreur = None, None, "La date de début doit venir avant la date de fin."
    # A heading is a button that sends the form; the others keep the present one.
    rubrique = formulaire.get("vers", formulaire.get("rubrique", ""))
    classe = formulaire.get("classe", "")
    criteres = Criteres(
        texte=texte,
        rubrique=rubrique if any(r.code == rubrique for r in RUBRIQUES) else "",
        classe=classe if classe in classes() else "",
        du=du.isoformat() if du else "",
        au=au.isoformat() if au else "",
        archives="oui" if "archives" in formulaire else "",
        etendue="",
    )
    return criteres, erreur


def filtre(criteres: Criteres, *, tri: str, descendant: bool, page: int) -> Filtre:
    """The search to make of the gate."""
    bornes: list[Borne] = []
    if du := _jour(criteres.du):
        bornes.append(Borne("creation", "ge", _minuit(du), _minuit(du + timedelta(days=1))))
    if au := _jour(criteres.au):
        bornes.append(Borne("creation", "le", _minuit(au), _minuit(au + timedelta(days=1))))
    premiere = criteres.etendue == "recents"
    lot = settings.ES_RECHERCHE_LOT if premiere else settings.ES_PAGE
    return Filtre(
        recents=Recents(_minuit(_debut_des_recents(timezone.localdate())), TYPES_VACCINATION)
        if premiere
        else None,
        types=types_de_rubrique(criteres.rubrique) if criteres.rubrique else (),
        classes=(criteres.classe,) if criteres.classe else (),
        archive=bool(criteres.archives),
        texte=criteres.texte,
        bornes=tuple(bornes),
        tri=cast(Tri, tri if tri in TRIS else "creation"),
        descendant=descendant,
        limite=lot,
        decalage=(page - 1) * lot,
    )


def _jour(texte: str) -> date | None:
    try:
        return date.fromisoformat(texte)
    except ValueError:
        return None


def _minuit(jour: date) -> datetime:
    return timezone.make_aware(datetime.combine(jour, time.min))


def _debut_des_recents(jour: date) -> date:
    # 29 February has no twin in most years before.
    return jour.replace(
        year=jour.year - settings.ES_RECHERCHE_ANS, day=min(jour.day, 28) if jour.month == 2 else jour.day
    )
