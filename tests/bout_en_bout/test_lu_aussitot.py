"""A deposit is readable at its commit, by every door: far within the 60 seconds of DOC-19."""

from __future__ import annotations

import base64

import pytest
from django.test import Client

from espace_sante.acces import depot_portail
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier, professionnel
from espace_sante.documents.cda.lire import lire
from espace_sante.documents.cda.n1 import extraire_n1
from espace_sante.documents.perso.examen import Piece
from espace_sante.documents.perso.tests import exemples
from espace_sante.documents.portail.regles import Saisie
from espace_sante.interop.tests.lps import Lps, ressources
from espace_sante.web.pro.tests import atelier

pytestmark = pytest.mark.django_db


@pytest.mark.rule("DOC-19", "DOC-11", "CDA-31")
def test_what_the_portal_deposits_is_found_by_software_and_by_another_portal_at_once(client: Client) -> None:
    dossier_id, numero = dossier()
    auteur, lecteur = professionnel(), professionnel("99000000002")
    recueillir_consentement(lecteur, dossier_id, contexte=CONTEXTE, equipe_id=None, mode_recueil="oral")
    saisie = Saisie(titre="Consultation du 3 mars", jour="2026-03-03", type_code="11488-4")
    piece = Piece("cr.pdf", exemples.pdf())
    pret, _ = depot_portail.preparer(auteur, dossier_id, saisie, piece, contexte=CONTEXTE)
    depot_portail.deposer(auteur, dossier_id, pret.id, contexte=CONTEXTE, identite_qualifiee=True)

    lps = Lps(client, lecteur)
    (fiche,) = ressources(lps.chercher(numero))
    assert fiche["content"][0]["attachment"]["title"] == "Consultation du 3 mars"
    assert fiche["content"][0]["attachment"]["contentType"] == "text/xml"
    assert fiche["content"][0]["format"]["code"] == "urn:ihe:iti:xds-sd:pdf:2008"
    adresse = fiche["content"][0]["attachment"]["url"]
    lu = lps.get(adresse[adresse.index("/fhir") :])
    octets = lu.content if lu.content.startswith(b"<") else base64.b64decode(lu.json()["data"])
    assert extraire_n1(lire(octets).racine).contenu == piece.contenu

    portail = atelier.averti(lecteur)
    cle = atelier.confirmer(portail, numero.matricule)
    assert "Consultation du 3 mars" in portail.get(f"/pro/patient/{cle}/documents/").content.decode()
