"""What a professional may say of a deposit, without any base (DOC-01, DOC-09, DOC-20, DOC-25)."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from espace_sante.documents.nomenclatures import RUBRIQUES, rubrique
from espace_sante.documents.perso.rules import TYPES_DU_TITULAIRE
from espace_sante.documents.portail.fichier import taille_max
from espace_sante.documents.portail.regles import Saisie, groupes, lire_saisie, types_du_professionnel

QUAND = datetime(2026, 3, 3, 12, tzinfo=UTC)
SAISIE = Saisie(titre="Compte rendu", jour="2026-03-03", type_code="11488-4")


@pytest.mark.rule("DOC-01", "DOC-02", "DOC-20", "DOC-25")
def test_the_types_are_those_in_force_of_professionals() -> None:
    codes = set(types_du_professionnel())
    assert not codes & (TYPES_DU_TITULAIRE | {"REMB", "ATTEST-DROITS-AM", "E1762", "IMG-KOS"})
    # Prescriptions, consultation and hospital reports, biology, imaging, syntheses, letters, vaccinations.
    assert codes >= {"57833-6", "11488-4", "11502-2", "18748-4", "60591-5", "96349-6", "87273-9"}
    assert all(t.statut == "official" for t in types_du_professionnel().values())


@pytest.mark.rule("DOC-09")
def test_they_come_under_the_plain_headings_and_are_found_without_accent_or_case() -> None:
    tous = groupes()
    assert [r.code for r, _ in tous] == [r.code for r in RUBRIQUES if r.code in {x.code for x, _ in tous}]
    assert sum(len(types) for _, types in tous) == len(types_du_professionnel())
    assert all(rubrique(t.code) == r for r, types in tous for t in types)
    trouves = [t.code for _, types in groupes("SYNTHESE medicale") for t in types]
    assert "60591-5" in trouves and "11488-4" not in trouves
    assert [t.code for _, types in groupes("zzz", garder="11488-4") for t in types] == ["11488-4"]
    assert groupes("zzz") == []


@pytest.mark.rule("DOC-24")
def test_a_right_description_and_each_wrong_field() -> None:
    description, erreurs = lire_saisie(SAISIE, quand=QUAND)
    assert erreurs == {}
    assert description is not None and (description.titre, description.type.code) == (
        "Compte rendu",
        "11488-4",
    )
    faux = Saisie(titre="x" * 121, jour="2026-03-04", type_code="DOCPAT01", remplace="1", niveau="L")
    assert lire_saisie(faux, quand=QUAND)[0] is None
    assert set(lire_saisie(faux, quand=QUAND)[1]) == {"titre", "jour", "type", "remplace", "niveau"}


@pytest.mark.rule("DOC-13")
def test_the_file_leaves_room_for_its_envelope() -> None:
    assert taille_max(25_000_000) == 18_000_000
    assert taille_max(25_000_000) * 4 / 3 + 100_000 < 25_000_000
    assert taille_max(10) == 1_000_000
