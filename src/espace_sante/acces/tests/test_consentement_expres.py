"""Occupational doctors, PMI, fire brigade: whose consent must be express, and told first (ACC-23)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import IntegrityError, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from espace_sante.acces import codes, urgence
from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.consentement_expres import acteur_exige_accord_expres, exige_accord_expres
from espace_sante.acces.consentements import lister, recueillir_consentement
from espace_sante.acces.errors import AccesRefuse, CodeRefuse, ConsentementRefuse
from espace_sante.acces.models import Consentement, EquipeSoins, MembreEquipe
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel, titulaire
from espace_sante.documents.filtre import Filtre
from espace_sante.identite import jetons
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.annuaire import acteur_professionnel
from espace_sante.identite.models import Logiciel, SituationExercice
from espace_sante.kernel.codes import ModeAcces
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db
TRAVAIL = [("SM25", ""), ("C41", "SA07"), ("CAPA11", "SA05"), ("", "SA13"), ("SM54", "SA66")]
POMPIERS = [("", "SA47"), ("SM59", "SA68")]
COMMUNS = [("SM54", "SA15"), ("SM40", "SA15"), ("SM54", "SA07"), ("", "")]


def _medecin(savoir_faire: str, secteur: str, rpps: str = "99000000021") -> Acteur:
    return replace(professionnel(rpps), savoir_faire=savoir_faire, secteur=secteur)


def _lit(acteur: Acteur, dossier_id: UUID, mode: ModeAcces = ModeAcces.NORMAL) -> str:
    try:
        with open_dossier(acteur, dossier_id, contexte=CONTEXTE, mode=mode, identite_qualifiee=True) as vu:
            vu.lister(Filtre())
            return ""
    except AccesRefuse as refus:
        return refus.code


def _equipe(*membres: Acteur) -> EquipeSoins:
    equipe = EquipeSoins.objects.create(id=uuid4(), nom="Équipe", structure_id="1990000001")
    for m in membres:
        MembreEquipe.objects.create(equipe=equipe, rpps=m.rpps, depuis=datetime.now(UTC) - timedelta(days=1))
    return equipe


@pytest.mark.rule("ACC-23")
@pytest.mark.parametrize(("savoir_faire", "secteur"), TRAVAIL + POMPIERS)
def test_only_an_express_consent_after_information_opens(savoir_faire: str, secteur: str) -> None:
    dossier_id, _ = dossier()
    medecin = _medecin(savoir_faire, secteur)
    with pytest.raises(ConsentementRefuse, match="information_absente"):
        recueillir_consentement(medecin, dossier_id, contexte=CONTEXTE)
    assert _lit(medecin, dossier_id) == "consentement_absent"
    # A plain consent, as another situation of the same person may have collected it.
    recueillir_consentement(_medecin("SM54", "SA07"), dossier_id, contexte=CONTEXTE)
    assert _lit(_medecin("SM54", "SA07"), dossier_id) == ""
    assert _lit(medecin, dossier_id) == "consentement_absent"
    fait = recueillir_consentement(medecin, dossier_id, contexte=CONTEXTE, informe=True)
    assert _lit(medecin, dossier_id) == ""
    with portee(dossier_id):
        stocke = Consentement.objects.get(dossier_id=dossier_id, id=fait.id)
        assert stocke.explicite and stocke.informe_le == stocke.recueilli_le
        assert lister(dossier_id)[0].informe_le == stocke.informe_le, "the holder sees that he was told"


@pytest.mark.rule("ACC-23")
@pytest.mark.parametrize(("savoir_faire", "secteur"), TRAVAIL + POMPIERS)
def test_the_presumption_of_a_team_never_applies(savoir_faire: str, secteur: str) -> None:
    dossier_id, _ = dossier()
    collegue, medecin = professionnel("99000000022"), _medecin(savoir_faire, secteur)
    equipe = _equipe(collegue, medecin)
    recueillir_consentement(collegue, dossier_id, contexte=CONTEXTE, equipe_id=equipe.id)
    assert _lit(collegue, dossier_id) == ""
    assert _lit(medecin, dossier_id) == "consentement_absent"
    with pytest.raises(ConsentementRefuse, match="equipe_interdite"):
        recueillir_consentement(medecin, dossier_id, contexte=CONTEXTE, equipe_id=equipe.id, informe=True)


@pytest.mark.rule("ACC-23")
@pytest.mark.parametrize(("savoir_faire", "secteur"), COMMUNS)
def test_doctors_of_pmi_consult_and_deposit_like_any_doctor(savoir_faire: str, secteur: str) -> None:
    dossier_id, numero = dossier()
    medecin = _medecin(savoir_faire, secteur)
    recueillir_consentement(medecin, dossier_id, contexte=CONTEXTE)
    assert _lit(medecin, dossier_id) == ""
    assert alimenter(medecin, numero, lot(medecin, document(auteur=medecin)), contexte=CONTEXTE).documents


@pytest.mark.rule("ACC-23", "EMG-13")
@pytest.mark.parametrize(("savoir_faire", "secteur"), POMPIERS)
def test_the_fire_brigade_has_an_emergency_case(savoir_faire: str, secteur: str) -> None:
    dossier_id, _ = dossier()
    medecin, mode = _medecin(savoir_faire, secteur), ModeAcces.BRIS_DE_GLACE
    faits = urgence.Declaration(
        "Victime inconsciente sur la voie publique", hors_d_etat=True, risque_immediat=True
    )
    urgence.ouvrir(medecin, dossier_id, mode, faits, contexte=CONTEXTE, identite_qualifiee=True)
    assert _lit(medecin, dossier_id, mode) == ""
    assert _lit(medecin, dossier_id) == "consentement_absent"


@pytest.mark.rule("ACC-23", "ACC-28")
def test_an_access_code_needs_the_information_too_and_is_not_lost_without() -> None:
    dossier_id, _ = dossier()
    medecin = _medecin("SM25", "")
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        chiffres, _ = codes.creer(espace)
    with pytest.raises(CodeRefuse, match="information_absente"):
        codes.utiliser(medecin, dossier_id, chiffres, contexte=CONTEXTE)
    assert _lit(medecin, dossier_id) == "consentement_absent"
    codes.utiliser(medecin, dossier_id, chiffres, contexte=CONTEXTE, informe=True)
    assert _lit(medecin, dossier_id) == ""


@pytest.mark.rule("ACC-23")
def test_the_sector_comes_from_the_directory_and_travels_in_the_token() -> None:
    medecin = professionnel("99000000023")
    SituationExercice.objects.filter(id=medecin.situation_id).update(secteur="SA66", savoir_faire="SM25")
    situation = SituationExercice.objects.select_related("professionnel", "structure").get(
        id=medecin.situation_id
    )
    Logiciel.objects.create(client_id="lps-secteur", nom="LPS", portees=["user/Patient.r"])
    acteur = acteur_professionnel(situation, deux_facteurs=True, client_id="lps-secteur")
    assert (acteur.secteur, acteur.savoir_faire) == ("SA66", "SM25")
    assert jetons.lire_jeton(jetons.emettre_jeton(acteur)) == acteur
    assert acteur_exige_accord_expres(acteur)


@pytest.mark.rule("ACC-23")
def test_an_express_consent_without_information_cannot_be_stored() -> None:
    dossier_id, _ = dossier()
    quand = datetime.now(UTC)
    with pytest.raises(IntegrityError), portee(dossier_id), transaction.atomic():
        Consentement.objects.create(
            dossier_id=dossier_id, id=uuid7(), genre="ponctuel", rpps="99000000021", recueilli_le=quand,
            expire_le=quand + timedelta(hours=1), recueilli_par="99000000021", recueilli_par_nom="X", explicite=True,
        )  # fmt: skip


@pytest.mark.rule("ACC-23", "ACC-19", "ACC-16")
@settings(max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    exercice=st.sampled_from(TRAVAIL + POMPIERS + COMMUNS),
    accords=st.lists(st.sampled_from(["simple", "expres", "equipe", "passe", "retire"]), max_size=4),
)
def test_property_what_opens_is_what_the_rule_says(exercice: tuple[str, str], accords: list[str]) -> None:
    """Any set of consents: express ones serve everyone, plain and team ones only who follows the common rule."""
    dossier_id, _ = dossier(_suivant())
    medecin, quand = _medecin(*exercice), datetime.now(UTC)
    equipe = _equipe(medecin)
    with portee(dossier_id):
        for accord in accords:
            expres = accord in ("expres", "passe", "retire")
            Consentement.objects.create(
                dossier_id=dossier_id, id=uuid7(), genre="equipe" if accord == "equipe" else "ponctuel",
                rpps="" if accord == "equipe" else medecin.rpps, equipe_id=equipe.id if accord == "equipe" else None,
                recueilli_le=quand, expire_le=quand + timedelta(hours=-1 if accord == "passe" else 1),
                retire_le=quand if accord == "retire" else None, recueilli_par=medecin.rpps, recueilli_par_nom="X",
                explicite=expres, informe_le=quand if expres else None,
            )  # fmt: skip
    strict = exercice in TRAVAIL + POMPIERS
    assert strict is exige_accord_expres(*exercice)
    ouvre = "expres" in accords or (not strict and bool({"simple", "equipe"} & set(accords)))
    assert _lit(medecin, dossier_id) == ("" if ouvre else "consentement_absent")


_RANGS = iter(range(1000, 10_000))


def _suivant() -> int:
    return next(_RANGS)
