"""No identity in the journal, whatever a library logs (rules REG-12, FHR-15, INS-15)."""

from __future__ import annotations

import io
import json
import logging

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.kernel.ins import cle
from espace_sante.platform.journal import Evenement, FormatJson, SansIdentite, consigner

pytestmark = pytest.mark.rule("REG-12")

_chiffres = st.text("0123456789", min_size=6, max_size=6)


@st.composite
def matricules(tirer: st.DrawFn) -> str:
    """A well-formed matricule with its key: any sex, any month, Corsica included."""
    sexe = tirer(st.sampled_from("12378"))
    annee_mois = f"{tirer(st.integers(0, 99)):02}{tirer(st.integers(1, 12)):02}"
    departement = tirer(st.sampled_from(["2A", "2B", "01", "59", "75", "97", "99"]))
    treize = sexe + annee_mois + departement + tirer(_chiffres)
    return treize + cle(treize)


_mots = st.text("abcdefghijklmnopqrstuvwxyz", min_size=1, max_size=12)
courriels = st.builds("{}.{}@{}.example".format, _mots, _mots, _mots)
identites = st.one_of(matricules(), matricules().map(lambda m: m[:13]), courriels)
# What surrounds a value in a log line: quotes, brackets, signs, spaces, start and end, never a letter or digit.
_autour = st.sampled_from(
    ["", " ", "'", '"', "=", "|", "/", "(", ")", ":", ",", "\n", "<", ">", "«", "»", "%7C", "^^^"]
)


def ecrire(message: object, *args: object, exc_info: object = None, **extra: object) -> str:
    """The line as the product's own handler writes it."""
    sortie = io.StringIO()
    gestion = logging.StreamHandler(sortie)
    gestion.addFilter(SansIdentite())
    gestion.setFormatter(FormatJson())
    ligne = logging.LogRecord("essai", logging.ERROR, "", 1, message, args, exc_info)  # type: ignore[arg-type]
    for cle_, valeur in extra.items():
        setattr(ligne, cle_, valeur)
    gestion.handle(ligne)
    return sortie.getvalue()


def absente(identite: str, ligne: str) -> None:
    assert json.loads(ligne)
    assert identite.lower() not in ligne.lower()
    if identite[:5].isdigit():
        assert identite[:13] not in ligne


@given(identites, _autour, _autour)
def test_removed_from_messages(identite: str, avant: str, apres: str) -> None:
    absente(identite, ecrire(f"valeur {avant}{identite}{apres} lue"))


@given(identites, _autour)
def test_removed_from_arguments(identite: str, avant: str) -> None:
    absente(identite, ecrire("refus de %s", avant + identite))
    absente(identite, ecrire("refus de %(qui)s", {"qui": identite}))
    absente(identite, ecrire("lignes %r et %d", [identite, {"ins": identite}], 3))


@given(identites)
def test_removed_from_exceptions(identite: str) -> None:
    try:
        try:
            raise KeyError(identite)
        except KeyError as cause:
            raise ValueError(f"illisible : {identite}") from cause
    except ValueError as erreur:
        info = (type(erreur), erreur, erreur.__traceback__)
        absente(identite, ecrire("échec", exc_info=info))
        absente(identite, ecrire(erreur, exc_info=info))
        ligne = json.loads(ecrire("échec", exc_info=info))
        assert ligne["exception"] == "ValueError"
        assert ligne["lieux"]


@given(identites)
def test_removed_from_coded_fields(identite: str) -> None:
    absente(identite, ecrire("requete", champs={"route": f"/dossier/{identite}/", "statut": 500}))


@given(matricules())
def test_removed_when_written_with_spaces(matricule: str) -> None:
    """The way people write it: 1 80 01 75 000 009 + key."""
    m = matricule
    espace = f"{m[0]} {m[1:3]} {m[3:5]} {m[5:7]} {m[7:10]} {m[10:13]} {m[13:]}"
    assert m[7:13] not in ecrire(f"INS {espace}").replace(" ", "")


def test_what_the_product_logs_is_a_code(caplog: pytest.LogCaptureFixture) -> None:
    with caplog.at_level(logging.INFO, logger="espace_sante"):
        consigner(Evenement.DEMARRAGE, processus=2)
    assert [r.getMessage() for r in caplog.records] == ["demarrage"]


def test_ordinary_lines_stay_readable() -> None:
    ligne = json.loads(ecrire("requête servie en 12 ms, 3 documents, port 8000"))
    assert ligne["message"] == "requête servie en 12 ms, 3 documents, port 8000"


def test_the_handler_of_the_settings_is_this_one() -> None:
    from django.conf import settings

    journal = settings.LOGGING
    for nom, gestion in journal["handlers"].items():
        assert gestion["filters"] == ["sans_identite"], nom
        assert gestion["formatter"] == "json", nom
    assert journal["filters"]["sans_identite"]["()"] == "espace_sante.platform.journal.SansIdentite"
    assert journal["formatters"]["json"]["()"] == "espace_sante.platform.journal.FormatJson"
