"""Schedule and Slot, where the installation keeps them; elsewhere they are not here at all (FHR-158)."""

from __future__ import annotations

from base64 import urlsafe_b64decode, urlsafe_b64encode
from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from functools import wraps
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.http import HttpRequest, HttpResponse

from espace_sante.acces.constats import noter_refus
from espace_sante.agenda import creneaux
from espace_sante.agenda.creneaux import FiltreCreneaux
from espace_sante.agenda.errors import PlanningRefuse
from espace_sante.agenda.models import Creneau, Planning
from espace_sante.interop import reponses
from espace_sante.interop.fhir import planning
from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.erreurs_agenda import ErreurAgenda
from espace_sante.interop.fhir.jetons import decouper, lire_jeton
from espace_sante.interop.fhir.parametres import LectureParametres
from espace_sante.interop.fhir.patch import MAX_PATCH, json_patch
from espace_sante.interop.fhir.valeurs import SYSTEME_URI, date_cherchee, lire_id
from espace_sante.interop.requete import Appel, base, lire_corps, lire_parametres, lire_patch
from espace_sante.interop.views import publiques
from espace_sante.interop.views.enveloppe import Vue, par_methode, vue_fhir
from espace_sante.traces.ecriture import Action

_REFUS: Final[dict[str, ErreurAgenda]] = {
    "planning_interdit": ErreurAgenda.PLANNING_INTERDIT,
    "planning_reserve": ErreurAgenda.PLANNING_INTERDIT,
    "planning_doublon": ErreurAgenda.PLANNING_DOUBLON,
    "trop_de_creneaux": ErreurAgenda.PLANNING_TROP_GRAND,
}
_ALIAS: Final = {
    "GAP_Slot_earliestStart": "earliestStart", "GAP_Slot_latestStart": "latestStart",
    "GAP_Schedule_Actor": "schedule.actor", "Schedule-actor": "schedule.actor", "schedule:actor": "schedule.actor",
}  # fmt: skip
_OPERATEURS: Final = {"earliestStart": "ge", "latestStart": "le"}
_SUITE: Final = "_suite"


def si_tenus(**vues: Vue) -> Vue:
    """One address: a view for each method, and nothing at all where slots are not kept."""
    aiguiller = par_methode(**vues)

    @wraps(aiguiller)
    def choisir(requete: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
        return aiguiller(requete, *args, **kwargs) if creneaux.actifs() else publiques.ailleurs(requete)

    return choisir


def _portees(ressource: str, lettre: str) -> tuple[str, str]:
    return f"user/{ressource}.{lettre}", f"system/{ressource}.{lettre}"


def _tenir(lettre: str) -> Callable[[Callable[..., HttpResponse]], Vue]:
    """A view that changes schedules: refusals of the room as findings, traced."""

    def decorer(vue: Callable[..., HttpResponse]) -> Vue:
        @vue_fhir(*_portees("Schedule", lettre))
        @wraps(vue)
        def enveloppee(appel: Appel, *args: str, **kwargs: str) -> HttpResponse:
            try:
                return vue(appel, *args, **kwargs)
            except PlanningRefuse as refus:
                noter_refus(appel.acteur, Action.PLANNING, refus.code, contexte=appel.contexte)
                raise RefusFhir([_REFUS[refus.code].constat("Schedule")]) from None

        return enveloppee

    return decorer


@_tenir("c")
def creer(appel: Appel) -> HttpResponse:
    """POST [base]/Schedule: 201, its slots cut."""
    lu = planning.lire_planning(lire_corps(appel.requete))
    fait = creneaux.ajouter(appel.acteur, lu, contexte=appel.contexte)
    reponse = _reponse(fait, 201)
    reponse["Location"] = f"{base()}/Schedule/{fait.id}"
    return reponse


@_tenir("u")
def changer(appel: Appel, texte: str) -> HttpResponse:
    """PUT [base]/Schedule/<id>: slots that are taken stay."""
    return _changer(appel, _id(texte), lire_corps(appel.requete))


@_tenir("u")
def modifier(appel: Appel, texte: str) -> HttpResponse:
    """PATCH [base]/Schedule/<id>, in JSON Patch: then as a PUT of the whole."""
    _, corps = lire_patch(appel.requete, (json_patch.MEDIA,), MAX_PATCH)
    ancien = creneaux.lire_planning(_id(texte))
    if ancien is None:
        raise RefusFhir([Erreur.INTROUVABLE.constat()])
    neuf = planning.modifier(bytes(ancien.ressource), json_patch.lire_json(corps))
    return _changer(appel, ancien.id, neuf)


@_tenir("d")
def supprimer(appel: Appel, texte: str) -> HttpResponse:
    """DELETE [base]/Schedule/<id>: 204; appointments already made stay."""
    if not creneaux.supprimer(appel.acteur, _id(texte), contexte=appel.contexte):
        raise RefusFhir([Erreur.INTROUVABLE.constat()])
    return HttpResponse(status=204)


@vue_fhir(*_portees("Slot", "r"))
def lire(appel: Appel, texte: str) -> HttpResponse:
    """GET [base]/Slot/<id>."""
    page, _ = creneaux.chercher(FiltreCreneaux(ids=(_id(texte),), limite=1))
    if not page:
        raise RefusFhir([Erreur.INTROUVABLE.constat()])
    return reponses.etiqueter(reponses.json(_slot(page[0])), page[0].version, page[0].maj_le)


@vue_fhir(*_portees("Slot", "s"))
def chercher(appel: Appel) -> HttpResponse:
    """GET [base]/Slot?… and POST [base]/Slot/_search: the soonest first."""
    lecture = _Lecture(fictifs=True)
    lus = [
        (_ALIAS.get(n, n), v) for n, v in lire_parametres(appel.requete) if n not in ("_format", "_pretty")
    ]
    lecteurs: dict[str, Callable[[str, str], None]] = {
        "_id": lecture.id, "identifier": lecture.id, "status": lecture.statut, "schedule": lecture.planning,
        "schedule.actor": lecture.acteur, "start": lecture.date, "earliestStart": lecture.date,
        "latestStart": lecture.date, "_count": lecture.compte, _SUITE: lecture.reprendre,
    }  # fmt: skip
    lecture.lire(lus, lecteurs, patient=(_SUITE,), strict=appel.strict)
    if lecture.constats:
        raise RefusFhir(lecture.constats)
    adresse, criteres = f"{base()}/Slot", urlencode(lecture.utilises)
    filtre = replace(lecture.filtre, limite=max(lecture.limite, 1))
    page, suite = ([], None) if lecture.vide else creneaux.chercher(filtre)
    liens = [("self", f"{adresse}?{criteres}" if criteres else adresse)]
    if suite is not None:
        liens.append(("next", f"{adresse}?{urlencode([*lecture.utilises, (_SUITE, _position(suite))])}"))
    total = None if suite or filtre.apres else len(page)
    return reponses.searchset(
        total, liens, [(f"{adresse}/{c.id}", _slot(c)) for c in page], lecture.avertissements
    )


class _Lecture(LectureParametres):
    """Parameters of Slot. Availabilities name no patient: no cursor needs to be sealed."""

    filtre = FiltreCreneaux()

    def _parmi(self, champ: str, valeurs: tuple[object, ...]) -> None:
        self.vide = self.vide or not valeurs
        self.filtre = replace(self.filtre, **{champ: valeurs})  # type: ignore[arg-type]

    def id(self, nom: str, valeur: str) -> None:
        jetons = [lire_jeton(v) for v in decouper(valeur)]
        siens = [j.code.removeprefix("urn:uuid:") for j in jetons if j.systeme in (None, SYSTEME_URI)]
        self._parmi("ids", tuple(i for i in map(lire_id, siens) if i))

    def statut(self, nom: str, valeur: str) -> None:
        self._parmi("statuts", tuple(lire_jeton(v).code for v in decouper(valeur)))

    def planning(self, nom: str, valeur: str) -> None:
        fins = (v.rpartition("Schedule/")[2] for v in decouper(valeur))
        self._parmi("plannings", tuple(i for i in map(lire_id, fins) if i))

    def acteur(self, nom: str, valeur: str) -> None:
        self._parmi("acteurs", tuple(decouper(valeur)))

    def date(self, nom: str, valeur: str) -> None:
        lue = date_cherchee(valeur)
        if isinstance(lue, Erreur):
            self.constats.append(Erreur.DATE_INVALIDE.constat(f"http.{nom}"))
            return
        prefixe, debut, fin = lue
        du, au = {
            "eq": (debut, fin), "ge": (debut, None), "gt": (fin, None), "sa": (fin, None),
            "le": (None, fin), "lt": (None, debut), "eb": (None, debut),
        }[prefixe or _OPERATEURS.get(nom, "eq")]  # fmt: skip
        f = self.filtre
        self.filtre = replace(
            f,
            du=du if f.du is None or (du and du > f.du) else f.du,
            au=au if f.au is None or (au and au < f.au) else f.au,
        )

    def reprendre(self, nom: str, valeur: str) -> None:
        try:
            moment, _, dernier = urlsafe_b64decode(valeur).decode().partition("|")
            self.filtre = replace(self.filtre, apres=(datetime.fromisoformat(moment), UUID(dernier)))
        except ValueError:
            self.constats.append(Erreur.CURSEUR_INVALIDE.constat(f"http.{nom}"))


def _position(suite: tuple[datetime, UUID]) -> str:
    return urlsafe_b64encode(f"{suite[0].isoformat()}|{suite[1]}".encode()).decode()


def _changer(appel: Appel, planning_id: UUID, corps: bytes) -> HttpResponse:
    lu = planning.lire_planning(corps)
    fait = creneaux.changer(appel.acteur, planning_id, lu, contexte=appel.contexte)
    if fait is None:
        raise RefusFhir([Erreur.INTROUVABLE.constat()])
    return _reponse(fait, 200)


def _reponse(fait: Planning, statut: int) -> HttpResponse:
    corps = planning.ressource(fait.id, fait.version, fait.maj_le, bytes(fait.ressource))
    return reponses.etiqueter(reponses.json(corps, statut), fait.version, fait.maj_le)


def _slot(c: Creneau) -> bytes:
    return planning.creneau(
        c.id, c.planning_id, c.statut, (c.debut, c.fin), c.prestations, c.version, c.maj_le
    )


def _id(texte: str) -> UUID:
    lu = lire_id(texte)
    if lu is None:
        raise RefusFhir([Erreur.INTROUVABLE.constat()])
    return lu
