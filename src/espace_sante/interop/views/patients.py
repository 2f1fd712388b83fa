"""TD0.2: does a record exist for this INS, and in which state (FHR-41 to FHR-51)."""

from __future__ import annotations

from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse

from espace_sante.acces.existence import Existence, tester_existence
from espace_sante.interop import reponses
from espace_sante.interop.fhir import patient
from espace_sante.interop.fhir.constats import Constat, RefusFhir
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.jetons import lire_jeton
from espace_sante.interop.fhir.patients import lire_ins
from espace_sante.interop.fhir.valeurs import lire_id
from espace_sante.interop.requete import Appel, base, lire_parametres
from espace_sante.interop.views.enveloppe import vue_fhir
from espace_sante.kernel.ins import Ins

PORTEES = ("user/Patient.r", "system/Patient.r")
_NEUTRES = frozenset({"_format", "_pretty", "_count"})


@vue_fhir(*PORTEES)
def rechercher(appel: Appel) -> HttpResponse:
    """GET [base]/Patient?identifier=… and POST [base]/Patient/_search."""
    cible: Ins | UUID | None = None
    constats: list[Constat] = []
    avis: list[Constat] = []
    criteres = 0
    for nom, valeur in lire_parametres(appel.requete):
        if nom == "identifier":
            criteres += 1
            cible = _ins(valeur, constats, avis)
        elif nom == "_id":
            criteres += 1
            cible = lire_id(valeur)
        elif nom not in _NEUTRES:
            inconnu = Erreur.PARAMETRE_INCONNU
            if appel.strict:
                constats.append(inconnu.constat("http"))
            else:
                avis.append(inconnu.constat("http", gravite="warning"))
    if criteres > 1:
        constats.append(Erreur.PARAMETRE_EN_DOUBLE.constat("http.identifier"))
    if not criteres and not avis:
        constats.append(Erreur.CRITERE_INS.constat("http.identifier"))
    if constats:
        raise RefusFhir(constats)
    trouve = tester_existence(appel.acteur, cible, contexte=appel.contexte) if cible is not None else None
    return _reponse(trouve, avis)


def _ins(valeur: str, constats: list[Constat], avis: list[Constat]) -> Ins | None:
    jeton = lire_jeton(valeur)
    if not jeton.systeme:
        constats.append(Erreur.INS_FORME.constat("http.identifier"))
        return None
    ins = lire_ins(jeton.systeme, jeton.code, fictifs=settings.ES_INSTANCE != "production")
    if ins is Erreur.INS_FICTIF:
        # In production nobody has such a number: no entry, as for any unknown person (FHR-51).
        return None
    if isinstance(ins, Erreur):
        constats.append(ins.constat("http.identifier"))
        return None
    if not ins.cle_valide:
        avis.append(Erreur.INS_CLE.constat("http.identifier", gravite="warning"))
        return None
    return ins


def _reponse(trouve: Existence | None, avis: list[Constat]) -> HttpResponse:
    adresse = f"{base()}/Patient"
    if trouve is None:
        return reponses.searchset(0, [("self", adresse)], [], avis)
    lien = f"{adresse}?{urlencode({'_id': str(trouve.dossier_id)})}"
    entree = (f"{adresse}/{trouve.dossier_id}", patient.rendre(trouve))
    return reponses.searchset(1, [("self", lien)], [entree], avis)


@vue_fhir(*PORTEES)
def lire(appel: Appel, texte: str) -> HttpResponse:
    """GET [base]/Patient/<id>: the same content, to the same callers (FHR-49)."""
    dossier_id = lire_id(texte)
    trouve = tester_existence(appel.acteur, dossier_id, contexte=appel.contexte) if dossier_id else None
    if trouve is None:
        raise RefusFhir([Erreur.INTROUVABLE.constat()])
    return reponses.json(patient.rendre(trouve))
