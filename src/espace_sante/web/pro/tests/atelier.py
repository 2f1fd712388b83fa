"""Builders for the portal's tests: professionals, records, documents, logged-in browsers."""

from __future__ import annotations

import hashlib
import itertools
import re
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

from django.contrib.sessions.backends.db import SessionStore
from django.http import HttpRequest, HttpResponse
from django.test import Client

from espace_sante.acces.alimentation import alimenter
from espace_sante.documents.depot import DocumentADeposer, LotADeposer
from espace_sante.documents.metadonnees import Auteur, Code, Metadonnees
from espace_sante.documents.nomenclatures import SYSTEME_CLASSE, type_document
from espace_sante.dossier.services import NouveauDossier, creer
from espace_sante.identite import annuaire, sessions
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.models import Professionnel, SituationExercice, Structure
from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import OID_TEST, Ins, cle
from espace_sante.kernel.traits import Traits
from espace_sante.traces.models import Trace

_NUMEROS = itertools.count(1)
PDF = b"%PDF-1.4\n1 0 obj<</Type/Catalog>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"


def professionnel(
    code: str = "10",
    *,
    systeme: str = "TRE_G15",
    savoir_faire: str = "",
    actif: bool = True,
    structures: int = 1,
) -> list[SituationExercice]:
    """A professional with one situation for each structure."""
    n = next(_NUMEROS)
    pro = Professionnel.objects.create(
        rpps=f"1000{n:07d}", civilite="Dr", prenom="Anne", nom=f"Morel{n}", actif=actif
    )
    situations = []
    for i in range(structures):
        structure = Structure.objects.create(id=f"1{n:04d}{i:05d}", nom=f"Cabinet {n}-{i}", commune="Caen")
        situations.append(
            SituationExercice.objects.create(
                id=f"situation-{n}-{i}",
                professionnel=pro,
                profession_systeme=systeme,
                profession_code=code,
                savoir_faire=savoir_faire,
                structure=structure,
            )
        )
    return situations


def acteur(situation: SituationExercice, *, deux_facteurs: bool = True) -> Acteur:
    return annuaire.acteur_professionnel(situation, deux_facteurs=deux_facteurs)


def connecter(qui: Acteur) -> Client:
    """A browser whose session is that actor's."""
    client = Client()
    demande = HttpRequest()
    demande.session = SessionStore()
    sessions.ouvrir_session(demande, qui)
    demande.session.save()
    client.cookies["session"] = demande.session.session_key
    return client


def averti(qui: Acteur) -> Client:
    """The same, the warning being confirmed."""
    client = connecter(qui)
    client.post("/pro/avertissement/", {"lu": "oui"})
    return client


def matricule() -> str:
    treize = f"18012751{next(_NUMEROS):05d}"
    return treize + cle(treize)


def creer_dossier(etat: EtatProfil = EtatProfil.ACTIVE, **plus: Any) -> tuple[UUID, str]:
    """A record and its matricule."""
    numero, dossier_id = matricule(), uuid4()
    creer(
        NouveauDossier(
            dossier_id=dossier_id,
            ins=Ins(numero, OID_TEST),
            traits=Traits("DURAND", "PAULINE JEANNE", "1980-01-27", "F", "75116"),
            etat=etat,
            etat_depuis=datetime.now(UTC),
            **plus,
        )
    )
    return dossier_id, numero


def deposer(
    dossier_id: UUID,
    par: Acteur,
    type_code: str,
    titre: str,
    *,
    contenu: bytes = PDF,
    mime: str = "application/pdf",
    jours: int = 10,
    masque: bool = False,
    invisible: bool = False,
    remplace: str = "",
) -> UUID:
    """One document in a record, fed through the gate."""
    connu = type_document(type_code)
    assert connu is not None
    document_id, quand = uuid7(), datetime.now(UTC) - timedelta(days=jours)
    auteur = Auteur(
        "personne", par.rpps and f"8{par.rpps}", "Petit", "Lucie", par.structure_id, par.structure_nom
    )
    metadonnees = Metadonnees(
        unique_id=f"urn:uuid:{document_id}",
        type=Code(connu.code, connu.systeme, connu.libelle),
        classe=Code(connu.classe, SYSTEME_CLASSE),
        titre=titre,
        langue="fr-FR",
        format=Code("urn:ihe:iti:xds-sd:pdf:2008", "1.3.6.1.4.1.19376.1.2.3"),
        mime=mime,
        taille=len(contenu),
        sha1=hashlib.sha1(contenu, usedforsecurity=False).digest(),
        creation=quand,
        date=quand,
        periode_debut=quand,
        etablissement=Code("SA07", "1.2.250.1.71.4.2.4"),
        cadre=Code("AMBULATOIRE", "1.2.250.1.213.1.1.4.9"),
        masque_ps=masque,
        invisible_patient=invisible,
        auteurs=(auteur,),
        remplace=remplace,
    )
    lot = LotADeposer(
        id=uuid7(),
        unique_id=f"urn:uuid:{uuid4()}",
        source_id="1.2.3",
        date=quand,
        titre="",
        auteur=auteur,
        designation=None,
        documents=(DocumentADeposer(document_id, document_id, metadonnees, contenu),),
    )
    alimenter(par, dossier_id, lot, contexte=Contexte("fhir"))
    return document_id


def trouver(client: Client, numero: str) -> HttpResponse:
    """Type a matricule in the portal."""
    return client.post("/pro/", {"matricule": numero})


def confirmer(client: Client, numero: str) -> str:
    """Find, confirm the person, and give the key of the open patient."""
    reponse = trouver(client, numero)
    patient_cle: str = reponse.context["patient"].cle
    client.post(f"/pro/patient/{patient_cle}/identite/", {"reponse": "oui"})
    return patient_cle


def consentir(client: Client, patient_cle: str, **plus: str) -> HttpResponse:
    return client.post(f"/pro/patient/{patient_cle}/consentement/", {"pour": "moi", "mode": "oral", **plus})


def ouvrir(client: Client, numero: str) -> str:
    """All the way to an open record."""
    patient_cle = confirmer(client, numero)
    consentir(client, patient_cle)
    return patient_cle


def traces(dossier_id: UUID, action: str = "") -> list[Trace]:
    """Traces of a record, oldest first."""
    from espace_sante.platform.postgres.rls import portee

    with portee(dossier_id):
        lignes = Trace.objects.filter(dossier_id=dossier_id).order_by("id")
        return list(lignes.filter(action=action) if action else lignes)


def sans_jeton(reponse: HttpResponse) -> str:
    """The page without what changes at each answer: the form's token."""
    return re.sub(r'name="csrfmiddlewaretoken" value="[^"]*"', "", reponse.content.decode())
