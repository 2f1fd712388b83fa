"""The holder's access code: one use, one professional, a short time; it replaces the consent alone (ACC-24 to ACC-29)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from espace_sante.acces import codes, controle
from espace_sante.acces.codes import ESSAIS_MAX
from espace_sante.acces.errors import AccesRefuse, CodeRefuse
from espace_sante.acces.models import CodeAcces
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier, professionnel, titulaire
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.ins import Ins
from espace_sante.notifications.genres import Genre
from espace_sante.notifications.models import Avis
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace

pytestmark = pytest.mark.django_db


@pytest.fixture
def personne() -> tuple[UUID, Ins]:
    return dossier()


def _code(dossier_id: UUID, rpps: str = "") -> str:
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        return codes.creer(espace, rpps_prevu=rpps)[0]


def _refus(acteur: Acteur, dossier_id: UUID) -> str:
    try:
        with open_dossier(acteur, dossier_id, contexte=CONTEXTE, identite_qualifiee=True):
            return ""
    except AccesRefuse as refus:
        return refus.code


def _essayer(acteur: Acteur, ins: Ins | UUID, chiffres: str) -> str:
    try:
        codes.utiliser(acteur, ins, chiffres, contexte=CONTEXTE)
    except CodeRefuse as refus:
        return refus.code
    return ""


@pytest.mark.rule("ACC-24", "ACC-25", "ACC-26", "ACC-29", "FHR-53")
def test_ins_and_code_open_once_for_eight_hours(personne: tuple[UUID, Ins]) -> None:
    dossier_id, ins = personne
    medecin, autre = professionnel("99000000061"), professionnel("99000000062")
    chiffres = _code(dossier_id)
    assert len(chiffres) == 8
    assert chiffres.isdigit()
    assert _refus(medecin, dossier_id) == "consentement_absent"
    assert _essayer(medecin, ins, chiffres) == ""
    assert _refus(medecin, dossier_id) == ""
    # Single use: for himself and for anyone else.
    assert _essayer(autre, ins, chiffres) == "code_refuse"
    assert _refus(autre, dossier_id) == "consentement_absent"
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=8, minutes=1), tick=False):
        assert _refus(medecin, dossier_id) == "consentement_absent"


@pytest.mark.rule("ACC-25")
def test_a_code_is_short_lived_bound_to_a_named_one_and_can_be_cancelled(personne: tuple[UUID, Ins]) -> None:
    dossier_id, ins = personne
    medecin, autre = professionnel("99000000061"), professionnel("99000000062")
    chiffres = _code(dossier_id, medecin.rpps)
    assert _essayer(autre, ins, chiffres) == "code_refuse"
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=31), tick=False):
        assert _essayer(medecin, ins, chiffres) == "code_refuse"
    chiffres = _code(dossier_id)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        dernier = codes.lister(espace)[0]
        assert codes.annuler(espace, dernier.id)
        assert not codes.annuler(espace, dernier.id)
    assert _essayer(medecin, ins, chiffres) == "code_refuse"


@pytest.mark.rule("ACC-24")
def test_the_code_of_another_record_opens_nothing(personne: tuple[UUID, Ins]) -> None:
    dossier_id, _ = personne
    _, autre_ins = dossier(12)
    assert _essayer(professionnel("99000000061"), autre_ins, _code(dossier_id)) == "code_refuse"


@pytest.mark.rule("ACC-27", "ACC-04")
def test_five_wrong_codes_stop_the_entry_for_an_hour(personne: tuple[UUID, Ins]) -> None:
    dossier_id, ins = personne
    medecin, autre = professionnel("99000000061"), professionnel("99000000062")
    bon = _code(dossier_id)
    faux = "0" * 8 if bon != "0" * 8 else "1" * 8
    for _ in range(ESSAIS_MAX):
        assert _essayer(medecin, ins, faux) == "code_refuse"
    # The professional is stopped, and so is this record for anybody.
    assert _essayer(medecin, ins, bon) == "trop_d_essais"
    assert _essayer(autre, ins, bon) == "trop_d_essais"
    with portee(dossier_id):
        refus = Trace.objects.filter(dossier_id=dossier_id, action="code_acces", resultat="refus").count()
        # The holder is told, once.
        assert Avis.objects.filter(dossier_id=dossier_id, genre=Genre.CODES_BLOQUES.value).count() == 1
    assert refus == ESSAIS_MAX
    with time_machine.travel(datetime.now(UTC) + timedelta(hours=1, minutes=1), tick=False):
        assert _essayer(medecin, ins, _code(dossier_id)) == ""


@pytest.mark.rule("ACC-27")
def test_unknown_persons_count_and_answer_like_wrong_codes(personne: tuple[UUID, Ins]) -> None:
    medecin = professionnel("99000000061")
    personne_ = Ins.lire("279039999999912", verifier_cle=False)
    for _ in range(ESSAIS_MAX):
        assert _essayer(medecin, personne_, "12345678") == "code_refuse"
    assert _essayer(medecin, personne_, "12345678") == "trop_d_essais"


@pytest.mark.rule("ACC-28")
def test_the_code_replaces_the_consent_only(personne: tuple[UUID, Ins]) -> None:
    dossier_id, ins = personne
    medecin = professionnel("99000000061")
    chiffres = _code(dossier_id)
    un_facteur = professionnel("99000000063", deux_facteurs=False)
    assert _essayer(un_facteur, ins, chiffres) == "code_refuse"
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        controle.bloquer(espace, "professionnel", medecin.rpps)
    assert _essayer(medecin, ins, chiffres) == "code_refuse"
    sans_ligne = professionnel("99000000064", "31")
    assert _essayer(sans_ligne, ins, chiffres) == ""
    assert _refus(sans_ligne, dossier_id) == "habilitation_absente"


@pytest.mark.rule("ACC-24", "REG-12")
def test_the_digits_are_nowhere(personne: tuple[UUID, Ins]) -> None:
    dossier_id, ins = personne
    chiffres = _code(dossier_id)
    _essayer(professionnel("99000000061"), ins, chiffres)
    with portee(dossier_id):
        lignes = str(list(Trace.objects.filter(dossier_id=dossier_id).values()))
        lignes += str([{**c, "empreinte": bytes(c["empreinte"]).hex()} for c in CodeAcces.objects.values()])
    assert chiffres not in lignes
