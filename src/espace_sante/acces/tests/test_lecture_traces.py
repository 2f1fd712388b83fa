"""Who among professionals reads the history, and what a line of it may tell him (ACC-59, ACC-60, AUD-08, DOC-43)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from espace_sante.acces.controle import bloquer
from espace_sante.acces.errors import AccesRefuse, TracesRefusees
from espace_sante.acces.lecture_traces import Etendue, LectureTraces, lire_traces
from espace_sante.acces.models import Consentement, Referent
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier, ins, professionnel
from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.queries import FiltreTraces

pytestmark = pytest.mark.django_db
TITRE = "Résultat à ne pas dire"


def declarer(scene: Scene, acteur: Acteur, *, fini: bool = False) -> None:
    """The fund declares him as médecin traitant."""
    quand = datetime.now(UTC) - timedelta(days=2)
    with portee(scene.dossier_id):
        Referent.objects.create(
            dossier_id=scene.dossier_id, id=uuid7(), role="medecin_traitant", rpps=acteur.rpps, nom=acteur.nom,
            depuis=quand, jusqua=quand + timedelta(days=1) if fini else None, par="assurance_maladie",
        )  # fmt: skip


def lire(scene: Scene, acteur: Acteur, etendue: Etendue = Etendue.TOUS, **filtre: object) -> LectureTraces:
    return lire_traces(
        acteur, scene.ins, etendue, FiltreTraces(**filtre), contexte=CONTEXTE, identite_qualifiee=True  # type: ignore[arg-type]
    )  # fmt: skip


def retirer(scene: Scene, acteur: Acteur) -> None:
    """The holder takes his consent back."""
    with portee(scene.dossier_id):
        Consentement.objects.filter(dossier_id=scene.dossier_id, rpps=acteur.rpps).update(
            retire_le=datetime.now(UTC)
        )


@pytest.fixture
def scene() -> Scene:
    return ouvrir_scene(71)


@pytest.mark.rule("ACC-59", "AUD-08", "AUD-17")
def test_the_declared_medecin_traitant_reads_everybody_s_acts_even_without_a_consent(scene: Scene) -> None:
    scene.lu_par(scene.medecin)
    traitant = professionnel("99000000007", structure="1990000007")
    declarer(scene, traitant)
    lu = lire(scene, traitant)
    assert {t.acteur_id for t in lu.page.elements} >= {scene.medecin.rpps, scene.confrere.rpps}
    assert lu.tous_permis
    lire(scene, traitant)
    (ligne,) = scene.traces("historique")
    assert (ligne.acteur_id, ligne.motif, ligne.resultat) == (traitant.rpps, "tous", "fait")


@pytest.mark.rule("ACC-59", "AUD-08")
def test_nobody_else_reads_them_not_even_with_a_consent(scene: Scene) -> None:
    declarer(scene, scene.confrere, fini=True)
    for acteur in (scene.medecin, scene.confrere):
        with pytest.raises(TracesRefusees) as refus:
            lire(scene, acteur)
        assert refus.value.code == "traces_reservees"
        assert not lire(scene, acteur, Etendue.SIENS).tous_permis
    refusees = [t for t in scene.traces("historique") if t.resultat == "refus"]
    assert [t.motif for t in refusees] == ["traces_reservees"] * 2


@pytest.mark.rule("ACC-60")
def test_a_block_wins_over_the_role(scene: Scene) -> None:
    declarer(scene, scene.medecin)
    assert lire(scene, scene.medecin).page.elements
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        bloquer(espace, "professionnel", scene.medecin.rpps)
    with pytest.raises(TracesRefusees) as refus:
        lire(scene, scene.medecin)
    assert refus.value.code == "professionnel_bloque"
    assert not lire(scene, scene.medecin, Etendue.SIENS).tous_permis


@pytest.mark.rule("ACC-59")
def test_the_three_first_letters_are_needed(scene: Scene) -> None:
    declarer(scene, scene.medecin)
    for etendue in Etendue:
        with pytest.raises(AccesRefuse) as sans_a:
            lire(scene, replace(scene.medecin, deux_facteurs=False), etendue)
        assert sans_a.value.code == "authentification_insuffisante"
        with pytest.raises(AccesRefuse) as sans_i:
            lire_traces(scene.medecin, scene.ins, etendue, FiltreTraces(), contexte=CONTEXTE)
        assert sans_i.value.code == "ins_non_qualifiee"
    ferme = Scene(*dossier(72, EtatProfil.SUSPENDU), scene.moi, scene.medecin, scene.confrere)
    inconnu = ferme._replace(dossier_id=uuid7(), ins=ins(73))
    refus = []
    for autre in (ferme, inconnu):
        with pytest.raises(AccesRefuse) as sans_d:
            lire(autre, scene.medecin, Etendue.SIENS)
        refus.append((sans_d.value.code, sans_d.value.message, sans_d.value.decision))
    assert refus[0] == refus[1], "a closed record cannot be told from nobody (ACC-07)"


@pytest.mark.rule("AUD-08")
def test_each_reads_his_own_acts_and_no_others(scene: Scene) -> None:
    scene.deposer(titre=TITRE)
    scene.lu_par(scene.medecin)
    scene.lu_par(scene.confrere)
    for acteur in (scene.medecin, scene.confrere):
        for groupe in ("", "moi", "services"):
            lus = lire(scene, acteur, Etendue.SIENS, groupe=groupe, acteur_id="99000000001").page.elements
            assert {t.acteur_id for t in lus} == {acteur.rpps}
    # What he did he did, whatever became of the consent.
    retirer(scene, scene.confrere)
    assert {t.action for t in lire(scene, scene.confrere, Etendue.SIENS).page.elements} >= {"liste"}
    inconnu = professionnel("99000000008", structure="1990000008")
    assert lire(scene, inconnu, Etendue.SIENS).page.elements == []


@pytest.mark.rule("AUD-08", "DOC-43")
def test_a_document_that_he_may_not_read_has_no_title_in_his_history(scene: Scene) -> None:
    doc = scene.deposer(titre=TITRE)
    with open_dossier(scene.confrere, scene.ins, contexte=CONTEXTE, identite_qualifiee=True) as ouvert:
        ouvert.document(doc.id)
    assert TITRE in str(lire(scene, scene.confrere, Etendue.SIENS).page)
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        espace.masquer(doc.id)
    masque = str(lire(scene, scene.confrere, Etendue.SIENS).page)
    assert TITRE not in masque
    assert str(doc.id) not in masque
    assert "11488-4" not in masque
    assert TITRE in str(lire(scene, scene.medecin, Etendue.SIENS).page), (
        "the depositor still sees it (DOC-42)"
    )


@pytest.mark.rule("ACC-59", "DOC-43")
def test_the_medecin_traitant_is_not_told_of_masks_on_what_he_may_not_read(
    scene: Scene, settings: object
) -> None:
    settings.ES_MT_VOIT_MASQUE = False  # type: ignore[attr-defined]
    traitant = scene.confrere
    declarer(scene, traitant)
    doc = scene.deposer(titre=TITRE)
    visible = str(lire(scene, traitant).page)
    assert TITRE in visible
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        espace.masquer(doc.id)
    apres = lire(scene, traitant).page
    assert TITRE not in str(apres)
    assert not {"masquage", "confidentialite"} & {t.action for t in apres.elements}
    settings.ES_MT_VOIT_MASQUE = True  # type: ignore[attr-defined]
    assert "masquage" in {t.action for t in lire(scene, traitant).page.elements}
    retirer(scene, traitant)
    sans_accord = lire(scene, traitant).page
    assert TITRE not in str(sans_accord)
    assert "depot" in {t.action for t in sans_accord.elements}


@pytest.mark.rule("ACC-59")
def test_whom_the_holder_blocked_or_reported_is_not_told(scene: Scene) -> None:
    declarer(scene, scene.medecin)
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        bloque = bloquer(espace, "professionnel", scene.confrere.rpps)
    lus = lire(scene, scene.medecin).page.elements
    assert [t.document_titre for t in lus if t.action == "blocage"] == [""]
    assert bloque.nom


@pytest.mark.rule("AUD-08")
def test_professions_named_by_the_operator_read_them_when_the_record_is_open_to_them(
    scene: Scene, settings: object
) -> None:
    with pytest.raises(TracesRefusees):
        lire(scene, scene.medecin)
    settings.ES_CATEGORIES_LISANT_TRACES = "TRE_G15/10, TRE_G15/21"  # type: ignore[attr-defined]
    assert {t.acteur_id for t in lire(scene, scene.medecin).page.elements} >= {scene.confrere.rpps}
    retirer(scene, scene.medecin)
    with pytest.raises(TracesRefusees):
        lire(scene, scene.medecin)
    settings.ES_CATEGORIES_LISANT_TRACES = "TRE_G15/21"  # type: ignore[attr-defined]
    with pytest.raises(TracesRefusees):
        lire(scene, scene.confrere)


@pytest.mark.rule("AUD-07")
def test_pages_of_a_long_history_lose_nothing(scene: Scene) -> None:
    declarer(scene, scene.medecin)
    for _ in range(3):
        scene.lu_par(scene.confrere)
    lire(scene, scene.medecin)
    tout = [t.id for t in lire(scene, scene.medecin).page.elements]
    page, lus = lire(scene, scene.medecin, limite=2).page, []
    while True:
        lus += [t.id for t in page.elements]
        if page.suite is None:
            break
        page = lire(scene, scene.medecin, limite=2, avant=page.suite).page
    assert lus == tout
    assert len(lus) > 4
