"""Every public CDA sample, by ITI-65 and by ITI-105, for a holder with that sample's INS (issue 2, done when)."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import orjson
import pytest
from django.test import Client

from espace_sante.acces import matrice
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, professionnel, titulaire
from espace_sante.documents.cda.entete import lire_entete, vers_metadonnees
from espace_sante.documents.cda.lire import lire
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.metadonnees import Auteur
from espace_sante.dossier.services import NouveauDossier, creer
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.jetons import emettre_jeton
from espace_sante.identite.models import Logiciel
from espace_sante.identite.portees import CONSULTATION, LPS_DEMONSTRATION
from espace_sante.interop.client import depot_iti105, lot_iti65
from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.ids import uuid7
from espace_sante.traces.queries import FiltreTraces
from tests.reglages import VECTEURS

SAMPLES = sorted((VECTEURS / "cda" / "samples").glob("*.xml")) if VECTEURS.is_dir() else []
PROFESSIONS = (("TRE_G15", "10"), ("TRE_G15", "21"), ("TRE_G15", "60"), ("TRE_R95", "93"))
FHIR = "application/fhir+json"

pytestmark = [
    pytest.mark.django_db,
    pytest.mark.skipif(not SAMPLES, reason="public samples absent: ../shared/vectors (or ES_VECTORS)"),
]


@pytest.fixture(autouse=True)
def cles_des_echantillons(settings: Any) -> None:
    """Some public samples bear a matricule with a wrong key: what the setting is for (INS-03)."""
    settings.ES_INS_CLE_CREATION = "avertit"


def _entetes(acteur: Acteur) -> dict[str, str]:
    Logiciel.objects.get_or_create(client_id=LPS_DEMONSTRATION, defaults={"nom": "LPS"})
    jeton = emettre_jeton(replace(acteur, client_id=LPS_DEMONSTRATION, portees=CONSULTATION))
    return {"HTTP_AUTHORIZATION": f"Bearer {jeton}", "HTTP_X_MES_IDENTITE": "VALI", "HTTP_ACCEPT": FHIR}


def _titulaire_de(contenu: bytes):  # type: ignore[no-untyped-def]
    entete = lire_entete(lire(contenu))
    dossier_id = uuid7()
    assert entete.ins is not None
    assert entete.traits is not None
    creer(
        NouveauDossier(
            dossier_id=dossier_id,
            ins=entete.ins,
            traits=entete.traits,
            etat=EtatProfil.ACTIVE,
            etat_depuis=vers_metadonnees(entete, contenu).creation,
        )
    )
    return dossier_id, entete.ins, entete


@pytest.mark.rule(
    "CDA-10", "CDA-31", "FHR-57", "FHR-92", "FHR-94", "FHR-118", "DOC-05", "CDA-09", "ACC-34", "AUD-01"
)
@pytest.mark.parametrize("porte", ["ITI-65", "ITI-105"])
@pytest.mark.parametrize("sample", SAMPLES, ids=lambda p: p.stem)
def test_a_sample_is_stored_found_and_shown_as_the_rules_say(
    sample: Path, porte: str, client: Client
) -> None:
    contenu = sample.read_bytes()
    dossier_id, ins, entete = _titulaire_de(contenu)
    depositaire = professionnel()
    source = Auteur("personne", idnat=f"8{depositaire.rpps}", structure_idnat=depositaire.structure_id)
    if porte == "ITI-65":
        adresse, corps, attendu = "/fhir", lot_iti65(contenu, ins, source), 200
    else:
        adresse, corps, attendu = "/fhir/DocumentReference", depot_iti105(contenu, ins), 201
    reponse = client.post(adresse, orjson.dumps(corps), content_type=FHIR, **_entetes(depositaire))
    assert reponse.status_code == attendu, reponse.content[:3000]

    # The header says what is stored.
    metadonnees = vers_metadonnees(entete, contenu)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        (vu,) = espace.lister(Filtre()).elements
        assert espace.lire_contenu(vu.id)[1] == contenu
        actions = [t.action for t in espace.historique(FiltreTraces()).elements]
    assert vu.unique_id == metadonnees.unique_id
    assert vu.type_code == metadonnees.type.code
    assert vu.titre == metadonnees.titre[:255]
    assert vu.creation == metadonnees.creation
    assert vu.periode_debut == metadonnees.periode_debut
    assert vu.langue == metadonnees.langue
    assert vu.confidentialite == metadonnees.confidentialite
    assert (vu.etablissement_code, vu.cadre_code) == (metadonnees.etablissement.code, metadonnees.cadre.code)
    assert vu.format_code == metadonnees.format.code
    assert (vu.taille, bytes(vu.sha1)) == (
        len(contenu),
        hashlib.sha1(contenu, usedforsecurity=False).digest(),
    )
    assert "depot" in actions

    # Four professions see it, or not, exactly as the matrix says: list, count and content alike.
    for rang, (systeme, profession) in enumerate(PROFESSIONS):
        lecteur = professionnel(f"9900000010{rang}", profession, systeme, structure="1990000010")
        recueillir_consentement(lecteur, dossier_id, contexte=CONTEXTE)
        lisible = vu.type_code in matrice.ligne(1, systeme, profession, "")
        entetes = _entetes(lecteur)
        recherche = client.post(
            "/fhir/DocumentReference/_search",
            urlencode({"patient.identifier": f"{ins.urn}|{ins.matricule}"}),
            content_type="application/x-www-form-urlencoded",
            **entetes,
        )
        assert recherche.status_code == 200, recherche.content[:2000]
        trouve = orjson.loads(recherche.content)
        assert trouve["total"] == int(lisible)
        assert len([e for e in trouve.get("entry", []) if e["search"]["mode"] == "match"]) == int(lisible)
        if lisible:
            (ressource,) = [e["resource"] for e in trouve["entry"] if e["search"]["mode"] == "match"]
            url = ressource["content"][0]["attachment"]["url"]
            lu = client.get(url.removeprefix("http://testserver"), **{**entetes, "HTTP_ACCEPT": "*/*"})
            assert lu.status_code == 200
            assert lu.content == contenu
            brut = url
    if any(vu.type_code not in matrice.ligne(1, s, p, "") for s, p in PROFESSIONS) and "brut" in locals():
        rang = next(
            i for i, (s, p) in enumerate(PROFESSIONS) if vu.type_code not in matrice.ligne(1, s, p, "")
        )
        exclu = professionnel(
            f"9900000010{rang}", PROFESSIONS[rang][1], PROFESSIONS[rang][0], structure="1990000010"
        )
        refus = client.get(
            brut.removeprefix("http://testserver"), **{**_entetes(exclu), "HTTP_ACCEPT": "*/*"}
        )
        assert refus.status_code == 404
