"""A professional opens a document once: the holder reads one act, and every access stays traced."""

from __future__ import annotations

import re
from html import unescape

import pytest

from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import GenreActeur
from espace_sante.traces.queries import FiltreTraces
from espace_sante.web.espace.journal import par_jour
from espace_sante.web.pro.tests import atelier

pytestmark = pytest.mark.django_db


@pytest.mark.rule("AUD-01", "AUD-05", "AUD-16")
@pytest.mark.parametrize("mime", ["application/pdf", "text/plain"])
def test_one_reading_by_a_professional_is_told_once(mime: str) -> None:
    dossier_id, numero = atelier.creer_dossier()
    qui = atelier.acteur(atelier.professionnel()[0])
    contenu = atelier.PDF if mime == "application/pdf" else b"Bilan normal."
    doc = atelier.deposer(dossier_id, qui, "11488-4", "Bilan", contenu=contenu, mime=mime)
    client = atelier.averti(qui)
    patient = atelier.ouvrir(client, numero)
    page = client.get(f"/pro/patient/{patient}/documents/{doc}/").content.decode()
    vues = [unescape(a) for a in re.findall(r'(?:src|href)="([^"]*\?lecture=[^"]*)"', page)]
    assert len(vues) == 2
    for vue in vues:
        assert client.get(vue).status_code == 200
    assert [t.porte for t in atelier.traces(dossier_id, "lecture")] == ["web", "cadre", "cadre"]
    titulaire = Acteur(GenreActeur.TITULAIRE, dossier_id=dossier_id, deux_facteurs=True)
    with ouvrir_mon_espace(titulaire, contexte=Contexte("web")) as espace:
        lues = espace.historique(FiltreTraces(document_id=doc)).elements
    lignes = [ligne for jour in par_jour(lues) for ligne in jour.lignes]
    assert [(ligne.phrase.avant, ligne.fois) for ligne in lignes] == [("a ouvert ", 1), ("a ajouté ", 1)]


def test_a_pdf_opens_whole_to_be_printed_and_nothing_else_does() -> None:
    dossier_id, numero = atelier.creer_dossier()
    qui = atelier.acteur(atelier.professionnel()[0])
    pdf = atelier.deposer(dossier_id, qui, "11488-4", "Bilan")
    texte = atelier.deposer(dossier_id, qui, "11488-4", "Note", contenu=b"Bilan.", mime="text/plain")
    client = atelier.averti(qui)
    patient = atelier.ouvrir(client, numero)
    base = f"/pro/patient/{patient}/documents"
    assert client.get(f"{base}/{pdf}/pdf/")["Content-Type"] == "application/pdf"
    assert client.get(f"{base}/{texte}/pdf/").status_code == 404
    assert client.get(f"/pro/patient/autre/documents/{pdf}/pdf/").status_code == 404
