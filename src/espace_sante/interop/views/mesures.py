"""Measures: written by a transaction, searched, read, changed, deleted (FHR-141 to FHR-153)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final, TypeVar
from urllib.parse import urlencode
from uuid import UUID

import orjson
from django.conf import settings
from django.http import HttpRequest, HttpResponse

from espace_sante.acces.appairages.droits import Sens
from espace_sante.identite.sujets import sujet
from espace_sante.interop import reponses
from espace_sante.interop.appairage import ENTETE, AppelService
from espace_sante.interop.fhir import mesures_rendu as rendu
from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.erreurs_mesures import ErreurMesure
from espace_sante.interop.fhir.identifiants import composer, decomposer
from espace_sante.interop.fhir.mesures import (
    MAX_OCTETS,
    MesureLue,
    constats_de,
    lire_lot,
    lire_observation,
    source_permise,
)
from espace_sante.interop.fhir.mesures_personne import Personne
from espace_sante.interop.fhir.mesures_recherche import DemandeMesures, lire_recherche
from espace_sante.interop.mesures import noter, ouvrir, pour_les_mesures, vue_mesures
from espace_sante.interop.requete import Appel, base, lire_corps, lire_parametres
from espace_sante.interop.views import depots
from espace_sante.profil_medical import ecriture, queries
from espace_sante.profil_medical.carnet import Carnet
from espace_sante.profil_medical.errors import MesureIntrouvable, MesureRefusee
from espace_sante.profil_medical.genres import IMC, genres
from espace_sante.profil_medical.nouvelle import NouvelleMesure
from espace_sante.profil_medical.queries import MesureVue
from espace_sante.traces.ecriture import Action

R = TypeVar("R")
# Digits of a version.
_VERSION_MAX: Final = 9
_FAIT: Final = {True: "201 Created", False: "200 OK"}


def racine(requete: HttpRequest) -> HttpResponse:
    """POST [base]: a deposit (ITI-65), or the measure of a paired service: its tokens tell. Deposits pay nothing for it."""
    if ENTETE in requete.headers and pour_les_mesures(requete):
        return ecrire(requete)
    reponse = depots.lot(requete)
    if reponse.status_code == 403 and pour_les_mesures(requete):
        return ecrire(requete)
    return reponse


@vue_mesures("c", Action.MESURE_AJOUTEE)
def ecrire(appel: Appel) -> HttpResponse:
    """POST [base]: one Observation and at most one Device; the same one sent again is found (FHR-141, FHR-153)."""
    action = Action.MESURE_AJOUTEE
    lue = _lire(appel, action, lambda corps: lire_lot(corps, fictifs=_fictifs()))
    with _juger(appel, action), ouvrir(appel, lue.personne) as carnet:
        nouvelle = _a_garder(carnet, lue)
        fait = ecriture.ajouter(carnet, nouvelle, maintenant=datetime.now(UTC))
    adresses = {
        "Observation": (f"Observation/{composer(carnet.dossier_id, fait.mesure.id)}", fait.nouvelle),
        "Device": (
            f"Device/{composer(carnet.dossier_id, fait.appareil_id or UUID(int=0))}",
            fait.nouvel_appareil,
        ),
    }
    corps = rendu.observation(fait.mesure, _lecteur(appel, carnet, lue.personne))
    entrees = []
    for type_ in lue.ordre:
        adresse, cree = adresses[type_]
        reponse = {"status": _FAIT[cree], "location": adresse}
        entree: dict[str, object] = {"response": reponse}
        if type_ == "Observation":
            reponse["etag"] = f'W/"{fait.mesure.version}"'
            if "return=representation" in appel.preferences:
                entree["resource"] = orjson.Fragment(corps)
        entrees.append(entree)
    lot = {"resourceType": "Bundle", "type": "transaction-response", "entry": entrees}
    return reponses.json(orjson.dumps(lot))


@vue_mesures("s", Action.MESURES_LUES)
def chercher(appel: Appel) -> HttpResponse:
    """GET [base]/Observation?… and POST [base]/Observation/_search (FHR-149)."""
    demande = lire_recherche(lire_parametres(appel.requete), fictifs=_fictifs(), strict=appel.strict)
    with ouvrir(appel, demande.personne) as carnet:
        lecteur = _lecteur(appel, carnet, demande.personne)
        inclus: list[tuple[str, bytes]] = []
        if demande.genre.code_genre == IMC:
            lus, total = queries.lister_imc(carnet, demande.plage)
            trouves = [rendu.imc(vu, lecteur) for vu in lus]
        else:
            page = queries.lister(carnet, demande.genre, demande.plage)
            total = page.total
            trouves = [
                (_adresse("Observation", carnet.dossier_id, vue.id), rendu.observation(vue, lecteur))
                for vue in page.elements
            ]
            if demande.appareils:
                cites = {vue.appareil_id for vue in page.elements if vue.appareil_id}
                inclus = [
                    (_adresse("Device", carnet.dossier_id, i), rendu.appareil(carnet.dossier_id, i, r))
                    for i, r in queries.appareils(carnet, cites).items()
                ]
    liens = _liens(appel, carnet, demande, total)
    return reponses.searchset(total, liens, trouves, demande.avertissements, inclus)


@vue_mesures("r", Action.MESURES_LUES)
def lire(appel: Appel, fil: str) -> HttpResponse:
    """GET [base]/Observation/<id>."""
    with _ouvrir_par_fil(appel, fil) as (carnet, mesure_id):
        vue = queries.trouver(carnet, mesure_id)
        carnet.exiger(genres()[vue.genre], Sens.LIRE)
        carnet.noter(Action.MESURES_LUES, genres()[vue.genre])
    return _reponse(appel, carnet, vue)


@vue_mesures("u", Action.MESURE_CHANGEE)
def changer(appel: Appel, fil: str) -> HttpResponse:
    """PUT [base]/Observation/<id>: what this caller wrote (FHR-150)."""
    action = Action.MESURE_CHANGEE
    lue, identifiant = _lire(appel, action, lambda corps: lire_observation(corps, fictifs=_fictifs()))
    if identifiant != fil:
        raise RefusFhir(
            [Erreur.VALEUR_FIXE.constat("Observation.id", element="Observation.id", attendu="<id>")]
        )
    ids = decomposer(fil)
    if ids is None:
        raise RefusFhir([Erreur.INTROUVABLE.constat()])
    with _juger(appel, action), ouvrir(appel, lue.personne) as carnet:
        if ids[0] != carnet.dossier_id:
            raise MesureIntrouvable
        vue = ecriture.changer(
            carnet, ids[1], _a_garder(carnet, lue), maintenant=datetime.now(UTC), version=_version(appel)
        )
    return _reponse(appel, carnet, vue, lue.personne)


@vue_mesures("u", Action.MESURE_SUPPRIMEE)
def supprimer(appel: Appel, fil: str) -> HttpResponse:
    """DELETE [base]/Observation/<id>: what this caller wrote (FHR-150); 204."""
    with _ouvrir_par_fil(appel, fil) as (carnet, mesure_id):
        ecriture.supprimer(carnet, mesure_id, version=_version(appel))
    reponse = HttpResponse(status=204)
    reponse["Cache-Control"] = "no-store"
    return reponse


@vue_mesures("r", Action.MESURES_LUES)
def lire_appareil(appel: Appel, fil: str) -> HttpResponse:
    """GET [base]/Device/<id>: its own, or one that measured what it may read."""
    with _ouvrir_par_fil(appel, fil) as (carnet, appareil_id):
        auteur = queries.auteur_de_l_appareil(carnet, appareil_id)
        if auteur is None or not (auteur == carnet.client_id or _mesure_lisible(carnet, appareil_id)):
            raise MesureIntrouvable
        ressource = queries.appareils(carnet, {appareil_id})[appareil_id]
    return reponses.json(rendu.appareil(carnet.dossier_id, appareil_id, ressource))


def _lire(appel: Appel, action: Action, lecteur: Callable[[bytes], R]) -> R:
    """The body, judged; what is refused is traced. Raises RefusFhir."""
    try:
        annonce = appel.requete.headers.get("Content-Length", "")
        if annonce.isascii() and annonce.isdigit() and int(annonce) > MAX_OCTETS:
            raise RefusFhir([ErreurMesure.TROP_GRANDE.constat(maximum=MAX_OCTETS)])
        return lecteur(lire_corps(appel.requete))
    except RefusFhir as refus:
        noter(appel, action, refus.constats[0].code)
        raise


@contextmanager
def _juger(appel: Appel, action: Action) -> Iterator[None]:
    """What the rules refuse inside an opening, told as findings and traced; the opening has left nothing."""
    try:
        yield
    except MesureRefusee as refuse:
        constats = constats_de(refuse.ecarts)
        noter(appel, action, constats[0].code)
        raise RefusFhir(constats) from None
    except RefusFhir as refus:
        noter(appel, action, refus.constats[0].code)
        raise


def _a_garder(carnet: Carnet, lue: MesureLue) -> NouvelleMesure:
    """With its source and its instrument, which only the opened record can tell. Raises RefusFhir 409, 422."""
    if not source_permise(lue.nouvelle.source, carnet.source):
        raise RefusFhir([ErreurMesure.SOURCE.constat("Observation.meta.source")])
    if not lue.appareil_cite:
        return lue.nouvelle
    ids = decomposer(lue.appareil_cite.rpartition("/")[2])
    if (
        ids is None
        or ids[0] != carnet.dossier_id
        or queries.auteur_de_l_appareil(carnet, ids[1]) != carnet.client_id
    ):
        raise RefusFhir([ErreurMesure.LIEN_APPAREIL.constat("Observation.device")])
    return replace(lue.nouvelle, appareil_id=ids[1])


@contextmanager
def _ouvrir_par_fil(appel: Appel, fil: str) -> Iterator[tuple[Carnet, UUID]]:
    """The caller's record, and the resource that an id names in it; another record's is not told apart from none."""
    ids = decomposer(fil)
    with ouvrir(appel, None) as carnet:
        if ids is None or ids[0] != carnet.dossier_id:
            raise MesureIntrouvable
        yield carnet, ids[1]


def _mesure_lisible(carnet: Carnet, appareil_id: UUID) -> bool:
    """Whether this instrument measured a kind that the caller may read."""
    connus = genres()
    permis = carnet.lisibles(connus.values())
    return any(g in permis for g in queries.genres_de_l_appareil(carnet, appareil_id))


def _reponse(appel: Appel, carnet: Carnet, vue: MesureVue, personne: Personne | None = None) -> HttpResponse:
    """One measure, with its ETag; 304 when the caller has it already (FHR-13)."""
    if f'W/"{vue.version}"' in appel.requete.headers.get("If-None-Match", ""):
        reponse = HttpResponse(status=304)
        reponse["Cache-Control"] = "no-store"
    elif "return=minimal" in appel.preferences:
        reponse = reponses.json(b"")
    else:
        reponse = reponses.json(rendu.observation(vue, _lecteur(appel, carnet, personne)))
    return reponses.etiqueter(reponse, vue.version, vue.maj_le)


def _lecteur(appel: Appel, carnet: Carnet, personne: Personne | None) -> rendu.Lecteur:
    return rendu.Lecteur(carnet.dossier_id, personne or _sans_ins(appel, carnet), _service())


def _sans_ins(appel: Appel, carnet: Carnet) -> Personne:
    """The holder as this caller may always name him: no INS in an address, nor told to who did not give it."""
    if isinstance(appel, AppelService):
        return Personne(settings.ES_BASE_URL, sujet(appel.acteur.client_id, carnet.dossier_id))
    return Personne(settings.ES_BASE_URL, str(carnet.dossier_id))


def _liens(appel: Appel, carnet: Carnet, demande: DemandeMesures, total: int) -> list[tuple[str, str]]:
    """`self`, `previous`, `next`: addresses that can be called as they are."""
    qui = _sans_ins(appel, carnet)
    limite = demande.plage.limite

    def lien(page: int) -> str:
        criteres = [
            ("subject.identifier", f"{qui.systeme}|{qui.valeur}"), *demande.utilises,
            ("_offset", str(page)), ("_count", str(limite)),
        ]  # fmt: skip
        return f"{base()}/Observation?{urlencode(criteres)}"

    liens = [("self", lien(demande.page))]
    if demande.page and limite:
        liens.append(("previous", lien(demande.page - 1)))
    if limite and (demande.page + 1) * limite < total:
        liens.append(("next", lien(demande.page + 1)))
    return liens


def _version(appel: Appel) -> int | None:
    """`If-Match`; what is no version of ours is none that is current."""
    entete = appel.requete.headers.get("If-Match", "").strip()
    if not entete:
        return None
    lu = entete.removeprefix("W/").strip('"')
    return int(lu) if lu.isascii() and lu.isdigit() and len(lu) < _VERSION_MAX else 0


def _adresse(type_: str, dossier_id: UUID, identifiant: UUID) -> str:
    return f"{base()}/{type_}/{composer(dossier_id, identifiant)}"


def _service() -> str:
    """URI of this service, source of what holders type themselves."""
    return f"{settings.ES_BASE_URL}/espace/mesures/"


def _fictifs() -> bool:
    return settings.ES_INSTANCE != "production"
