"""What a holder asks of the list of documents: read from a form, turned into a Filtre (rules DOC-56 to DOC-59)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import date, datetime, time, timedelta
from typing import NamedTuple
from urllib.parse import urlencode
from uuid import UUID

from espace_sante.documents.filtre import Borne, Filtre
from espace_sante.documents.filtre import Tri as ChampTri
from espace_sante.documents.nomenclatures import RUBRIQUES, Rubrique, types_de_rubrique
from espace_sante.web.espace import recherche
from espace_sante.web.espace.calendrier import PARIS, aujourd_hui

# An author that is no number: the holder himself (rule DOC-57).
MOI = "titulaire"
TEXTE_MIN, TEXTE_MAX, PAGES_MAX = 2, 100, 1000


class Ordre(NamedTuple):
    """One of the six orders (rule DOC-56)."""

    libelle: str
    champ: ChampTri
    descendant: bool


ORDRES = {
    "recents": Ordre("Les plus récents d’abord", "creation", True),
    "anciens": Ordre("Les plus anciens d’abord", "creation", False),
    "titre": Ordre("Titre, de A à Z", "titre", False),
    "titre-inverse": Ordre("Titre, de Z à A", "titre", True),
    "auteur": Ordre("Auteur, de A à Z", "auteur_nom", False),
    "auteur-inverse": Ordre("Auteur, de Z à A", "auteur_nom", True),
}
_RUBRIQUES = {r.code: r for r in RUBRIQUES}


@dataclass(frozen=True, slots=True)
class Plage:
    """A range of days; `erreurs` names in French what cannot be."""

    du: date | None = None
    au: date | None = None
    erreurs: Mapping[str, str] = field(default_factory=dict)


def lire_plage(params: Mapping[str, str], *, jour: date | None = None) -> Plage:
    """Start not after end, nothing in the future (rule AUD-07); a date that is wrong is left out and said."""
    jour = jour or aujourd_hui()
    valeurs: dict[str, date | None] = {"du": None, "au": None}
    erreurs: dict[str, str] = {}
    for nom in valeurs:
        texte = params.get(nom, "").strip()
        if not texte:
            continue
        try:
            valeurs[nom] = date.fromisoformat(texte)
        except ValueError:
            erreurs[nom] = "Écrivez la date comme ceci\u00a0: 03/03/2026."
            continue
        if valeurs[nom] > jour:  # type: ignore[operator]
            erreurs[nom] = "Cette date est dans le futur. Choisissez une date passée."
            valeurs[nom] = None
    du, au = valeurs["du"], valeurs["au"]
    if du and au and du > au:
        erreurs["du"] = "La date de début est après la date de fin. Inversez les deux dates."
        du = au = None
    return Plage(du, au, erreurs)


def minuit(jour: date) -> datetime:
    """The first instant of a day in Paris."""
    return datetime.combine(jour, time.min, PARIS)


@dataclass(frozen=True, slots=True, kw_only=True)
class Criteres:
    """Criteria as read; what was wrong is in `erreurs` and does not narrow the list."""

    rubrique: Rubrique | None = None
    auteur: str = ""
    texte: str = ""
    du: date | None = None
    au: date | None = None
    masques: bool = False
    epingles: bool = False
    dossier: UUID | None = None
    ordre: str = "recents"
    page: int = 1
    erreurs: Mapping[str, str] = field(default_factory=dict)

    @property
    def actifs(self) -> int:
        """How many criteria narrow the list, the heading apart."""
        dates = bool(self.du or self.au)
        return sum(
            (bool(self.auteur), bool(self.texte), dates, self.masques, self.epingles, bool(self.dossier))
        )

    @property
    def restreint(self) -> bool:
        return bool(self.rubrique) or self.actifs > 0

    def filtre(self, limite: int) -> Filtre:
        """The search of one page. Archived documents are not in ordinary lists (rule DOC-37)."""
        ordre = ORDRES[self.ordre]
        return Filtre(
            types=(types_de_rubrique(self.rubrique.code) or ("",)) if self.rubrique else (),
            auteurs=(self.auteur,) if self.auteur not in {"", MOI} else (),
            deposants=(MOI,) if self.auteur == MOI else (),
            epingles=self.epingles,
            dossier_perso=self.dossier,
            texte=self.texte if len(self.texte) >= TEXTE_MIN else "",
            bornes=tuple(_bornes(self.du, self.au)),
            masque=True if self.masques else None,
            archive=False,
            tri=ordre.champ,
            descendant=ordre.descendant,
            limite=limite,
            decalage=(self.page - 1) * limite,
        )

    def adresse(self, dossier_id: UUID, **changements: object) -> str:
        """The query of an address that asks the same with some changes; page one unless it is given."""
        c = replace(self, **{"page": 1, **changements})  # type: ignore[arg-type]
        champs = {
            "rubrique": c.rubrique.code if c.rubrique else "",
            "ordre": c.ordre if c.ordre != "recents" else "",
            "du": c.du.isoformat() if c.du else "",
            "au": c.au.isoformat() if c.au else "",
            "masques": "oui" if c.masques else "",
            "epingles": "oui" if c.epingles else "",
            "dossier": str(c.dossier) if c.dossier else "",
            "r": recherche.fermer(c.texte, c.auteur, dossier_id),
            "page": str(c.page) if c.page > 1 else "",
        }
        requete = urlencode({nom: valeur for nom, valeur in champs.items() if valeur})
        return f"?{requete}" if requete else "?"


def lire(params: Mapping[str, str], dossier_id: UUID) -> Criteres:
    """Criteria of an address, or of the form that was sent (which names `texte` and `auteur` in clear)."""
    plage = lire_plage(params)
    erreurs = dict(plage.erreurs)
    texte, auteur = recherche.ouvrir(params.get("r", ""), dossier_id)
    texte = _propre(params.get("texte", texte))[:TEXTE_MAX]
    if texte and len(texte) < TEXTE_MIN:
        erreurs["texte"] = "Écrivez au moins deux lettres."
    ordre = params.get("ordre", "")
    page = params.get("page", "")
    return Criteres(
        rubrique=_RUBRIQUES.get(params.get("rubrique", "")),
        auteur=_propre(params.get("auteur", auteur))[:40],
        texte=texte,
        du=plage.du,
        au=plage.au,
        masques=params.get("masques", "") == "oui",
        epingles=params.get("epingles", "") == "oui",
        dossier=_uuid(params.get("dossier", "")),
        ordre=ordre if ordre in ORDRES else "recents",
        page=min(int(page[:6]), PAGES_MAX) or 1 if page.isascii() and page.isdigit() else 1,
        erreurs=erreurs,
    )


def _uuid(texte: str) -> UUID | None:
    try:
        return UUID(texte)
    except ValueError:
        return None


def _propre(texte: str) -> str:
    """Without line breaks, control characters or doubled spaces (a zero byte is refused by the database)."""
    return " ".join("".join(c if c.isprintable() else " " for c in texte).split())


def _bornes(du: date | None, au: date | None) -> list[Borne]:
    bornes = []
    if du:
        bornes.append(Borne("creation", "ge", minuit(du), minuit(du + timedelta(days=1))))
    if au:
        bornes.append(Borne("creation", "le", minuit(au), minuit(au + timedelta(days=1))))
    return bornes
