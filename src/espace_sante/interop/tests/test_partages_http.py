"""A professional with a share alone, through the FHIR door: one document, and no word of any other."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from espace_sante.acces import partages
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier, professionnel, titulaire
from espace_sante.interop.fhir.identifiants import decomposer
from espace_sante.interop.tests.fabrique import bundle
from espace_sante.interop.tests.lps import Lps, ressources

pytestmark = pytest.mark.django_db


@pytest.mark.rule("ACC-12", "ACC-34", "DOC-58", "FHR-106", "FHR-118", "FHR-120")
def test_search_and_read_give_the_shared_document_alone(client: Client) -> None:
    dossier_id, numero = dossier(41)
    auteur = Lps(client, professionnel())
    recueillir_consentement(auteur.acteur, numero, contexte=CONTEXTE)
    lieux = [auteur.deposer(bundle(ins=numero))["entry"] for _ in range(3)]
    noms = [e[1]["response"]["location"].rpartition("/")[2] for e in lieux]
    ids = [decomposer(nom)[1] for nom in noms]  # type: ignore[index]
    lecteur = Lps(client, professionnel("99000000402", structure="1990000002"))
    assert lecteur.chercher(numero).status_code == 403
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        partage = partages.partager(espace, ids[1], lecteur.acteur.rpps)
    reponse = lecteur.chercher(numero)
    (ressource,) = ressources(reponse)
    assert json.loads(reponse.content)["total"] == 1
    assert ressource["id"] == noms[1]
    for rang, entree in enumerate(lieux):
        attendu = 200 if rang == 1 else 404
        for piece in entree[1:3]:
            assert lecteur.get(f"/fhir/{piece['response']['location']}").status_code == attendu, piece
    for autre in (0, 2):
        assert ids[autre].hex not in reponse.content.decode().replace("-", "")
        assert ressources(lecteur.chercher(numero, _id=noms[autre])) == []
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        partages.retirer(espace, partage.id)
    assert lecteur.chercher(numero).status_code == 403
    assert lecteur.get(f"/fhir/{lieux[1][1]['response']['location']}").status_code in {403, 404}
