"""Erasing a whole record: nothing opens any more, what the law keeps stays, a crash in the middle is mended.

Committed data, two connections: the owner's work is not that of the application.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID

import psycopg
import pytest
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings
from django.db import connections

from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.errors import EspaceFerme
from espace_sante.acces.exportation.tests.lecture import copier
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, titulaire
from espace_sante.dossier import ecriture
from espace_sante.dossier.effacement import EffacementRefuse, detruire_cle, effacer, effacer_historique
from espace_sante.dossier.models import Dossier
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.comptes import creer_compte
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.crypto import CleDossier, ScelleRompu, cle_maitre
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.journal_scelle.ecriture import connexion, sceller
from espace_sante.traces.journal_scelle.errors import EffacementImpossible

LABO = Acteur(GenreActeur.STRUCTURE, nom="Laboratoire", structure_id="1750000001", client_id="labo")
OPERATEUR = Acteur(GenreActeur.OPERATEUR, nom="conservation")
SECRET = b"%PDF-1.4 resultat tres personnel"


def _proprietaire() -> psycopg.Connection[Any]:
    base = settings.DATABASES["proprietaire"]
    return psycopg.connect(host=base["HOST"], port=base["PORT"], user=base["USER"], dbname=base["NAME"])


def _tables() -> list[str]:
    with _proprietaire() as cx:
        return [
            t
            for (t,) in cx.execute(
                "SELECT c.relname FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid"
                " WHERE a.attname = 'dossier_id' AND c.relkind IN ('r', 'p') AND c.relnamespace = 'public'::regnamespace"
            )
        ]


def _lignes(dossier_id: UUID) -> dict[str, list[str]]:
    """Every raw row of the database that names the record, as its owner reads them."""
    with _proprietaire() as cx:
        return {
            t: lignes
            for t in _tables()
            if (
                lignes := [
                    r[0] for r in cx.execute(f"SELECT t::text FROM {t} t WHERE dossier_id = %s", [dossier_id])
                ]
            )
        }


@pytest.fixture
def dossier_id(django_db_setup: None, django_db_blocker: Any) -> Iterator[UUID]:
    """A record with documents, an account and a copy, that other connections see."""
    with django_db_blocker.unblock():
        identifiant, ins = dossier(8123)
        for titre in ("Résultat intime", "Autre"):
            alimenter(LABO, ins, lot(LABO, document(contenu=SECRET, titre=titre)), contexte=CONTEXTE)
        creer_compte(identifiant, "lou.a-effacer", "Un-mot-2-passe-solide", "lou@example.test")
        copier(identifiant)
        yield identifiant
        ecriture.detruire_lignes(identifiant)
        connections["default"].close()
        connections["proprietaire"].close()
        with _proprietaire() as cx:
            for table in sorted(_tables(), key=lambda t: t == "dossier_dossier"):
                cx.execute(f"DELETE FROM {table} WHERE dossier_id = %s", [identifiant])
            cx.execute("DELETE FROM procrastinate_jobs")


@pytest.mark.rule("AUD-12", "REG-10", "LIF-33")
def test_raw_rows_and_the_master_key_open_nothing_any_more(dossier_id: UUID) -> None:
    with _proprietaire() as cx:
        sauvegarde = cx.execute(
            "SELECT document_id, scelle FROM documents_contenu WHERE dossier_id = %s", [dossier_id]
        )
        contenus = sauvegarde.fetchall()
        (cle,) = (
            cx.execute(
                "SELECT cle_scellee FROM dossier_dossier WHERE dossier_id = %s", [dossier_id]
            ).fetchone()
            or ()
        )
    assert CleDossier.ouvrir(cle, dossier_id.bytes).desceller(contenus[0][1], contenus[0][0].bytes) == SECRET

    detruire_cle(dossier_id, acteur=OPERATEUR, contexte=CONTEXTE)

    # As after a crash: rows are still there, and a backup of contents may be anywhere.
    restes = "".join("".join(lignes) for lignes in _lignes(dossier_id).values())
    assert bytes(cle).hex() not in restes
    maitre = AESGCM(Path(settings.ES_MASTER_KEY_FILE).read_bytes())
    for document_id, scelle in contenus:
        for contexte in (
            document_id.bytes,
            dossier_id.bytes + document_id.bytes,
            b"dossier:" + dossier_id.bytes,
            b"",
        ):
            with pytest.raises(InvalidTag):
                maitre.decrypt(scelle[:12], scelle[12:], contexte)
        with pytest.raises(ScelleRompu):
            cle_maitre().developper(scelle, b"dossier:" + dossier_id.bytes)
    with pytest.raises(EspaceFerme), ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE):
        pass

    assert effacer(dossier_id, acteur=OPERATEUR, contexte=CONTEXTE) > 0
    assert effacer(dossier_id, acteur=OPERATEUR, contexte=CONTEXTE) == 0


@pytest.mark.rule("AUD-12", "LIF-33")
def test_what_the_law_keeps_stays_and_everything_else_goes(dossier_id: UUID) -> None:
    avant = _lignes(dossier_id)
    assert {"documents_document", "documents_contenu", "dossier_morceauexport", "identite_compte"} <= set(
        avant
    )
    effacer(dossier_id, acteur=OPERATEUR, contexte=CONTEXTE)
    apres = _lignes(dossier_id)
    assert set(apres) == {"dossier_dossier", "identite_indexins", "traces_trace"}
    assert apres["identite_indexins"] == avant["identite_indexins"]
    assert set(avant["traces_trace"]) < set(apres["traces_trace"]), (
        "no trace is changed; the erasure is one more"
    )
    assert len(apres["traces_trace"]) == len(avant["traces_trace"]) + 1
    assert "SUPPRIME" in apres["dossier_dossier"][0]
    assert "MARTIN" not in "".join(apres["dossier_dossier"])


@pytest.mark.rule("LIF-33")
def test_a_crash_between_key_and_rows_is_mended_by_the_same_call(
    dossier_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tomber(*_: object) -> list[str]:
        raise RuntimeError("power cut")

    with monkeypatch.context() as coupure:
        coupure.setattr(ecriture, "_a_vider", tomber)
        with pytest.raises(RuntimeError):
            effacer(dossier_id, acteur=OPERATEUR, contexte=CONTEXTE)
    assert "documents_contenu" in _lignes(dossier_id)
    assert "identite_compte" in _lignes(dossier_id), "all rows or none"
    effacer(dossier_id, acteur=OPERATEUR, contexte=CONTEXTE)
    restes = _lignes(dossier_id)
    assert "documents_contenu" not in restes
    assert "".join(restes["traces_trace"]).count("effacement") == 1


@pytest.mark.rule("AUD-12")
def test_the_history_outlives_the_record_then_its_hashes_outlive_it(dossier_id: UUID) -> None:
    maintenant = datetime.now(UTC)
    dix_ans = maintenant + timedelta(days=3660)
    for instant in (maintenant, dix_ans):
        with pytest.raises(EffacementRefuse, match="10 ans"):
            effacer_historique(dossier_id, instant)
    effacer(dossier_id, acteur=OPERATEUR, contexte=CONTEXTE)
    with portee(dossier_id):
        Dossier.objects.filter(dossier_id=dossier_id).update(ferme_le=maintenant.date())
    with pytest.raises(EffacementRefuse, match="10 ans"):
        effacer_historique(dossier_id, maintenant + timedelta(days=3640))
    with pytest.raises(EffacementImpossible):
        effacer_historique(dossier_id, dix_ans)
    with connexion() as cx:
        while sceller(cx, 4):
            pass
    feuilles = len(_lignes(dossier_id)["traces_feuille"])
    assert effacer_historique(dossier_id, dix_ans) > 4
    restes = _lignes(dossier_id)
    assert "traces_trace" not in restes
    assert len(restes["traces_feuille"]) == feuilles


def test_an_unknown_record_is_refused(dossier_id: UUID) -> None:
    with pytest.raises(EffacementRefuse):
        effacer(uuid7(), acteur=OPERATEUR, contexte=CONTEXTE)
