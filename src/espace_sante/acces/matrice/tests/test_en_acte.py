"""The matrix at the gate: what an edition opens is read, what it closes is not, from its first minute."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
import time_machine
from django.db import connections

from espace_sante.acces import dicah, matrice
from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.errors import AccesRefuse, DocumentIntrouvable
from espace_sante.acces.matrice import editions
from espace_sante.acces.matrice.lignes import Groupe
from espace_sante.acces.matrice.queries import compter
from espace_sante.acces.matrice.tests.exploitation import (
    ANNE,
    approuver,
    droit_d_ajouter,
    mettre_en_vigueur,
    proposer,
    proprietaire,
)
from espace_sante.acces.matrice.tests.exploitation import matrice as csv
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import examiner, open_dossier
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel, titulaire
from espace_sante.documents.depot import DocumentADeposer
from espace_sante.documents.filtre import Filtre
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import GenreActeur, ModeAcces
from espace_sante.kernel.ins import Ins
from espace_sante.platform.postgres.rls import TABLES_DE_DOSSIER, portee
from espace_sante.traces.models import Trace

MEDECIN = Groupe("TRE_G15", "10")


@pytest.fixture(autouse=True)
def _exploitation(request: pytest.FixtureRequest) -> Iterator[None]:
    if request.node.get_closest_marker("django_db"):
        with droit_d_ajouter():
            yield
    else:
        yield


def _lus(acteur: Acteur, numero: Ins) -> set[str]:
    with open_dossier(acteur, numero, contexte=CONTEXTE, identite_qualifiee=True) as vu:
        page = vu.lister(Filtre())
        assert page.total == len(page.elements)
        assert set(vu.compter()) == {d.type_code for d in page.elements}
        return {d.type_code for d in page.elements}


def _deposer(acteur: Acteur, numero: Ins, *types: str) -> tuple[DocumentADeposer, ...]:
    documents = tuple(document(t, auteur=acteur) for t in types)
    alimenter(acteur, numero, lot(acteur, *documents), contexte=CONTEXTE)
    return documents


@pytest.mark.django_db
@pytest.mark.rule("ACC-32", "ACC-34", "ACC-37", "ACC-40", "ACC-03")
def test_a_future_edition_rules_the_next_reading_after_its_minute() -> None:
    _, numero = dossier()
    medecin = professionnel()
    deposes = _deposer(medecin, numero, "11488-4", "SYNTH")
    recueillir_consentement(medecin, numero, contexte=CONTEXTE)
    assert _lus(medecin, numero) == {"11488-4", "SYNTH"}
    effet = datetime.now(UTC) + timedelta(hours=2)
    mettre_en_vigueur(csv("10 SYNTH O"), effet=effet)
    assert _lus(medecin, numero) == {"11488-4", "SYNTH"}, "approved is not in force before its date"
    with time_machine.travel(effet, tick=False):
        assert _lus(medecin, numero) == {"SYNTH"}
        with (
            open_dossier(medecin, numero, contexte=CONTEXTE, identite_qualifiee=True) as vu,
            pytest.raises(DocumentIntrouvable),
        ):
            vu.lire_contenu(deposes[0].id)


@pytest.mark.django_db
@pytest.mark.rule("ACC-39")
def test_a_proposal_rules_nothing() -> None:
    _, numero = dossier()
    medecin = professionnel()
    _deposer(medecin, numero, "SYNTH")
    recueillir_consentement(medecin, numero, contexte=CONTEXTE)
    proposer(csv("10 SYNTH N"), effet=datetime.now(UTC) - timedelta(days=1))
    assert _lus(medecin, numero) == {"SYNTH"}


@pytest.mark.django_db
@pytest.mark.rule("ACC-38", "AUD-02")
def test_a_past_reading_is_judged_with_the_edition_of_its_time() -> None:
    dossier_id, numero = dossier()
    medecin = professionnel()
    (depose,) = _deposer(medecin, numero, "SYNTH")
    recueillir_consentement(medecin, numero, contexte=CONTEXTE)
    with open_dossier(medecin, numero, contexte=CONTEXTE, identite_qualifiee=True) as vu:
        vu.lire_contenu(depose.id)
    edition = mettre_en_vigueur(csv("10 REMB O"))
    with portee(dossier_id):
        trace = Trace.objects.get(action="lecture")
    assert trace.matrice_edition == 1
    assert trace.document_type == "SYNTH"
    assert matrice.autorisait(trace.matrice_edition, MEDECIN, trace.document_type)
    assert not matrice.autorisait(edition.numero, MEDECIN, trace.document_type)
    assert not matrice.autorisait(None, MEDECIN, trace.document_type)


@pytest.mark.django_db
@pytest.mark.rule("ACC-41")
@pytest.mark.parametrize("mode", list(ModeAcces))
def test_production_reads_nothing_with_one_cell_that_is_not_official(mode: ModeAcces, settings: Any) -> None:
    settings.ES_GESTIONNAIRES_MATRICE = (ANNE, "Paul Roux")
    _, numero = dossier()
    medecin = replace(professionnel(), regulation=True)
    _deposer(medecin, numero, "SYNTH")
    recueillir_consentement(medecin, numero, contexte=CONTEXTE)

    def h() -> dicah.EtatLettre:
        return examiner(medecin, numero, identite_qualifiee=True, mode=mode).etat(dicah.Lettre.H)

    assert h() is dicah.EtatLettre.TENUE
    settings.ES_INSTANCE = "production"
    assert h() is dicah.EtatLettre.MANQUANTE
    with (
        pytest.raises(AccesRefuse),
        open_dossier(medecin, numero, contexte=CONTEXTE, identite_qualifiee=True, mode=mode),
    ):
        pytest.fail("opened")
    _deposer(medecin, numero, "SYNTH")  # Feeding goes on.
    mettre_en_vigueur(csv("10 SYNTH O", origine="official"))
    assert h() is dicah.EtatLettre.TENUE
    mettre_en_vigueur(csv("10 SYNTH O", origine="sourced"))
    assert h() is dicah.EtatLettre.MANQUANTE


@pytest.mark.django_db
@pytest.mark.rule("ACC-33", "ACC-46", "ACC-65")
def test_the_matrix_says_nothing_of_feeding() -> None:
    """A dental surgeon feeds what he may not read, and reads within his line."""
    dossier_id, numero = dossier()
    dentiste = professionnel("99000000040", "40")
    mettre_en_vigueur(csv("40 SYNTH O", "40 11488-4 N"))
    _deposer(dentiste, numero, "SYNTH", "11488-4", "REMB")
    recueillir_consentement(dentiste, numero, contexte=CONTEXTE)
    assert _lus(dentiste, numero) == {"SYNTH"}
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        assert espace.lister(Filtre()).total == 3


@pytest.mark.django_db
@pytest.mark.rule("ACC-47")
def test_the_holder_s_choice_restricts_the_matrix_and_never_widens_it() -> None:
    dossier_id, numero = dossier()
    medecin, lecteur = professionnel(), professionnel("99000000050", "21", structure="1990000002")
    mettre_en_vigueur(csv("21 SYNTH O", "21 11488-4 N", "10 SYNTH O"))
    ouvert, ferme = _deposer(medecin, numero, "SYNTH", "11488-4")
    recueillir_consentement(lecteur, numero, contexte=CONTEXTE)
    assert _lus(lecteur, numero) == {"SYNTH"}
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        espace.masquer(ouvert.id)
    assert _lus(lecteur, numero) == set()
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        espace.demasquer(ouvert.id)
        espace.masquer(ferme.id)
        espace.demasquer(ferme.id)
    assert _lus(lecteur, numero) == {"SYNTH"}


@pytest.mark.django_db
@pytest.mark.rule("ACC-44")
def test_a_biologist_reads_by_his_own_line() -> None:
    _, numero = dossier()
    medecin = professionnel()
    biologiste = replace(professionnel("99000000063"), savoir_faire="SM03")
    _deposer(medecin, numero, "SYNTH", "11488-4")
    mettre_en_vigueur(csv("10 SYNTH O", "10 11488-4 O", "10 SYNTH N SM03"))
    for acteur, attendu in ((medecin, {"SYNTH", "11488-4"}), (biologiste, {"11488-4"})):
        recueillir_consentement(acteur, numero, contexte=CONTEXTE)
        assert _lus(acteur, numero) == attendu


@pytest.mark.django_db
@pytest.mark.rule("ACC-45")
def test_a_system_switched_off_reads_nothing() -> None:
    _, numero = dossier()
    acupuncteur = professionnel("99000000093", "93", "TRE_R95")
    types = matrice.ligne(1, "TRE_R95", "93", "")
    _deposer(acupuncteur, numero, types[0])
    recueillir_consentement(acupuncteur, numero, contexte=CONTEXTE)
    assert _lus(acupuncteur, numero) == {types[0]}
    approuver(
        editions.changer_systemes(["TRE_G15"], date_effet=datetime.now(UTC), auteur=ANNE, base="default")
    )
    with (
        pytest.raises(AccesRefuse) as refus,
        open_dossier(acupuncteur, numero, contexte=CONTEXTE, identite_qualifiee=True),
    ):
        pytest.fail("opened")
    assert refus.value.code == "habilitation_absente"


@pytest.mark.rule("ACC-39")
def test_the_preview_counts_documents_and_records_over_everybody(
    django_db_setup: None, django_db_blocker: Any
) -> None:
    """By the owner, for whom no record is hidden; records are committed, then removed."""
    faits = []
    with django_db_blocker.unblock():
        labo = Acteur(GenreActeur.STRUCTURE, nom="Labo", structure_id="1750000001", client_id="labo")
        avant = compter(["SYNTH", "REMB"], "proprietaire")
        try:
            for graine, types in (
                (9101, ("SYNTH", "SYNTH", "REMB")),
                (9102, ("SYNTH",)),
                (9103, ("11488-4",)),
            ):
                identifiant, numero = dossier(graine)
                faits.append(identifiant)
                alimenter(labo, numero, lot(labo, *(document(t) for t in types)), contexte=CONTEXTE)
            apres = compter(["SYNTH", "REMB"], "proprietaire")
            assert apres.documents.get("SYNTH", 0) - avant.documents.get("SYNTH", 0) == 3
            assert apres.documents.get("REMB", 0) - avant.documents.get("REMB", 0) == 1
            assert apres.dossiers - avant.dossiers == 2
            assert compter([], "proprietaire").dossiers == 0
            assert compter(["SYNTH"], "default").dossiers == 0, (
                "the application sees no record outside its gate"
            )
        finally:
            connections.close_all()
            _retirer(faits)


def _retirer(dossiers: list[UUID]) -> None:
    """By the owner, in whatever order the keys between tables ask; some tables are written once and have no such row."""
    restantes = set(TABLES_DE_DOSSIER) | {"documents_registre", "identite_indexins"}
    with proprietaire() as cx:
        for _ in range(4):
            for table in sorted(restantes):
                with contextlib.suppress(psycopg.Error):
                    cx.execute(f"DELETE FROM {table} WHERE dossier_id = ANY(%s)", [dossiers])
                    restantes.discard(table)
    assert "dossier_dossier" not in restantes
