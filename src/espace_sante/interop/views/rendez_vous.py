"""Appointment: put, changed and read by a program or a paired service (FHR-154 to FHR-157)."""

from __future__ import annotations

import hashlib
import re
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache, wraps
from typing import Any, Final
from urllib.parse import urlencode

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from espace_sante.acces.constats import noter_refus
from espace_sante.acces.errors import EspaceFerme
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import Cible, resoudre
from espace_sante.agenda import services
from espace_sante.agenda.errors import RendezVousIntrouvable, RendezVousRefuse
from espace_sante.agenda.filtre import FiltreAgenda, empreinte
from espace_sante.agenda.porte import Agenda, agenda_du_titulaire, ouvrir_agenda
from espace_sante.agenda.valeurs import RendezVousVu
from espace_sante.identite.index import cle_hachage
from espace_sante.interop import reponses
from espace_sante.interop.appairage import ENTETE, est_un_service, vue_service
from espace_sante.interop.fhir import curseur
from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.curseur import Reprise
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.erreurs_agenda import ErreurAgenda
from espace_sante.interop.fhir.identifiants import composer, decomposer
from espace_sante.interop.fhir.jetons import Jeton, decouper, lire_jeton
from espace_sante.interop.fhir.rendez_vous import RendezVousLu, lire_rendez_vous
from espace_sante.interop.fhir.rendez_vous_recherche import DemandeRendezVous, lire_recherche
from espace_sante.interop.fhir.rendez_vous_rendu import ressource
from espace_sante.interop.requete import Appel, base, lire_corps, lire_parametres
from espace_sante.interop.views.enveloppe import Vue, vue_fhir
from espace_sante.kernel.codes import GenreActeur
from espace_sante.traces.ecriture import Action

_CURSEUR: Final = "_curseur"
_VERSION: Final = re.compile(r'(?:W/)?"(\d{1,9})"', re.ASCII)
_REFUS: Final[dict[str, Erreur | ErreurAgenda]] = {
    "aucun_dossier": ErreurAgenda.SANS_DOSSIER,
    "dossier_ferme": Erreur.DOSSIER_INACTIF,
    "dossier_indisponible": Erreur.DOSSIER_INACTIF,
    "ins_non_qualifiee": Erreur.DICAH_I,
    "source_interdite": ErreurAgenda.INTERDIT,
    "transition": ErreurAgenda.TRANSITION,
    "statut": ErreurAgenda.STATUT,
    "doublon": ErreurAgenda.DOUBLON,
    "plusieurs": ErreurAgenda.PLUSIEURS,
    "rendez_vous_perime": ErreurAgenda.PERIME,
    "autre_source": ErreurAgenda.AUTRE_SOURCE,
    "creneau_pris": ErreurAgenda.CRENEAU_PRIS,
    "creneau_inconnu": ErreurAgenda.CRENEAU_INCONNU,
}


def _vue(lettre: str) -> Callable[[Callable[..., HttpResponse]], Vue]:
    """A view for a program (`user/`, `system/`), the holder's own token, or a pairing (`patient/` and `X-Id-Token`)."""
    portees = (f"user/Appointment.{lettre}", f"system/Appointment.{lettre}")
    patient = f"patient/Appointment.{lettre}"

    def decorer(vue: Callable[..., HttpResponse]) -> Vue:
        def traduite(appel: Appel, /, *args: str, **kwargs: str) -> HttpResponse:
            try:
                return vue(appel, *args, **kwargs)
            except RendezVousRefuse as refus:
                constat = _REFUS[refus.code].constat()
                if refus.code == "doublon":
                    fil = composer(refus.details["dossier"], refus.details["existant"])  # type: ignore[arg-type]
                    constat = replace(constat, diagnostic=f"Appointment/{fil}")
                raise RefusFhir([constat]) from None
            except RendezVousIntrouvable:
                raise RefusFhir([Erreur.INTROUVABLE.constat()]) from None
            except EspaceFerme:
                raise RefusFhir([Erreur.DICAH_D.constat()]) from None

        def sans_appairage(appel: Appel, /, *args: str, **kwargs: str) -> HttpResponse:
            if appel.acteur.genre is GenreActeur.SERVICE:
                raise RefusFhir([Erreur.PORTEE.constat()])
            return traduite(appel, *args, **kwargs)

        programme = vue_fhir(*portees, *((patient,) if lettre in "rs" else ()))(sans_appairage)
        service = vue_service(patient)(traduite)

        @wraps(vue)
        def selon_le_jeton(requete: HttpRequest, *args: str, **kwargs: str) -> HttpResponse:
            # A suspended service is told so only by the door of services.
            choisie = service if ENTETE in requete.headers or est_un_service(requete) else programme
            return choisie(requete, *args, **kwargs)

        return selon_le_jeton

    return decorer


@_vue("c")
def creer(appel: Appel) -> HttpResponse:
    """POST [base]/Appointment: 201 (FHR-154)."""
    lu = _lire(appel, Action.RENDEZ_VOUS_AJOUT)
    with _agenda(appel, _cible(lu), Action.RENDEZ_VOUS_AJOUT) as agenda:
        return _reponse(services.ajouter(agenda, lu.rendez_vous), agenda, 201)


@_vue("u")
def poser(appel: Appel) -> HttpResponse:
    """PUT [base]/Appointment?identifier=<system>|<value>: 201, 200 or 412 (FHR-154, FHR-156)."""
    version = _version(appel)
    jetons = _designation(appel)
    lu = _lire(appel, Action.RENDEZ_VOUS_CHANGEMENT)
    if not any(
        j.code == i.valeur and j.systeme in (None, i.systeme)
        for j in jetons
        for i in lu.rendez_vous.identifiants
    ):
        # Sent again, it would find nothing and be doubled (AGD-21).
        raise RefusFhir([ErreurAgenda.AUTRE_IDENTIFIANT.constat("Appointment.identifier")])
    hachees = tuple(empreinte(j.systeme, j.code, cle_hachage()) for j in jetons)
    with _agenda(appel, _cible(lu), Action.RENDEZ_VOUS_CHANGEMENT) as agenda:
        vu, nouveau = services.poser(agenda, hachees, lu.rendez_vous, version)
        return _reponse(vu, agenda, 201 if nouveau else 200)


@_vue("u")
def changer(appel: Appel, fil: str) -> HttpResponse:
    """PUT [base]/Appointment/<id>, of the caller's own (FHR-156)."""
    version = _version(appel)
    ids = _ids(fil)
    lu = _lire(appel, Action.RENDEZ_VOUS_CHANGEMENT)
    cible = _cible(lu)
    if resoudre(cible) != ids[0]:
        # Another person's: nobody's appointment goes from one agenda to another.
        raise RefusFhir([Erreur.INTROUVABLE.constat()])
    with _agenda(appel, cible, Action.RENDEZ_VOUS_CHANGEMENT) as agenda:
        return _reponse(services.changer(agenda, ids[1], lu.rendez_vous, version), agenda, 200)


@_vue("r")
def lire(appel: Appel, fil: str) -> HttpResponse:
    """GET [base]/Appointment/<id>."""
    dossier_id, rendez_vous_id = _ids(fil)
    with _agenda(appel, dossier_id, Action.RENDEZ_VOUS_LECTURE) as agenda:
        return _reponse(services.lire(agenda, rendez_vous_id), agenda, 200)


@_vue("s")
def chercher(appel: Appel) -> HttpResponse:
    """GET [base]/Appointment?… and POST [base]/Appointment/_search (FHR-157)."""
    parametres = lire_parametres(appel.requete)
    texte = next((valeur for nom, valeur in parametres if nom == _CURSEUR), "")
    if texte:
        reprise = curseur.ouvrir(
            texte, FiltreAgenda, cle=_cle(), appelant=_appelant(appel), maintenant=int(time.time())
        )
        demande = DemandeRendezVous(ins=None, dossier_id=reprise.dossier_id, filtre=reprise.filtre)
        lien = f"?{urlencode({_CURSEUR: texte})}"
    else:
        demande = lire_recherche(
            parametres,
            cle=cle_hachage(),
            fictifs=settings.ES_INSTANCE != "production",
            strict=appel.strict,
            sans_patient=appel.acteur.genre in {GenreActeur.SERVICE, GenreActeur.TITULAIRE},
        )
        lien = f"?{urlencode(demande.utilises)}" if demande.utilises else ""
    cible: Cible | None = demande.ins or demande.dossier_id
    if demande.ins and demande.dossier_id and resoudre(demande.ins) != demande.dossier_id:
        # They name two people.
        demande = replace(demande, vide=True)
    with _agenda(appel, cible, Action.RENDEZ_VOUS_LECTURE) as agenda:
        return _page(appel, agenda, demande, lien, suite=bool(texte))


def _page(
    appel: Appel, agenda: Agenda, demande: DemandeRendezVous, lien: str, *, suite: bool
) -> HttpResponse:
    adresse = f"{base()}/Appointment"
    liens = [("self", adresse + lien)]
    filtre = demande.filtre
    if demande.vide or not filtre.limite:
        page = services.lister(agenda, replace(filtre, limite=1))
        total = 0 if demande.vide else services.compter(agenda, filtre)
        return reponses.searchset(total, liens, [], demande.avertissements)
    page = services.lister(agenda, filtre)
    if page.suite:
        apres = Reprise(agenda.dossier_id, replace(filtre, apres=page.suite))
        scelle = curseur.sceller(apres, cle=_cle(), appelant=_appelant(appel), maintenant=int(time.time()))
        liens.append(("next", f"{adresse}?{urlencode({_CURSEUR: scelle})}"))
    entier = not (page.suite or suite)
    trouves = [
        (f"{adresse}/{composer(vu.dossier_id, vu.id)}", ressource(vu, pour=agenda.source)) for vu in page.elements
    ]  # fmt: skip
    return reponses.searchset(len(trouves) if entier else None, liens, trouves, demande.avertissements)


@contextmanager
def _agenda(appel: Appel, cible: Cible | None, action: Action) -> Iterator[Agenda]:
    if appel.acteur.genre is not GenreActeur.TITULAIRE:
        with ouvrir_agenda(
            appel.acteur,
            cible,
            contexte=appel.contexte,
            action=action,
            identite_qualifiee=appel.identite_non_contredite,
        ) as agenda:
            yield agenda
        return
    with ouvrir_mon_espace(appel.acteur, contexte=appel.contexte) as espace:
        if cible is not None and resoudre(cible) != espace.dossier_id:
            raise RendezVousIntrouvable
        yield agenda_du_titulaire(espace)


def _lire(appel: Appel, action: Action) -> RendezVousLu:
    """The Appointment of the body; a refusal of its content is traced apart from any record."""
    try:
        return lire_rendez_vous(
            lire_corps(appel.requete), base=base(), fictifs=settings.ES_INSTANCE != "production"
        )
    except RefusFhir as refus:
        motif = next((c.code for c in refus.constats if c.refuse), "")
        noter_refus(appel.acteur, action, motif[:40], contexte=appel.contexte)
        raise


def _cible(lu: RendezVousLu) -> Cible:
    cible = lu.patient.ins or lu.patient.dossier_id
    assert cible is not None  # noqa: S101 - a patient that was read names one
    return cible


def _designation(appel: Appel) -> list[Jeton]:
    """The identifiers of the address, and nothing else. Raises RefusFhir 400."""
    donnes = [(n, v) for n, v in lire_parametres(appel.requete) if n not in ("_format", "_pretty")]
    jetons = [lire_jeton(v) for _, valeur in donnes for v in decouper(valeur)]
    if [n for n, _ in donnes] != ["identifier"] or not jetons or not all(j.code for j in jetons):
        raise RefusFhir([ErreurAgenda.CRITERE.constat("http.identifier")])
    return jetons


def _ids(fil: str) -> tuple[Any, Any]:
    lu = decomposer(fil)
    if lu is None:
        raise RefusFhir([Erreur.INTROUVABLE.constat()])
    return lu


def _version(appel: Appel) -> int | None:
    """The version of `If-Match` (FHR-13). Raises RefusFhir 412."""
    entete = appel.requete.headers.get("If-Match", "").strip()
    if entete in ("", "*"):
        return None
    forme = _VERSION.fullmatch(entete)
    if forme is None:
        raise RefusFhir([ErreurAgenda.PERIME.constat("http.If-Match")])
    return int(forme[1])


def _reponse(vu: RendezVousVu, agenda: Agenda, statut: int) -> HttpResponse:
    reponse = reponses.json(ressource(vu, pour=agenda.source), statut)
    if statut == 201:
        reponse["Location"] = f"{base()}/Appointment/{composer(vu.dossier_id, vu.id)}"
    return reponses.etiqueter(reponse, vu.version, vu.maj_le)


@lru_cache(maxsize=1)
def _cle() -> bytes:
    return hashlib.sha256(b"espace-sante/curseur-agenda/" + settings.SECRET_KEY.encode()).digest()


def _appelant(appel: Appel) -> str:
    """Who may use the cursor again: the same person through the same software (FHR-24)."""
    return f"{appel.acteur.client_id}|{appel.acteur.identifiant}|{appel.acteur.structure_id}"
