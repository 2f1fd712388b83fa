"""The holder takes documents of his copy back, as his own deposits."""

from __future__ import annotations

import io
import random
import zipfile
from typing import Any
from uuid import UUID

import pytest
from django.db import transaction

from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.errors import EspaceFerme
from espace_sante.acces.exportation.signature import cle_publique
from espace_sante.acces.exportation.tests.lecture import copier, ouvrir
from espace_sante.acces.exportation.verification import CopieAlteree
from espace_sante.acces.importation.copie import ouvrir as ouvrir_copie
from espace_sante.acces.importation.erreurs import RepriseRefusee
from espace_sante.acces.importation.titulaire import RepriseFaite, reprendre
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel, titulaire
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.models import Document
from espace_sante.documents.perso.errors import DepotRefuse
from espace_sante.identite.index import oublier
from espace_sante.kernel.ins import Ins
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace

pytestmark = pytest.mark.django_db


def _copie(graine: int = 1, **autres: Any) -> tuple[UUID, Ins, bytes]:
    """A space with three documents and its copy."""
    dossier_id, ins = dossier(graine)
    auteur = professionnel()
    ancien = document(auteur=auteur, titre="Ancien", contenu=b"%PDF ancien", **autres)
    alimenter(
        auteur, ins, lot(auteur, ancien, document(auteur=auteur, titre="Masqué", contenu=b"%PDF m", masque_ps=True)),
        contexte=CONTEXTE,
    )  # fmt: skip
    suite = document(auteur=auteur, titre="Suite", contenu=b"%PDF suite", remplace=str(ancien.id))
    alimenter(auteur, ins, lot(auteur, suite), contexte=CONTEXTE)
    return dossier_id, ins, copier(dossier_id)


class _Fini(Exception):
    pass


def _copie_d_un_espace_perdu(graine: int) -> bytes:
    """A copy whose space is no more: nothing of it is known here."""
    octets = b""
    try:
        with transaction.atomic():
            octets = _copie(graine)[2]
            raise _Fini
    except _Fini:
        oublier()
    return octets


def _reprendre(dossier_id: UUID, octets: bytes, voulu: Any = lambda _: True) -> RepriseFaite:
    return reprendre(titulaire(dossier_id), io.BytesIO(octets), voulu, contexte=CONTEXTE)


def _traces(dossier_id: UUID) -> list[tuple[str, str, str]]:
    with portee(dossier_id):
        return list(Trace.objects.order_by("id").values_list("action", "resultat", "motif"))


@pytest.mark.rule("POR-18")
def test_what_is_here_already_is_skipped() -> None:
    dossier_id, _, octets = _copie()
    assert _reprendre(dossier_id, octets) == RepriseFaite(0, 3, 0)
    with portee(dossier_id):
        assert Document.objects.count() == 3


@pytest.mark.rule("POR-18", "POR-16")
def test_his_own_deposits_with_the_original_word_for_word_and_the_author_as_information() -> None:
    octets = _copie_d_un_espace_perdu(4)
    neuf, _ = dossier(4)
    assert _reprendre(neuf, octets, lambda e: e.statut == "current") == RepriseFaite(2, 0, 0)
    with ouvrir_mon_espace(titulaire(neuf), contexte=CONTEXTE) as espace:
        vus = {v.titre: v for v in espace.lister(Filtre()).elements}
        assert set(vus) == {"Masqué", "Suite"}
        for vu in vus.values():
            assert (vu.deposant_genre, vu.deposant_rpps, vu.auteur_idnat) == ("titulaire", "", "")
            assert "MOREL" in vu.auteur_nom
        assert vus["Masqué"].masque_ps
        assert vus["Suite"].remplace_id is None
    with ouvrir_mon_espace(titulaire(neuf), contexte=CONTEXTE) as espace:
        assert espace.lire_contenu(vus["Suite"].id)[1] == b"%PDF suite"
    assert ("depot", "fait", "reprise") in _traces(neuf)
    assert _reprendre(neuf, octets) == RepriseFaite(1, 2, 0)


@pytest.mark.rule("POR-18", "POR-02")
def test_only_his_own_copy_and_only_one_that_we_signed() -> None:
    dossier_id, _, octets = _copie(1)
    autre, _ = dossier(2)
    with pytest.raises(RepriseRefusee) as refus:
        _reprendre(autre, octets)
    assert refus.value.code == "autre_personne"
    assert _traces(autre) == [("reprise", "refus", "autre_personne")]
    with pytest.raises(EspaceFerme):
        reprendre(professionnel(), io.BytesIO(octets), lambda _: True, contexte=CONTEXTE)
    fichiers = ouvrir(octets)
    nom = next(n for n in fichiers if n.startswith("documents/"))
    sortie = io.BytesIO()
    with zipfile.ZipFile(sortie, "w") as zip_:
        for chemin, contenu in (fichiers | {nom: b"autre"}).items():
            zip_.writestr(chemin, contenu)
    with pytest.raises(CopieAlteree):
        _reprendre(dossier_id, sortie.getvalue())
    for mauvais in (b"", b"PK", octets[:1000]):
        with pytest.raises((CopieAlteree, RepriseRefusee)):
            _reprendre(dossier_id, mauvais)


@pytest.mark.rule("POR-18", "DOC-27")
def test_his_quota_holds_and_nothing_is_half_taken(settings: Any) -> None:
    octets = _copie_d_un_espace_perdu(5)
    neuf, _ = dossier(5)
    settings.ES_QUOTA_TITULAIRE_DOCUMENTS = 2
    with pytest.raises(DepotRefuse):
        _reprendre(neuf, octets)
    with portee(neuf):
        assert not Document.objects.exists()
    assert _traces(neuf)[-1] == ("reprise", "refus", "quota_documents")


@pytest.mark.rule("POR-18", "XDM-06")
def test_whatever_somebody_did_to_the_bytes_only_what_was_signed_comes_out() -> None:
    """Bits turned, ends cut, pieces repeated: a typed refusal, or every file as it was."""
    _, _, octets = _copie(6)
    bons = ouvrir(octets)
    hasard = random.Random(18)
    entieres = 0
    for _ in range(400):
        abime = bytearray(octets)
        for _ in range(hasard.randrange(1, 4)):
            rang = hasard.randrange(len(abime))
            geste = hasard.randrange(3)
            if geste == 0:
                abime[rang] ^= 1 << hasard.randrange(8)
            elif geste == 1:
                del abime[rang : rang + hasard.randrange(1, 40)]
            else:
                abime[rang:rang] = abime[rang : rang + 30]
        try:
            with ouvrir_copie([io.BytesIO(bytes(abime))], cle_publique()) as copie:
                assert all(copie.lire(nom) == bons[nom] for nom in copie.noms())
                entieres += 1
        except (CopieAlteree, RepriseRefusee):
            continue
    assert entieres < 400
