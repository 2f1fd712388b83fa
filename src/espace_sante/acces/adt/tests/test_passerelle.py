"""What an establishment's messages change: its own deposits, and maybe a consent (FHR-173)."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.acces import controle
from espace_sante.acces.adt import passerelle
from espace_sante.acces.adt.choix import PasserelleFermee, etablissement
from espace_sante.acces.adt.message import Entete
from espace_sante.acces.adt.passerelle import DEBUT, FIN, acquitter, ecouter, traiter
from espace_sante.acces.adt.tests.test_message import message
from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.errors import AccesRefuse, AlimentationRefusee
from espace_sante.acces.models import ChoixEtablissement, Consentement
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import (
    CONTEXTE,
    document,
    dossier,
    ins,
    lot,
    professionnel,
    titulaire,
)
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import EtatProfil
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace

pytestmark = pytest.mark.django_db
CHU = "1990000001"


@pytest.fixture(autouse=True)
def passerelle_ouverte(settings: Any) -> None:
    settings.ES_ADT = {"structure": CHU, "emetteur": "CHU-X"}


@pytest.fixture
def medecin() -> Acteur:
    return professionnel()


@pytest.fixture
def dossier_id(medecin: Acteur) -> UUID:
    return dossier()[0]


def zfa(alimentation: str = "", consultation: str = "", quand: datetime | None = None) -> str:
    date = f"{(quand or datetime.now(UTC)):%Y%m%d%H%M%S}+0000"
    return f"ZFA|ACTIF|{date}|||||||{alimentation}|{date}|{consultation}|{date}"


def envoyer(texte: str) -> str:
    reponse = traiter(texte.encode()).decode()
    return reponse.split("MSA|", 1)[1][:2]


def deposer(par: Acteur) -> str:
    try:
        alimenter(par, ins(1), lot(par, document(auteur=par)), contexte=CONTEXTE)
    except AlimentationRefusee as refus:
        return refus.code
    return ""


def choix(dossier_id: UUID) -> list[tuple[str, str]]:
    with portee(dossier_id):
        lignes = ChoixEtablissement.objects.filter(dossier_id=dossier_id)
        return list(lignes.values_list("alimentation", "consultation"))


@pytest.mark.rule("FHR-173")
def test_io_refuses_the_deposits_of_that_establishment_alone(dossier_id: UUID, medecin: Acteur) -> None:
    ailleurs = professionnel("99000000002", structure="1990000002")
    assert deposer(medecin) == ""
    assert envoyer(message(zfa=zfa("IO", "INC"))) == "AA"
    assert deposer(medecin) == "oppose_etablissement"
    assert deposer(etablissement()) == "oppose_etablissement"
    assert deposer(ailleurs) == ""
    plus_tard = datetime.now(UTC) + timedelta(minutes=1)
    assert envoyer(message(zfa=zfa("INO", "INC", plus_tard))) == "AA"
    assert deposer(medecin) == ""
    with portee(dossier_id):
        motifs = Trace.objects.filter(dossier_id=dossier_id, action="choix_etablissement").order_by("id")
        assert [t.motif for t in motifs] == ["opposition", ""]


@pytest.mark.rule("FHR-173")
def test_the_later_choice_wins_and_not_collected_undoes_nothing(dossier_id: UUID) -> None:
    maintenant = datetime.now(UTC)
    assert envoyer(message(zfa=zfa("IO", "INC", maintenant))) == "AA"
    assert envoyer(message(zfa=zfa("INO", "IC", maintenant - timedelta(days=1)))) == "AA"
    assert choix(dossier_id) == [("IO", "INC")]
    assert envoyer(message(zfa=zfa("NA", "NA", maintenant + timedelta(minutes=1)))) == "AA"
    assert choix(dossier_id) == [("IO", "INC")]
    assert envoyer(message(zfa="ZFA|ACTIF")) == "AA"
    assert choix(dossier_id) == [("IO", "INC")]


@pytest.mark.rule("FHR-173")
@given(st.permutations([("INO", 1), ("IO", 2), ("NA", 3), ("INO", 4), ("IO", 0)]))
def test_any_order_of_messages_ends_the_same(ordre: list[tuple[str, int]]) -> None:
    from django.db import transaction

    with transaction.atomic():
        professionnel()
        dossier_id, numero = dossier(41)
        depart = datetime.now(UTC) - timedelta(hours=1)
        for valeur, minute in ordre:
            texte = message(numero, zfa=zfa(valeur, "", depart + timedelta(minutes=minute)))
            assert envoyer(texte) == "AA"
        assert choix(dossier_id) == [("INO", "NA")]
        transaction.set_rollback(True)
    from espace_sante.identite import index

    index.oublier()


@pytest.mark.rule("FHR-173")
def test_refused_and_nothing_kept(dossier_id: UUID, medecin: Acteur) -> None:
    futur = datetime.now(UTC) + timedelta(days=1)
    assert envoyer(message(zfa=zfa("IO", "IC", futur))) == "AE"
    assert envoyer(message(zfa=zfa("IO", "IC"), statut="PROV")) == "AE"
    assert envoyer(message(zfa=zfa("IO", "IC"), emetteur="AUTRE")) == "AR"
    assert envoyer(message(zfa=zfa("IO", "XX"))) == "AE"
    assert envoyer("n'importe quoi") == "AR"
    assert choix(dossier_id) == []
    assert deposer(medecin) == ""


@pytest.mark.rule("FHR-173")
def test_nobodys_ins_and_a_closed_record_change_nothing(medecin: Acteur) -> None:
    ferme_id, ferme = dossier(5, EtatProfil.CLOTURE)
    assert envoyer(message(ferme, zfa=zfa("IO", "IC"))) == "AA"
    assert envoyer(message(ins(77), zfa=zfa("IO", "IC"))) == "AA"
    assert choix(ferme_id) == []


def lit(medecin: Acteur) -> bool:
    try:
        with open_dossier(medecin, ins(1), contexte=CONTEXTE, identite_qualifiee=True):
            return True
    except AccesRefuse:
        return False


@pytest.mark.rule("FHR-173", "FHR-52")
def test_ic_creates_the_authorisation_only_when_the_setting_says_so(
    dossier_id: UUID, medecin: Acteur, settings: Any
) -> None:
    assert envoyer(message(zfa=zfa("INO", "IC"))) == "AA"
    assert not lit(medecin)
    settings.ES_ADT_AUTORISATIONS = True
    assert envoyer(message(zfa=zfa("INO", "INC"))) == "AA"
    assert envoyer(message(zfa=zfa("INO", "NA"))) == "AA"
    assert not lit(medecin)
    plus_tard = datetime.now(UTC) + timedelta(seconds=30)
    assert envoyer(message(zfa=zfa("INO", "IC", plus_tard))) == "AA"
    assert lit(medecin)
    with portee(dossier_id):
        accord = Consentement.objects.get(dossier_id=dossier_id)
    assert accord.expire_le - accord.recueilli_le == timedelta(hours=settings.ES_CONSENTEMENT_PONCTUEL_H)
    assert envoyer(message(zfa=zfa("INO", "IC", plus_tard))) == "AA"
    with portee(dossier_id):
        assert Consentement.objects.filter(dossier_id=dossier_id).count() == 1


@pytest.mark.rule("FHR-173", "ACC-15", "ACC-50", "ACC-74")
@pytest.mark.parametrize("cause", ["ailleurs", "inconnu", "bloque", "ancien", "retire", "profession", "etat"])
def test_ic_never_opens_what_he_could_not_have_recorded_himself(
    medecin: Acteur, settings: Any, cause: str
) -> None:
    settings.ES_ADT_AUTORISATIONS = True
    dossier_id, numero = dossier(1, EtatProfil.CREE_AUTO if cause == "etat" else EtatProfil.ACTIVE)
    quand, idnat = datetime.now(UTC), "899000000001"
    if cause == "ailleurs":
        professionnel("99000000002", structure="1990000002")
        idnat = "899000000002"
    if cause == "inconnu":
        idnat = "899999999999"
    if cause == "profession":
        professionnel("99000000003", profession="330", systeme="TRE_R85")
        idnat = "899000000003"
    if cause == "bloque":
        with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
            controle.bloquer(espace, "professionnel", medecin.rpps)
    if cause == "ancien":
        quand -= timedelta(hours=settings.ES_CONSENTEMENT_PONCTUEL_H + 1)
    if cause == "retire":
        assert envoyer(message(numero, zfa=zfa("INO", "IC", quand - timedelta(hours=1)))) == "AA"
        with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
            (accord,) = espace.consentements()
            espace.retirer_consentement(accord.id)
        quand -= timedelta(minutes=30)
    assert envoyer(message(numero, zfa=zfa("INO", "IC", quand), medecin=idnat)) == "AA"
    with portee(dossier_id):
        en_cours = Consentement.objects.filter(dossier_id=dossier_id, retire_le=None)
        # An automatic profile is read as the table of states says; a consent there is as any.
        attendu = 1 if cause == "etat" and lit(medecin) else 0
        assert en_cours.count() == attendu


@pytest.mark.rule("FHR-173")
def test_off_unless_its_establishment_is_set(settings: Any) -> None:
    settings.ES_ADT = {"structure": "", "emetteur": ""}
    with pytest.raises(PasserelleFermee):
        ecouter("127.0.0.1", 0)
    assert envoyer(message()) == "AR"
    settings.ES_ADT = {"structure": "1000000000", "emetteur": ""}
    with pytest.raises(PasserelleFermee):
        etablissement()


@pytest.mark.rule("FHR-173", "REG-12")
def test_an_acknowledgement_names_nobody_and_injects_nothing() -> None:
    professionnel()
    dossier()
    for texte in (message(zfa=zfa("IO", "IC")), message(zfa=zfa("X")), message(pid3="x^^^y")):
        reponse = traiter(texte.encode()).decode()
        for tu in (ins(1).matricule, "PAT-TROIS", "DOMINIQUE", "19790328"):
            assert tu not in reponse
        assert reponse.startswith("MSH|^~\\&|ESPACE-SANTE|")
        assert reponse.split("\r")[1].startswith("MSA|A")
    mechant = Entete("A|B", "C\rMSA|AA", "A01", "1", "P")
    assert acquitter(mechant, "AE", datetime.now(UTC), "a|b^c~d&e").count(b"MSA|") >= 1
    texte = message().replace("|GAM|", "|GAM<x>\x1b|").replace("|3975|", "|39\x0175|")
    assert b"\x1b" not in traiter(texte.encode())


def test_a_failure_of_the_service_is_an_error_not_an_end(
    dossier_id: UUID, monkeypatch: pytest.MonkeyPatch
) -> None:
    def tomber(*_: object, **__: object) -> None:
        raise RuntimeError(ins(1).matricule)

    monkeypatch.setattr(passerelle, "appliquer", tomber)
    assert envoyer(message(zfa=zfa("IO"))) == "AE"


@pytest.fixture
def ligne(monkeypatch: pytest.MonkeyPatch) -> Iterator[socket.socket]:
    """A connection to a listener whose work is replaced: the framing alone."""
    professionnel()
    monkeypatch.setattr(passerelle, "traiter", lambda brut: b"vu:" + brut)
    monkeypatch.setattr(passerelle, "close_old_connections", lambda: None)
    with ecouter("127.0.0.1", 0) as serveur:
        fil = threading.Thread(target=serveur.serve_forever, daemon=True)
        fil.start()
        with socket.create_connection(serveur.server_address[:2], timeout=5) as prise:
            yield prise
        serveur.shutdown()


def recevoir(prise: socket.socket, nombre: int) -> list[bytes]:
    recu = b""
    while recu.count(FIN) < nombre:
        morceau = prise.recv(4096)
        if not morceau:
            break
        recu += morceau
    return [trame.removeprefix(DEBUT) for trame in recu.split(FIN) if trame]


@pytest.mark.rule("FHR-173")
def test_messages_are_framed_one_after_the_other(ligne: socket.socket) -> None:
    ligne.sendall(DEBUT + b"un" + FIN + DEBUT + b"de")
    assert recevoir(ligne, 1) == [b"vu:un"]
    ligne.sendall(b"ux" + FIN)
    assert recevoir(ligne, 1) == [b"vu:deux"]


@pytest.mark.rule("FHR-173")
def test_what_is_not_framed_or_too_long_ends_the_connection(ligne: socket.socket) -> None:
    ligne.sendall(b"GET / HTTP/1.1\r\n\r\n" + FIN)
    assert recevoir(ligne, 1) == []


@pytest.mark.rule("FHR-173")
def test_a_message_without_end_does_not_fill_the_memory(
    ligne: socket.socket, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(passerelle, "TAILLE_MAX", 100_000)
    try:
        for _ in range(100):
            ligne.sendall(DEBUT + b"x" * 10_000)
        assert ligne.recv(1) == b""
    except OSError:
        return
