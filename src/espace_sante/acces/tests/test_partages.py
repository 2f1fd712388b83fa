"""One document shared with one professional: that one, for him, until then, and nothing else (ADR 0016)."""

from __future__ import annotations

import itertools
from datetime import UTC, date, datetime, timedelta
from uuid import UUID

import pytest
import time_machine
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from espace_sante.acces import controle, matrice, partages
from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.dicah import EtatConsentement
from espace_sante.acces.errors import AccesRefuse, ControleRefuse, DocumentIntrouvable, PartageRefuse
from espace_sante.acces.existence import tester_existence
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.partages import PartageVu, fin
from espace_sante.acces.porte import examiner, open_dossier
from espace_sante.acces.recherche_texte import rechercher
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel, titulaire
from espace_sante.acces.tests.scene import Scene
from espace_sante.acces.vie_documents import supprimer
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.nomenclatures import TYPE_REMBOURSEMENTS
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.ids import uuid7

pytestmark = pytest.mark.django_db
TOUS = ("current", "superseded")
_GRAINES = itertools.count(910_000)


@pytest.fixture
def scene() -> Scene:
    """A depositor, and a colleague who has no consent."""
    dossier_id, ins = dossier(31)
    return Scene(
        dossier_id, ins, titulaire(dossier_id),
        professionnel("99000000201"), professionnel("99000000202", structure="1990000002"),
    )  # fmt: skip


def partager(scene: Scene, document_id: UUID, acteur: Acteur, jusqua: date | None = None) -> PartageVu:
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        return partages.partager(espace, document_id, acteur.rpps, jusqua)


def retirer(scene: Scene, partage_id: UUID) -> bool:
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        return partages.retirer(espace, partage_id)


def refus(acteur: Acteur, scene: Scene, **autres: object) -> str:
    try:
        with open_dossier(
            acteur,
            scene.ins,
            contexte=CONTEXTE,
            **{"identite_qualifiee": True, **autres},  # type: ignore[arg-type]
        ):
            return ""
    except AccesRefuse as erreur:
        return erreur.code


def tout_ce_qui_se_voit(acteur: Acteur, scene: Scene, autres: tuple[UUID, ...]) -> set[UUID]:
    """By every way that an opening gives; raises when two ways disagree."""
    with open_dossier(acteur, scene.ins, contexte=CONTEXTE, identite_qualifiee=True) as ouvert:
        liste = {d.id for d in ouvert.lister(Filtre(statuts=TOUS, limite=200)).elements}
        assert ouvert.lister(Filtre(statuts=TOUS, limite=1)).total == len(liste)
        assert {
            d.id for d in rechercher(ouvert, Filtre(texte="compte rendu", statuts=TOUS)).page.elements
        } <= liste
        assert sum(ouvert.compter().values()) == len(ouvert.lister(Filtre(archive=False)).elements)
    lus = set()
    for document_id in autres:
        try:
            with open_dossier(acteur, scene.ins, contexte=CONTEXTE, identite_qualifiee=True) as ouvert:
                ouvert.lire_contenu(document_id)
                lus.add(document_id)
        except DocumentIntrouvable:
            continue
    assert lus == liste & set(autres)
    with open_dossier(acteur, scene.ins, contexte=CONTEXTE, identite_qualifiee=True) as ouvert:
        fiches = {f.id for f in ouvert.lister_fiches(Filtre(statuts=TOUS, limite=200)).elements}
    assert fiches == liste
    return liste


@pytest.mark.rule("ACC-12", "ACC-15", "ACC-03", "DOC-58", "AUD-01")
def test_a_share_opens_one_document_and_its_withdrawal_closes_it_at_once(scene: Scene) -> None:
    ids = tuple(scene.deposer().id for _ in range(3))
    assert refus(scene.confrere, scene) == "consentement_absent"
    partage = partager(scene, ids[1], scene.confrere)
    assert tout_ce_qui_se_voit(scene.confrere, scene, ids) == {ids[1]}
    # Somebody else gets nothing from it.
    assert refus(professionnel("99000000203"), scene) == "consentement_absent"
    assert retirer(scene, partage.id)
    assert not retirer(scene, partage.id)
    assert refus(scene.confrere, scene) == "consentement_absent"
    (trace,), (fin_trace,) = scene.traces("partage"), scene.traces("retrait_partage")
    assert (trace.document_ids, trace.motif) == ([ids[1]], scene.confrere.nom)
    assert fin_trace.document_ids == [ids[1]]
    lectures = [t for t in scene.traces("lecture") if t.resultat == "fait"]
    assert {t.motif for t in lectures} == {"partage"}


@pytest.mark.rule("ACC-06")
def test_the_existence_test_says_that_there_is_no_consent(scene: Scene) -> None:
    partager(scene, scene.deposer().id, scene.confrere)
    existence = tester_existence(scene.confrere, scene.ins, contexte=CONTEXTE)
    assert existence is not None
    assert existence.autorisation is EtatConsentement.INEXISTANTE
    decision = examiner(scene.confrere, scene.ins, identite_qualifiee=True)
    assert (decision.accordee, decision.par_partage) == (True, True)


@pytest.mark.rule("ACC-01", "ACC-02", "ACC-05", "ACC-08", "ACC-74")
def test_the_other_letters_are_asked_as_ever(scene: Scene) -> None:
    partager(scene, scene.deposer().id, scene.confrere)
    assert refus(scene.confrere, scene, identite_qualifiee=False) == "ins_non_qualifiee"
    faible = professionnel("99000000202", structure="1990000002", deux_facteurs=False)
    assert refus(faible, scene) == "authentification_insuffisante"
    from espace_sante.dossier.models import Dossier
    from espace_sante.platform.postgres.rls import portee

    with portee(scene.dossier_id):
        Dossier.objects.filter(dossier_id=scene.dossier_id).update(etat=EtatProfil.SUSPENDU.value)
    assert refus(scene.confrere, scene) == "dossier_indisponible"


@pytest.mark.rule("ACC-47", "ACC-34", "ACC-62", "ACC-74")
def test_a_share_opens_no_type_that_the_matrix_closes(scene: Scene) -> None:
    """Neither when it is made, nor later by a situation of another profession."""
    doc = scene.deposer(type_code="11488-4").id
    kine = professionnel("99000000204", "70")
    lit = "11488-4" in matrice.ligne(matrice.en_vigueur().numero, "TRE_G15", "70", "")  # type: ignore[union-attr]
    ferme = scene.deposer(type_code="ATTEST-RESID").id
    with pytest.raises(PartageRefuse, match="profession_sans_ce_type"):
        partager(scene, ferme, scene.confrere)
    if lit:
        partager(scene, doc, kine)
    assistante = professionnel("99000000205", "41", "TRE_R94")
    with pytest.raises(PartageRefuse, match="profession_sans_partage"):
        partager(scene, doc, assistante)
    rembourse = scene.deposer(type_code=TYPE_REMBOURSEMENTS).id
    partager(scene, rembourse, scene.confrere)
    assert tout_ce_qui_se_voit(scene.confrere, scene, (doc, ferme, rembourse)) == {rembourse}
    from espace_sante.dossier.models import Dossier
    from espace_sante.platform.postgres.rls import portee

    with portee(scene.dossier_id):
        Dossier.objects.filter(dossier_id=scene.dossier_id).update(remboursements_masques=True)
    assert tout_ce_qui_se_voit(scene.confrere, scene, (doc, ferme, rembourse)) == set()
    # The other profession of the same person: its own line, or nothing.
    from dataclasses import replace

    autre = replace(scene.confrere, profession_code="98")
    partager(scene, doc, scene.confrere)
    edition = matrice.en_vigueur()
    assert edition is not None
    attendu = {doc} if "11488-4" in matrice.ligne(edition.numero, "TRE_G15", "98", "") else set()
    assert tout_ce_qui_se_voit(autre, scene, (doc, ferme, rembourse)) == attendu


@pytest.mark.rule("DOC-42", "ACC-48", "ACC-50")
def test_with_a_consent_a_shared_document_is_seen_besides_even_masked_and_a_block_wins(scene: Scene) -> None:
    visible, masque, autre = (scene.deposer().id for _ in range(3))
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        espace.masquer(masque)
        espace.masquer(autre)
    tous = (visible, masque, autre)
    partager(scene, masque, scene.confrere)
    assert tout_ce_qui_se_voit(scene.confrere, scene, tous) == {masque}
    recueillir_consentement(scene.confrere, scene.ins, contexte=CONTEXTE)
    assert tout_ce_qui_se_voit(scene.confrere, scene, tous) == {visible, masque}
    tiers = professionnel("99000000206")
    recueillir_consentement(tiers, scene.ins, contexte=CONTEXTE)
    assert tout_ce_qui_se_voit(tiers, scene, tous) == {visible}
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        blocage = controle.bloquer(espace, "professionnel", scene.confrere.rpps)
    assert refus(scene.confrere, scene) == "professionnel_bloque"
    with pytest.raises(PartageRefuse, match="professionnel_bloque"):
        partager(scene, visible, scene.confrere)
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        # Lifting gives nothing back, shares neither.
        controle.debloquer(espace, blocage.id)
        assert partages.en_cours(espace) == []
        controle.bloquer(espace, "structure", scene.confrere.structure_id)
    partager(scene, visible, scene.confrere)
    assert refus(scene.confrere, scene) == "professionnel_bloque"


@pytest.mark.rule("EMG-03", "EMG-08")
def test_an_emergency_ignores_shares(scene: Scene) -> None:
    from espace_sante.acces import urgence
    from espace_sante.kernel.codes import ModeAcces

    visible, masque = scene.deposer().id, scene.deposer().id
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        espace.masquer(masque)
    partager(scene, masque, scene.confrere)
    assert refus(scene.confrere, scene, mode=ModeAcces.BRIS_DE_GLACE) == "urgence_sans_motif"
    urgence.ouvrir(
        scene.confrere, scene.ins, ModeAcces.BRIS_DE_GLACE,
        urgence.Declaration("Malaise dans la rue, sans réponse", hors_d_etat=True, risque_immediat=True),
        contexte=CONTEXTE, identite_qualifiee=True,
    )  # fmt: skip
    with open_dossier(
        scene.confrere, scene.ins, contexte=CONTEXTE, mode=ModeAcces.BRIS_DE_GLACE, identite_qualifiee=True
    ) as ouvert:
        assert {d.id for d in ouvert.lister(Filtre()).elements} == {visible}


@pytest.mark.rule("DOC-29", "DOC-33", "DOC-43")
def test_what_replaces_a_shared_document_is_not_shared_and_nothing_tells_of_it(scene: Scene) -> None:
    avant = scene.deposer()
    partager(scene, avant.id, scene.confrere)
    apres = scene.deposer(remplace=avant.metadonnees.unique_id)
    assert tout_ce_qui_se_voit(scene.confrere, scene, (avant.id, apres.id)) == {avant.id}
    with open_dossier(scene.confrere, scene.ins, contexte=CONTEXTE, identite_qualifiee=True) as ouvert:
        vu = ouvert.document(avant.id)
        assert (vu.statut, vu.remplace_par_id) == ("superseded", None)
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        (partage,) = partages.en_cours(espace)
        assert partage.remplace
    with pytest.raises(PartageRefuse, match="remplace"):
        partager(scene, avant.id, scene.confrere)
    partager(scene, apres.id, scene.confrere)
    with open_dossier(scene.confrere, scene.ins, contexte=CONTEXTE, identite_qualifiee=True) as ouvert:
        assert ouvert.document(avant.id).remplace_par_id == apres.id


@pytest.mark.rule("DOC-33", "DOC-36")
def test_a_deleted_document_is_shared_no_more(scene: Scene) -> None:
    doc = scene.deposer().id
    partager(scene, doc, scene.confrere)
    supprimer(scene.medecin, scene.ins, doc, contexte=CONTEXTE)
    assert refus(scene.confrere, scene) == "consentement_absent"
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        assert partages.en_cours(espace) == []


@pytest.mark.rule("DOC-46")
def test_only_what_the_holder_sees_can_be_shared(scene: Scene) -> None:
    cache = scene.deposer(invisible_patient=True).id
    for inconnu in (cache, uuid7()):
        with pytest.raises(DocumentIntrouvable):
            partager(scene, inconnu, scene.confrere)
    visible = scene.deposer().id
    for rpps in ("99999999999", professionnel("99000000207", actif=False).rpps, "", "x" * 30):
        with (
            pytest.raises(PartageRefuse, match="inconnu"),
            ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace,
        ):
            partages.partager(espace, visible, rpps)
    assert scene.traces("partage") == []


@pytest.mark.rule("ACC-03")
def test_a_share_ends_with_its_last_day_in_france(scene: Scene) -> None:
    doc = scene.deposer().id
    with time_machine.travel(datetime(2026, 7, 1, 10, tzinfo=UTC), tick=False) as horloge:
        un = partager(scene, doc, scene.confrere, date(2026, 7, 3))
        assert un.dernier_jour == date(2026, 7, 3)
        horloge.move_to(datetime(2026, 7, 3, 21, 59, 59, tzinfo=UTC))
        assert refus(scene.confrere, scene) == ""
        horloge.move_to(datetime(2026, 7, 3, 22, tzinfo=UTC))
        assert refus(scene.confrere, scene) == "consentement_absent"
        # Again before the end: the same share, longer.
        deux = partager(scene, doc, scene.confrere, date(2026, 7, 10))
        trois = partager(scene, doc, scene.confrere, date(2026, 8, 10))
        assert partager(scene, doc, scene.confrere, date(2026, 8, 10)) == trois
        assert (deux.id, trois.dernier_jour) == (trois.id, date(2026, 8, 10))
    assert len(scene.traces("partage")) == 3


def test_dates_asked_are_between_today_and_a_year() -> None:
    maintenant = datetime(2026, 3, 1, 23, 30, tzinfo=UTC)  # already 2 March in Paris
    assert fin(None, maintenant) == datetime(2026, 3, 31, 22, tzinfo=UTC) + timedelta(days=1)
    assert fin(date(2026, 3, 2), maintenant) == datetime(2026, 3, 2, 23, tzinfo=UTC)
    assert fin(date(2027, 3, 2), maintenant) == datetime(2027, 3, 2, 23, tzinfo=UTC)
    for mauvaise in (date(2026, 3, 1), date(2027, 3, 3), date.max):
        with pytest.raises(PartageRefuse, match="date_refusee"):
            fin(mauvaise, maintenant)


@pytest.mark.rule("ACC-12", "ACC-34", "DOC-42", "DOC-58")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(donnees=st.data())
def test_what_is_seen_is_what_the_rule_says(db: None, donnees: st.DataObject) -> None:
    """Against a naive reference, for documents, masks, shares and consents drawn by chance."""
    dossier_id, ins = dossier(next(_GRAINES))
    auteur = professionnel("99000000210")
    lecteurs = [professionnel(f"9900000{211 + i:04d}", p) for i, p in enumerate(("10", "60", "70"))]
    scene = Scene(dossier_id, ins, titulaire(dossier_id), auteur, lecteurs[0])
    types = donnees.draw(
        st.lists(
            st.sampled_from(("11488-4", "11502-2", "PRESC-BIO", "DOCPAT08", "REMB")), min_size=1, max_size=5
        )
    )
    pieces = [document(t, auteur=auteur, masque_ps=donnees.draw(st.booleans())) for t in types]
    alimenter(auteur, ins, lot(auteur, *pieces), contexte=CONTEXTE)
    edition = matrice.en_vigueur()
    assert edition is not None
    for lecteur in lecteurs:
        ligne = matrice.ligne(edition.numero, "TRE_G15", lecteur.profession_code, "")
        voulus = donnees.draw(st.sets(st.sampled_from([p.id for p in pieces])))
        faits = set()
        for document_id in voulus:
            try:
                partager(scene, document_id, lecteur)
                faits.add(document_id)
            except PartageRefuse as erreur:
                assert erreur.code == "profession_sans_ce_type"  # noqa: PT017
        consent = donnees.draw(st.booleans())
        if consent:
            recueillir_consentement(lecteur, ins, contexte=CONTEXTE)
        attendus = {
            p.id
            for p in pieces
            if p.metadonnees.type.code in ligne
            and (p.id in faits or (consent and not p.metadonnees.masque_ps))
        }
        if not consent and not faits:
            assert refus(lecteur, scene) in {"consentement_absent", "habilitation_absente"}
        else:
            assert tout_ce_qui_se_voit(lecteur, scene, tuple(p.id for p in pieces)) == attendus


@pytest.mark.rule("ACC-55", "ACC-53")
def test_an_administrateur_blocks_for_the_holder_and_only_in_a_real_opening(scene: Scene) -> None:
    administrateur, vise = scene.medecin, scene.confrere
    recueillir_consentement(vise, scene.ins, contexte=CONTEXTE)
    recueillir_consentement(administrateur, scene.ins, contexte=CONTEXTE)

    def bloquer(par: Acteur, rpps: str) -> object:
        return controle.bloquer_pour_le_titulaire(
            par, scene.ins, rpps, contexte=CONTEXTE, identite_qualifiee=True
        )

    with pytest.raises(ControleRefuse, match="non_administrateur"):
        bloquer(administrateur, vise.rpps)
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        controle.nommer_administrateur(espace, administrateur.rpps)
    for rpps, code in ((administrateur.rpps, "soi_meme"), ("99999999999", "inconnu")):
        with pytest.raises(ControleRefuse, match=code):
            bloquer(administrateur, rpps)
    with pytest.raises(AccesRefuse):
        controle.bloquer_pour_le_titulaire(administrateur, scene.ins, vise.rpps, contexte=CONTEXTE)
    assert refus(vise, scene) == ""
    bloquer(administrateur, vise.rpps)
    bloquer(administrateur, vise.rpps)
    assert refus(vise, scene) == "professionnel_bloque"
    traces = scene.traces("blocage")
    assert [(t.resultat, t.motif) for t in traces] == [
        ("refus", "non_administrateur"), ("refus", "soi_meme"), ("refus", "inconnu"), ("fait", "administrateur"),
    ]  # fmt: skip
    assert {t.acteur_id for t in traces} == {administrateur.rpps}
    assert scene.genres() == ["administrateur", "blocage"]
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        (blocage,) = controle.blocages(espace)
        assert blocage.pose_par == administrateur.rpps
        assert controle.debloquer(espace, blocage.id)


@pytest.mark.rule("ACC-55")
def test_an_administrateur_without_a_consent_blocks_nobody(scene: Scene) -> None:
    """His consent ended: his role waits, and a share does not stand for it."""
    doc = scene.deposer().id
    recueillir_consentement(scene.confrere, scene.ins, contexte=CONTEXTE)
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        controle.nommer_administrateur(espace, scene.confrere.rpps)
        (accord,) = espace.consentements()
        espace.retirer_consentement(accord.id)
    partager(scene, doc, scene.confrere)
    with pytest.raises(ControleRefuse, match="non_administrateur"):
        controle.bloquer_pour_le_titulaire(
            scene.confrere, scene.ins, scene.medecin.rpps, contexte=CONTEXTE, identite_qualifiee=True
        )
    assert tout_ce_qui_se_voit(scene.confrere, scene, (doc, scene.deposer(masque_ps=True).id)) == {doc}
