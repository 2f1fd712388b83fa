"""A publisher registers, runs the sample client through his conformance run, and takes the proof away (OID-34)."""

from __future__ import annotations

import re

import pytest

from tests.editeurs.bac import Bac
from tests.editeurs.parcours import PAGE, Editeur, faire_les_six, inscrire, se_faire_refuser


@pytest.mark.lent
@pytest.mark.rule("OID-31", "OID-34")
def test_the_sample_client_passes_the_conformance_run(bac: Bac) -> None:
    editeur = Editeur(bac.serveur)
    inscrit = inscrire(bac, editeur)
    editeur.envoyer(PAGE, PAGE, {"client_id": inscrit.client_id, "client_secret": inscrit.secret})
    editeur.envoyer(PAGE, f"{PAGE}commencer/", {"ins": bac.ins})
    assert editeur.vues() == []
    dossier = inscrit.dossier(bac)
    vu = faire_les_six(dossier)
    assert editeur.vues() == ["depot", "remplacement", "recherche", "lecture", "masquage", "suppression"]
    se_faire_refuser(bac, dossier, vu)
    assert len(editeur.vues()) == 9
    fini = editeur.http.get(PAGE).text
    assert "Parcours réussi" in fini and re.search(r"<textarea[^>]*>ey[\w.-]+</textarea>", fini)
