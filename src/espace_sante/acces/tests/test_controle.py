"""What the holder decides about people takes effect at the next call (ACC-03, ACC-48 to ACC-60, EMG-05)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from espace_sante.acces import controle
from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.avis import lister as lister_avis
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.dicah import EtatConsentement
from espace_sante.acces.errors import AccesRefuse, ConsentementRefuse, ControleRefuse
from espace_sante.acces.existence import tester_existence
from espace_sante.acces.models import EquipeSoins, MembreEquipe, Referent
from espace_sante.acces.mon_espace import MonEspace, ouvrir_mon_espace
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel, titulaire
from espace_sante.documents.filtre import Filtre
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.ids import uuid7
from espace_sante.notifications.genres import Genre
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace

pytestmark = pytest.mark.django_db


@pytest.fixture
def dossier_id() -> UUID:
    return dossier()[0]


@pytest.fixture
def medecin(dossier_id: UUID) -> Acteur:
    acteur = professionnel("99000000051")
    recueillir_consentement(acteur, dossier_id, contexte=CONTEXTE)
    return acteur


def _refus(acteur: Acteur, dossier_id: UUID) -> str:
    try:
        with open_dossier(acteur, dossier_id, contexte=CONTEXTE, identite_qualifiee=True):
            return ""
    except AccesRefuse as refus:
        return refus.code


def _lus(acteur: Acteur, dossier_id: UUID) -> int:
    with open_dossier(acteur, dossier_id, contexte=CONTEXTE, identite_qualifiee=True) as vu:
        return vu.lister(Filtre()).total


def _chez_soi(dossier_id: UUID, acte: Callable[[MonEspace], object]) -> object:
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        return acte(espace)


def _actions(dossier_id: UUID) -> list[str]:
    with portee(dossier_id):
        return list(
            Trace.objects.filter(dossier_id=dossier_id).order_by("quand").values_list("action", flat=True)
        )


@pytest.mark.rule("ACC-48", "ACC-53", "ACC-03", "ACC-12", "ACC-15")
def test_a_blocked_professional_reads_nothing_with_or_without_consent(
    dossier_id: UUID, medecin: Acteur
) -> None:
    assert _refus(medecin, dossier_id) == ""
    _chez_soi(dossier_id, lambda e: controle.bloquer(e, "professionnel", medecin.rpps))
    assert _refus(medecin, dossier_id) == "professionnel_bloque"
    existence = tester_existence(medecin, dossier_id, contexte=CONTEXTE)
    assert existence is not None
    assert existence.autorisation is EtatConsentement.INTERDITE
    # A consent that he would record now is refused, and changes nothing.
    with pytest.raises(ConsentementRefuse, match="professionnel_bloque"):
        recueillir_consentement(medecin, dossier_id, contexte=CONTEXTE)
    assert _refus(medecin, dossier_id) == "professionnel_bloque"
    assert _actions(dossier_id).count("blocage") == 1


@pytest.mark.rule("ACC-49", "ACC-54")
def test_a_blocked_professional_still_feeds_and_no_more_reads_what_he_deposited(
    dossier_id: UUID, medecin: Acteur
) -> None:
    _chez_soi(dossier_id, lambda e: controle.bloquer(e, "professionnel", medecin.rpps))
    alimenter(medecin, dossier_id, lot(medecin, document(auteur=medecin)), contexte=CONTEXTE)
    assert _refus(medecin, dossier_id) == "professionnel_bloque"


@pytest.mark.rule("ACC-50")
def test_unblocking_gives_nothing_back(dossier_id: UUID, medecin: Acteur) -> None:
    def aller_retour(espace: MonEspace) -> None:
        blocage = controle.bloquer(espace, "professionnel", medecin.rpps)
        assert controle.bloquer(espace, "professionnel", medecin.rpps).id == blocage.id
        assert controle.debloquer(espace, blocage.id)
        assert not controle.debloquer(espace, blocage.id)
        assert controle.blocages(espace) == []

    _chez_soi(dossier_id, aller_retour)
    assert _refus(medecin, dossier_id) == "consentement_absent"
    assert _actions(dossier_id).count("deblocage") == 1


@pytest.mark.rule("ACC-51")
def test_a_block_follows_the_person_and_a_structure_s_block_its_members_there(dossier_id: UUID) -> None:
    ici = professionnel("99000000052", structure="1990000001")
    ailleurs = replace(ici, structure_id="1990000002")
    for acteur in (ici, ailleurs):
        recueillir_consentement(acteur, dossier_id, contexte=CONTEXTE)
    _chez_soi(dossier_id, lambda e: controle.bloquer(e, "structure", "1990000001"))
    assert (_refus(ici, dossier_id), _refus(ailleurs, dossier_id)) == ("professionnel_bloque", "")
    _chez_soi(dossier_id, lambda e: controle.bloquer(e, "professionnel", "99000000052"))
    assert _refus(ailleurs, dossier_id) == "professionnel_bloque"


@pytest.mark.rule("ACC-52")
def test_one_may_block_somebody_who_never_came_or_stopped(dossier_id: UUID) -> None:
    parti = professionnel("99000000053", actif=False)
    _chez_soi(dossier_id, lambda e: controle.bloquer(e, "professionnel", parti.rpps))
    with pytest.raises(ControleRefuse, match="inconnu"):
        _chez_soi(dossier_id, lambda e: controle.bloquer(e, "professionnel", "99999999999"))


@pytest.fixture
def masque(dossier_id: UUID) -> Iterator[None]:
    """One masked document of somebody else, and a visible one."""
    auteur = professionnel("99000000059")
    cache, visible = document(auteur=auteur), document(auteur=auteur)
    alimenter(auteur, dossier_id, lot(auteur, cache, visible), contexte=CONTEXTE)
    _chez_soi(dossier_id, lambda e: e.masquer(cache.id))
    return


@pytest.mark.rule("ACC-55", "ACC-56", "DOC-42")
def test_an_administrateur_reads_masked_documents_until_he_is_blocked(
    dossier_id: UUID, medecin: Acteur, masque: None
) -> None:
    assert _lus(medecin, dossier_id) == 1
    _chez_soi(dossier_id, lambda e: controle.nommer_administrateur(e, medecin.rpps))
    assert _lus(medecin, dossier_id) == 2
    _chez_soi(dossier_id, lambda e: controle.bloquer(e, "professionnel", medecin.rpps))
    assert _refus(medecin, dossier_id) == "professionnel_bloque"
    assert _chez_soi(dossier_id, controle.referents) == []
    assert _actions(dossier_id).count("administrateur") == 1


@pytest.mark.rule("ACC-55")
def test_only_an_authorised_and_unblocked_professional_may_be_named(
    dossier_id: UUID, medecin: Acteur
) -> None:
    inconnu = professionnel("99000000054")
    for refuse in (inconnu.rpps, "99999999999"):
        with pytest.raises(ControleRefuse):
            _chez_soi(dossier_id, lambda e, r=refuse: controle.nommer_administrateur(e, r))
    _chez_soi(dossier_id, lambda e: controle.nommer_administrateur(e, medecin.rpps))
    assert _chez_soi(dossier_id, lambda e: controle.retirer_administrateur(e, medecin.rpps)) is True
    assert _chez_soi(dossier_id, lambda e: controle.retirer_administrateur(e, medecin.rpps)) is False


@pytest.mark.rule("ACC-57", "ACC-58", "ACC-60")
def test_the_medecin_traitant_reads_masked_documents_by_setting_with_the_other_conditions(
    dossier_id: UUID, medecin: Acteur, masque: None, settings: object
) -> None:
    with portee(dossier_id):
        Referent.objects.create(
            dossier_id=dossier_id, id=uuid7(), role="medecin_traitant", rpps=medecin.rpps, nom=medecin.nom,
            depuis=datetime.now(UTC) - timedelta(days=1), par="assurance_maladie",
        )  # fmt: skip
    assert _lus(medecin, dossier_id) == 2
    settings.ES_MT_VOIT_MASQUE = False  # type: ignore[attr-defined]
    assert _lus(medecin, dossier_id) == 1
    settings.ES_MT_VOIT_MASQUE = True  # type: ignore[attr-defined]
    autre, _ = dossier(9)
    assert _refus(medecin, autre) == "consentement_absent"
    _chez_soi(dossier_id, lambda e: controle.bloquer(e, "professionnel", medecin.rpps))
    assert _refus(medecin, dossier_id) == "professionnel_bloque"


@pytest.mark.rule("ACC-22")
def test_a_member_left_out_loses_what_the_team_gave_and_the_others_keep_it(dossier_id: UUID) -> None:
    un, deux = professionnel("99000000055"), professionnel("99000000056")
    equipe = EquipeSoins.objects.create(id=uuid7(), nom="Gériatrie", structure_id="1990000001")
    for rpps in (un.rpps, deux.rpps):
        MembreEquipe.objects.create(equipe=equipe, rpps=rpps, depuis=datetime.now(UTC) - timedelta(days=1))
    accord = recueillir_consentement(un, dossier_id, contexte=CONTEXTE, equipe_id=equipe.id)
    assert (_refus(un, dossier_id), _refus(deux, dossier_id)) == ("", "")
    _chez_soi(dossier_id, lambda e: controle.exclure_membre(e, accord.id, deux.rpps))
    _chez_soi(dossier_id, lambda e: controle.exclure_membre(e, accord.id, deux.rpps))
    assert (_refus(un, dossier_id), _refus(deux, dossier_id)) == ("", "consentement_absent")
    assert _chez_soi(dossier_id, lambda e: controle.reprendre_membre(e, accord.id, deux.rpps)) is True
    assert _refus(deux, dossier_id) == ""
    with pytest.raises(ControleRefuse, match="consentement_inconnu"):
        _chez_soi(dossier_id, lambda e: controle.exclure_membre(e, uuid7(), deux.rpps))


@pytest.mark.rule("EMG-05", "EMG-07", "EMG-14")
def test_the_switches_begin_as_the_law_says_and_each_change_is_traced(dossier_id: UUID) -> None:
    depart = _chez_soi(dossier_id, controle.interrupteurs)
    assert depart == {
        "urgence_samu": True, "urgence_bris_de_glace": True, "urgence_documents_masques": False,
        "urgence_alimentation": True,
    }  # fmt: skip
    assert _chez_soi(dossier_id, lambda e: controle.regler(e, "urgence_samu", permis=False)) is True
    assert _chez_soi(dossier_id, lambda e: controle.regler(e, "urgence_samu", permis=False)) is False
    assert _chez_soi(dossier_id, controle.interrupteurs) == {**depart, "urgence_samu": False}
    assert _actions(dossier_id).count("reglage") == 1
    with pytest.raises(ControleRefuse, match="reglage_inconnu"):
        _chez_soi(dossier_id, lambda e: controle.regler(e, "etat", permis=True))  # type: ignore[arg-type]


@pytest.mark.rule("ACC-55", "ACC-56")
def test_naming_and_withdrawing_an_administrateur_are_told(dossier_id: UUID, medecin: Acteur) -> None:
    def dits() -> list[str]:
        with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
            return [a.phrase for a in lister_avis(espace).elements if a.genre is Genre.ADMINISTRATEUR]

    _chez_soi(dossier_id, lambda e: controle.nommer_administrateur(e, medecin.rpps))
    assert [p.split(" est ", 1)[1] for p in dits()] == ["maintenant administrateur de votre dossier."]
    _chez_soi(dossier_id, lambda e: controle.nommer_administrateur(e, medecin.rpps))
    assert len(dits()) == 1, "he had it already"
    _chez_soi(dossier_id, lambda e: controle.retirer_administrateur(e, medecin.rpps))
    assert dits()[0].endswith("n’est plus administrateur de votre dossier.")
    _chez_soi(dossier_id, lambda e: controle.nommer_administrateur(e, medecin.rpps))
    _chez_soi(dossier_id, lambda e: controle.bloquer(e, "professionnel", medecin.rpps))
    assert (len(dits()), dits()[0]) == (4, dits()[2]), "the block ends the role in the same act"
