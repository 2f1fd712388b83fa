"""The agenda in the holder's copy, and in another copy of the product (POR-04, POR-05)."""

from __future__ import annotations

from pathlib import Path
from uuid import UUID

import orjson
import pytest

from espace_sante.acces.exportation.tests.lecture import copier, ouvrir
from espace_sante.acces.importation.tests.jumeau import partir
from espace_sante.acces.importation.tests.test_dossier import importer
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier, titulaire
from espace_sante.agenda import services
from espace_sante.agenda.filtre import FiltreAgenda
from espace_sante.agenda.porte import agenda_du_titulaire
from espace_sante.agenda.queries import VersionVue
from espace_sante.agenda.tests.fabrique import remplir
from espace_sante.agenda.valeurs import RendezVousVu

pytestmark = pytest.mark.django_db


def tout(dossier_id: UUID) -> list[tuple[RendezVousVu, list[VersionVue]]]:
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        agenda = agenda_du_titulaire(espace)
        page = services.lister(agenda, FiltreAgenda(masques="avec"))
        return [(vu, services.versions(agenda, vu)) for vu in page.elements]


@pytest.mark.rule("POR-05")
def test_the_copy_holds_the_agenda_for_people_and_for_software() -> None:
    dossier_id, _ = dossier(95)
    mis = remplir(dossier_id)
    fichiers = ouvrir(copier(dossier_id))
    tableau = fichiers["agenda/rendez-vous.csv"].decode()
    assert "Suivi déplacé" in tableau
    assert "Apporter l’ordonnance" in tableau
    assert "Suivi annuel" in fichiers["agenda/anciennes-versions.csv"].decode()
    assert 'href="agenda/rendez-vous.csv"' in fichiers["INDEX.html"].decode()
    ressources = [e["resource"] for e in orjson.loads(fichiers["fhir/dossier.json"])["entry"]]
    (rdv,) = [r for r in ressources if r["resourceType"] == "Appointment"]
    assert (rdv["id"], rdv["status"], len(rdv["participant"])) == (str(mis), "booked", 2)


@pytest.mark.rule("POR-04", "POR-16")
def test_another_copy_takes_it_up_whole(tmp_path: Path) -> None:
    avant: list[tuple[RendezVousVu, list[VersionVue]]] = []

    def prendre(dossier_id: UUID) -> None:
        mis = remplir(dossier_id)
        with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
            services.masquer(agenda_du_titulaire(espace), mis, masque=True)
        avant.extend(tout(dossier_id))

    dossier_id, chemins, _, cle = partir(12, tmp_path, prendre)
    importer(chemins, cle)
    apres = tout(dossier_id)
    assert apres == avant
    assert (apres[0][0].masque, apres[0][0].note, len(apres[0][1])) == (True, "Apporter l’ordonnance", 1)
