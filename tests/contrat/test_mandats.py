"""Nobody acts for somebody else: no proxy mechanism exists besides the delegations of PRX, which have no door yet.

When delegations come, they change the lists of this file on purpose, and nothing else (rule REG-22).
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import replace
from uuid import UUID

import pytest
from django.db import connection
from django.test import Client

from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.errors import (
    AccesRefuse,
    AlimentationRefusee,
    ConsentementRefuse,
    EspaceFerme,
    TracesRefusees,
)
from espace_sante.acces.lecture_traces import Etendue, lire_traces
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, titulaire
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.models import Compte, LienFranceConnect
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace
from espace_sante.traces.queries import FiltreTraces
from espace_sante.web.pro.tests.atelier import connecter
from tests.contrat.adresses import Adresse, adresses

pytestmark = [pytest.mark.django_db, pytest.mark.rule("REG-22")]

# Kinds of actor that no page lets in: they act by themselves, or have no door yet.
SANS_PORTE = {GenreActeur.DELEGUE, GenreActeur.ENROLEMENT, GenreActeur.SYSTEME, GenreActeur.ASSURANCE_MALADIE}
# A word for somebody who acts for another, in the name of a column. Labels of documents only say what is hidden.
MOTS = "representant|mandat|aidant|deleg|tuteur|procuration|proche|parent"
COLONNES_ADMISES = {"invisible_representants"}
# What names a record in a table is `dossier_id`; these are other things that people call « dossier ».
AUTRES_DOSSIERS = {"dossier_perso_id"}


def _colonnes(condition: str) -> set[str]:
    with connection.cursor() as c:
        c.execute(
            "SELECT DISTINCT column_name FROM information_schema.columns WHERE table_schema = 'public'"
            f" AND {condition}"
        )
        return {str(nom) for (nom,) in c.fetchall()}


def test_the_schema_has_no_place_for_a_proxy() -> None:
    assert _colonnes(f"column_name ~ '{MOTS}'") <= COLONNES_ADMISES
    assert _colonnes("data_type = 'uuid' AND column_name ~ 'dossier'") <= {"dossier_id", *AUTRES_DOSSIERS}


def test_an_account_opens_one_record_its_own() -> None:
    assert Compte._meta.get_field("dossier_id").unique
    assert [c.name for c in LienFranceConnect._meta.get_fields() if "dossier" in c.name] == ["dossier_id"]
    assert [c.name for c in Compte._meta.get_fields() if "dossier" in c.name] == ["dossier_id"]


@pytest.mark.parametrize("genre", [g for g in GenreActeur if g is not GenreActeur.TITULAIRE])
def test_only_the_holder_has_a_space(genre: GenreActeur) -> None:
    victime, _ = dossier(1)
    acteur = Acteur(genre, nom="Paul", rpps="99000000001", dossier_id=victime, deux_facteurs=True)
    with pytest.raises(EspaceFerme), ouvrir_mon_espace(acteur, contexte=CONTEXTE):
        pass


Porte = Callable[[Acteur, UUID], object]


def _ouvrir(acteur: Acteur, cible: UUID) -> object:
    entree: AbstractContextManager[object] = open_dossier(
        acteur, cible, contexte=CONTEXTE, identite_qualifiee=True
    )
    with entree:
        return None


def _consentir(acteur: Acteur, cible: UUID) -> object:
    return recueillir_consentement(acteur, cible, contexte=CONTEXTE)


def _lire_les_traces(acteur: Acteur, cible: UUID) -> object:
    return lire_traces(
        acteur, cible, Etendue.TOUS, FiltreTraces(), contexte=CONTEXTE, identite_qualifiee=True
    )


def _alimenter(acteur: Acteur, cible: UUID) -> object:
    return alimenter(acteur, cible, lot(acteur, document(auteur=acteur)), contexte=CONTEXTE)


@pytest.mark.parametrize("porte", [_ouvrir, _consentir, _lire_les_traces, _alimenter])
@pytest.mark.parametrize("genre", [GenreActeur.TITULAIRE, GenreActeur.DELEGUE, GenreActeur.ENROLEMENT])
def test_another_person_enters_by_no_gate(porte: Porte, genre: GenreActeur) -> None:
    """Neither somebody else who holds a record, nor one who says that he acts for its holder."""
    victime, _ = dossier(1)
    autre, _ = dossier(2)
    for acteur in (
        replace(titulaire(autre), genre=genre),
        Acteur(genre, nom="Paul", dossier_id=victime, deux_facteurs=True),
    ):
        with pytest.raises(
            (AccesRefuse, EspaceFerme, ConsentementRefuse, AlimentationRefusee, TracesRefusees)
        ):
            porte(acteur, victime)


def _reservees_au_titulaire() -> list[Adresse]:
    return [
        a for a in adresses() if isinstance(a.ouverture, frozenset) and GenreActeur.TITULAIRE in a.ouverture
    ]


def test_no_page_is_open_to_who_acts_for_another() -> None:
    ouvertes = {g for a in adresses() if isinstance(a.ouverture, frozenset) for g in a.ouverture}
    assert not ouvertes & SANS_PORTE
    victime, _ = dossier(1)
    for genre in sorted(SANS_PORTE):
        client: Client = connecter(Acteur(genre, nom="Paul", dossier_id=victime, deux_facteurs=True))
        for adresse in _reservees_au_titulaire():
            assert client.get(adresse.chemin).status_code in {302, 403, 404}, adresse.nom


def test_no_address_of_the_holder_s_space_names_a_record() -> None:
    """The record is that of the login; nothing in a request chooses another."""
    autre, _ = dossier(2)
    moi, _ = dossier(3)
    client = connecter(titulaire(moi))
    for adresse in _reservees_au_titulaire():
        assert "dossier_id" not in adresse.route
        if "<" not in adresse.route:
            client.get(adresse.chemin, {"dossier": str(autre), "dossier_id": str(autre)})
    with portee(autre):
        assert not Trace.objects.filter(dossier_id=autre, acteur_genre="titulaire").exists()
    with portee(moi):
        assert Trace.objects.filter(dossier_id=moi, acteur_genre="titulaire").exists()
