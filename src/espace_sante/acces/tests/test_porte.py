"""Reading through the gate: consent, matrix, masks, states, traces of refusals."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection

from espace_sante.acces import matrice
from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.errors import (
    AccesRefuse,
    AlimentationRefusee,
    ConsentementRefuse,
    DocumentIntrouvable,
)
from espace_sante.acces.existence import tester_existence
from espace_sante.acces.models import Consentement, EquipeSoins, MembreEquipe
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
)  # fmt: skip
from espace_sante.documents import nomenclatures
from espace_sante.documents.filtre import Filtre
from espace_sante.identite.models import Professionnel, SituationExercice
from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace, TraceHorsDossier
from espace_sante.traces.queries import FiltreTraces

pytestmark = pytest.mark.django_db


def _refus(acteur, cible, **autres) -> str:
    autres = {"identite_qualifiee": True, **autres}
    with pytest.raises(AccesRefuse) as refus, open_dossier(acteur, cible, contexte=CONTEXTE, **autres):
        pytest.fail("opened")
    return refus.value.code


def _traces(dossier_id: UUID) -> list[tuple[str, str, str]]:
    with portee(dossier_id):
        return list(Trace.objects.order_by("quand", "id").values_list("action", "motif", "lettres"))


@pytest.mark.rule("ACC-01", "ACC-04", "ACC-08", "ACC-11", "AUD-01", "IDN-13", "IDN-14")
def test_each_missing_letter_refuses_and_is_traced() -> None:
    dossier_id, numero = dossier()
    medecin = professionnel()
    un_facteur = professionnel(deux_facteurs=False)
    assert _refus(un_facteur, numero) == "authentification_insuffisante"
    assert _refus(medecin, numero, identite_qualifiee=False) == "ins_non_qualifiee"
    assert _refus(medecin, numero) == "consentement_absent"
    recueillir_consentement(medecin, numero, contexte=CONTEXTE)
    opticien = professionnel("99000000009", "28")
    recueillir_consentement(opticien, numero, contexte=CONTEXTE)
    assert _refus(opticien, numero) == "habilitation_absente"
    with pytest.raises(AlimentationRefusee, match="ins_non_qualifiee"):
        alimenter(
            medecin,
            numero,
            lot(medecin, document(auteur=medecin)),
            contexte=CONTEXTE,
            identite_qualifiee=False,
        )
    assert [t for t in _traces(dossier_id) if t[0] == "ouverture"] == [
        ("ouverture", "authentification_insuffisante", "mnnnn"),
        ("ouverture", "ins_non_qualifiee", "ttmnn"),
        ("ouverture", "consentement_absent", "tttmt"),
        ("ouverture", "habilitation_absente", "ttttm"),
    ]


@pytest.mark.rule("ACC-05", "ACC-07", "ACC-65", "ACC-66", "ACC-72", "FHR-41", "FHR-43")
@pytest.mark.parametrize("etat", list(EtatProfil))
def test_state_of_the_profile_opens_or_closes(etat: EtatProfil) -> None:
    _, numero = dossier(etat=etat, ferme_le=datetime(2026, 1, 2).date() if etat == "CLOTURE" else None)
    medecin = professionnel()
    ouvert = etat in {EtatProfil.CREE_AUTO, EtatProfil.ACTIVE}
    if ouvert:
        recueillir_consentement(medecin, numero, contexte=CONTEXTE)
        alimenter(medecin, numero, lot(medecin, document(auteur=medecin)), contexte=CONTEXTE)
        with open_dossier(medecin, numero, contexte=CONTEXTE, identite_qualifiee=True) as vu:
            assert vu.lister(Filtre()).total == 1
    else:
        assert _refus(medecin, numero) == "dossier_indisponible"
        with pytest.raises(AlimentationRefusee) as refus:
            alimenter(medecin, numero, lot(medecin, document(auteur=medecin)), contexte=CONTEXTE)
        attendu = {
            "CLOTURE": "dossier_ferme",
            "SUPPRIME": "dossier_ferme",
            "SUSPENDU": "dossier_indisponible",
        }
        assert refus.value.code == attendu.get(etat.value, "aucun_dossier")
    existence = tester_existence(medecin, numero, contexte=CONTEXTE)
    if etat in {EtatProfil.NON_NOTIFIE, EtatProfil.NOTIFIE, EtatProfil.OPPOSE}:
        assert existence is None
    else:
        assert existence is not None
        assert existence.ouvert is ouvert
        assert existence.active is (etat is EtatProfil.ACTIVE)


@pytest.mark.rule("ACC-07", "AUD-04")
def test_an_unknown_ins_looks_like_an_opposed_one_and_is_traced_apart() -> None:
    medecin = professionnel()
    _, oppose = dossier(3, EtatProfil.OPPOSE)
    inconnu = ins(999)
    messages = set()
    for cible in (oppose, inconnu, uuid7()):
        with (
            pytest.raises(AccesRefuse) as refus,
            open_dossier(medecin, cible, contexte=CONTEXTE, identite_qualifiee=True),
        ):
            pass
        messages.add((refus.value.code, refus.value.message, refus.value.decision))
        assert tester_existence(medecin, cible, contexte=CONTEXTE) is None
    assert len(messages) == 1
    with pytest.raises(AlimentationRefusee, match="aucun_dossier"):
        alimenter(medecin, inconnu, lot(medecin, document(auteur=medecin)), contexte=CONTEXTE)
    # The role of the application may write these traces but not read them back.
    with connection.cursor() as c:
        c.execute("SELECT has_table_privilege(current_user, %s, 'SELECT')", [TraceHorsDossier._meta.db_table])
        assert c.fetchone() == (False,)


@pytest.mark.rule(
    "DOC-01", "ACC-32", "ACC-34", "ACC-37", "ACC-43", "ACC-46", "ACC-61", "ACC-73", "FHR-30", "DOC-58"
)
@pytest.mark.parametrize(
    ("systeme", "profession"),
    [("TRE_G15", "10"), ("TRE_G15", "21"), ("TRE_G15", "60"), ("TRE_G15", "40"), ("TRE_R95", "93")],
)
def test_the_matrix_narrows_list_count_and_reading(systeme: str, profession: str) -> None:
    _, numero = dossier()
    medecin = professionnel()
    officiels = [t for t in nomenclatures.types().values() if t.statut == "official"]
    documents = [document(t.code, auteur=medecin) for t in officiels]
    alimenter(medecin, numero, lot(medecin, *documents), contexte=CONTEXTE)
    lecteur = professionnel("99000000077", profession, systeme)
    recueillir_consentement(lecteur, numero, contexte=CONTEXTE)
    attendus = set(matrice.ligne(1, systeme, profession, "")) & {t.code for t in officiels}
    assert attendus
    with open_dossier(lecteur, numero, contexte=CONTEXTE, identite_qualifiee=True) as vu:
        page = vu.lister(Filtre(limite=500))
        assert {d.type_code for d in page.elements} == attendus
        assert page.total == len(attendus)
        assert set(vu.compter()) == attendus
        assert vu.lister(Filtre(limite=5)).total == len(attendus)
        for d in documents:
            if d.metadonnees.type.code in attendus:
                assert vu.lire_contenu(d.id)[1] == d.contenu
            else:
                with pytest.raises(DocumentIntrouvable):
                    vu.lire_contenu(d.id)
                with pytest.raises(DocumentIntrouvable):
                    vu.document(d.id)


@pytest.mark.rule("ACC-62", "ACC-67", "FHR-39")
def test_reimbursements_only_on_an_activated_profile() -> None:
    pharmacien = professionnel("99000000021", "21")
    for graine, etat, attendu in ((11, EtatProfil.ACTIVE, 1), (12, EtatProfil.CREE_AUTO, 0)):
        _, numero = dossier(graine, etat)
        alimenter(pharmacien, numero, lot(pharmacien, document("REMB", auteur=pharmacien)), contexte=CONTEXTE)
        recueillir_consentement(pharmacien, numero, contexte=CONTEXTE)
        with open_dossier(pharmacien, numero, contexte=CONTEXTE, identite_qualifiee=True) as vu:
            assert vu.lister(Filtre()).total == attendu


@pytest.mark.rule("ACC-03", "ACC-12", "ACC-15", "ACC-16")
def test_consent_is_of_one_professional_ends_and_can_be_withdrawn() -> None:
    dossier_id, numero = dossier()
    medecin, autre = professionnel(), professionnel("99000000002")
    recueillir_consentement(medecin, numero, contexte=CONTEXTE)
    with open_dossier(medecin, numero, contexte=CONTEXTE, identite_qualifiee=True):
        pass
    assert _refus(autre, numero) == "consentement_absent"
    with portee(dossier_id):
        Consentement.objects.update(expire_le=datetime.now(UTC) - timedelta(seconds=1))
    assert _refus(medecin, numero) == "consentement_absent"
    existence = tester_existence(medecin, numero, contexte=CONTEXTE)
    assert existence is not None
    assert existence.autorisation == "expiree"
    vu = recueillir_consentement(medecin, numero, contexte=CONTEXTE)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        assert espace.retirer_consentement(vu.id)
        assert not espace.retirer_consentement(vu.id)
    assert _refus(medecin, numero) == "consentement_absent"


@pytest.mark.rule("ACC-18", "ACC-19", "ACC-20", "ACC-21")
def test_a_team_consent_opens_to_members_while_they_are_members() -> None:
    _, numero = dossier()
    chef, collegue = professionnel("99000000031"), professionnel("99000000032", "60")
    etranger = professionnel("99000000033")
    equipe = EquipeSoins.objects.create(id=uuid7(), nom="Médecine interne", structure_id="1990000001")
    depuis = datetime.now(UTC) - timedelta(days=1)
    for rpps in (chef.rpps, collegue.rpps):
        MembreEquipe.objects.create(equipe=equipe, rpps=rpps, depuis=depuis)
    with pytest.raises(ConsentementRefuse, match="equipe_inconnue"):
        recueillir_consentement(etranger, numero, contexte=CONTEXTE, equipe_id=equipe.id)
    assert _refus(collegue, numero) == "consentement_absent"
    consentement = recueillir_consentement(chef, numero, contexte=CONTEXTE, equipe_id=equipe.id)
    assert timedelta(days=360) < consentement.expire_le - datetime.now(UTC) < timedelta(days=367)
    with open_dossier(collegue, numero, contexte=CONTEXTE, identite_qualifiee=True):
        pass
    assert _refus(etranger, numero) == "consentement_absent"
    MembreEquipe.objects.filter(rpps=collegue.rpps).update(jusqua=datetime.now(UTC))
    assert _refus(collegue, numero) == "consentement_absent"


@pytest.mark.rule("DOC-41", "DOC-42", "DOC-43", "FHR-35")
def test_a_masked_document_stays_with_holder_and_depositor_only() -> None:
    dossier_id, numero = dossier()
    auteur, collegue = professionnel("99000000041"), professionnel("99000000042")
    doc, visible = document(auteur=auteur), document(auteur=auteur)
    alimenter(auteur, numero, lot(auteur, doc, visible), contexte=CONTEXTE)
    for p in (auteur, collegue):
        recueillir_consentement(p, numero, contexte=CONTEXTE)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        espace.masquer(doc.id)
        espace.masquer(doc.id)
        assert [v.masque_ps for v in espace.versions(doc.id)] == [True, False]
        assert espace.lister(Filtre()).total == 2
    with open_dossier(auteur, numero, contexte=CONTEXTE, identite_qualifiee=True) as vu:
        assert vu.lister(Filtre()).total == 2
    with open_dossier(collegue, numero, contexte=CONTEXTE, identite_qualifiee=True) as vu:
        # The colleague of the same structure is not the depositor when a person deposited.
        assert [d.id for d in vu.lister(Filtre(masque=True)).elements] == []
        assert vu.lister(Filtre()).total == 1
        assert sum(vu.compter().values()) == 1
        with pytest.raises(DocumentIntrouvable):
            vu.document(doc.id)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        espace.demasquer(doc.id)
    with open_dossier(collegue, numero, contexte=CONTEXTE, identite_qualifiee=True) as vu:
        assert vu.lister(Filtre()).total == 2


@pytest.mark.rule("DOC-46", "AUD-09", "FHR-36")
def test_a_document_kept_for_the_announcement_is_nowhere_for_the_holder() -> None:
    dossier_id, numero = dossier()
    medecin = professionnel()
    cache = document(auteur=medecin, invisible_patient=True, titre="Résultat à annoncer")
    alimenter(medecin, numero, lot(medecin, cache), contexte=CONTEXTE)
    recueillir_consentement(medecin, numero, contexte=CONTEXTE)
    with open_dossier(medecin, numero, contexte=CONTEXTE, identite_qualifiee=True) as vu:
        assert vu.lire_contenu(cache.id)[1] == cache.contenu
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        assert espace.lister(Filtre()).total == 0
        assert espace.compter() == {}
        for acte in (espace.document, espace.lire_contenu, espace.masquer):
            with pytest.raises(DocumentIntrouvable):
                acte(cache.id)
        assert "Résultat à annoncer" not in str(espace.historique(FiltreTraces()))


@pytest.mark.rule("DOC-46")
def test_an_invisible_replacement_leaves_the_old_document_as_it_was_for_the_holder() -> None:
    dossier_id, numero = dossier()
    medecin = professionnel()
    ancien = document(auteur=medecin, titre="Analyse de mars")
    alimenter(medecin, numero, lot(medecin, ancien), contexte=CONTEXTE)
    remplace = ancien.metadonnees.unique_id
    neuf = document(auteur=medecin, remplace=remplace, invisible_patient=True, titre="Analyse corrigée")
    alimenter(medecin, numero, lot(medecin, neuf), contexte=CONTEXTE)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        (vu,) = espace.lister(Filtre()).elements
        assert (vu.id, vu.statut, vu.remplace_par_id) == (ancien.id, "current", None)
        assert espace.document(ancien.id).statut == "current"
        assert [v.statut for v in espace.versions(ancien.id)] == ["current"]
        assert sum(espace.compter().values()) == 1
        assert "corrigée" not in str(espace.historique(FiltreTraces()))


@pytest.mark.rule("ANN-06", "IDN-49")
def test_a_professional_who_stopped_neither_reads_nor_feeds() -> None:
    _, numero = dossier()
    medecin = professionnel()
    recueillir_consentement(medecin, numero, contexte=CONTEXTE)
    Professionnel.objects.update(actif=False)
    assert _refus(medecin, numero) == "authentification_insuffisante"
    with pytest.raises(AlimentationRefusee, match="alimentation_interdite"):
        alimenter(medecin, numero, lot(medecin, document(auteur=medecin)), contexte=CONTEXTE)


@pytest.mark.rule("ACC-03", "IDN-53")
def test_a_situation_switched_off_reads_no_more() -> None:
    _, numero = dossier()
    medecin = professionnel()
    recueillir_consentement(medecin, numero, contexte=CONTEXTE)
    SituationExercice.objects.update(actif=False)
    assert _refus(medecin, numero) == "authentification_insuffisante"


@pytest.mark.rule("AUD-13")
@pytest.mark.parametrize(
    "ordre", ["UPDATE traces_trace SET acteur_nom = 'x'", "DELETE FROM traces_trace", "TRUNCATE traces_trace"]
)
def test_the_application_cannot_rewrite_traces(ordre: str) -> None:
    from django.db import transaction
    from django.db.utils import ProgrammingError

    dossier_id, numero = dossier()
    _refus(professionnel(), numero)
    refuse = pytest.raises(ProgrammingError, match="permission denied")
    with portee(dossier_id), refuse, transaction.atomic(), connection.cursor() as c:
        c.execute(ordre)
