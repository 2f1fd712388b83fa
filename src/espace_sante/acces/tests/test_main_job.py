"""Feeding, reading, hiding: the main job through the gate."""

from __future__ import annotations

import pytest

from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.errors import AccesRefuse, AlimentationRefusee, DocumentIntrouvable
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel, titulaire
from espace_sante.documents.filtre import Filtre
from espace_sante.traces.queries import FiltreTraces

pytestmark = pytest.mark.django_db


@pytest.mark.rule("ACC-01", "ACC-11", "DOC-41", "DOC-42", "AUD-01", "AUD-05")
def test_feed_read_hide_history() -> None:
    dossier_id, ins = dossier()
    medecin = professionnel()
    autre = professionnel("99000000002", structure="1990000002")
    doc = document(auteur=medecin)
    fait = alimenter(medecin, ins, lot(medecin, doc), contexte=CONTEXTE)
    assert fait.documents == (doc.id,)
    with (
        pytest.raises(AccesRefuse) as refus,
        open_dossier(autre, ins, contexte=CONTEXTE, identite_qualifiee=True),
    ):
        pass
    assert refus.value.code == "consentement_absent"
    recueillir_consentement(autre, ins, contexte=CONTEXTE)
    with open_dossier(autre, ins, contexte=CONTEXTE, identite_qualifiee=True) as ouvert:
        page = ouvert.lister(Filtre())
        assert [d.id for d in page.elements] == [doc.id]
        assert page.total == 1
        assert ouvert.lire_contenu(doc.id)[1] == doc.contenu
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        espace.masquer(doc.id)
    with open_dossier(autre, ins, contexte=CONTEXTE, identite_qualifiee=True) as ouvert:
        assert ouvert.lister(Filtre()).total == 0
        with pytest.raises(DocumentIntrouvable):
            ouvert.document(doc.id)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        actions = [t.action for t in espace.historique(FiltreTraces()).elements]
        assert espace.lister(Filtre()).elements[0].masque_ps
    assert actions[::-1] == [
        "depot", "ouverture", "consentement", "liste", "lecture", "masquage", "liste",
    ]  # fmt: skip


@pytest.mark.rule("DOC-14", "FHR-79")
def test_same_unique_id_is_stored_once() -> None:
    _, ins = dossier()
    medecin = professionnel()
    doc = document(auteur=medecin)
    alimenter(medecin, ins, lot(medecin, doc), contexte=CONTEXTE)
    with pytest.raises(AlimentationRefusee) as refus:
        alimenter(
            medecin,
            ins,
            lot(medecin, document(auteur=medecin, unique_id=doc.metadonnees.unique_id)),
            contexte=CONTEXTE,
        )
    assert refus.value.code == "unique_id_utilise"
    assert refus.value.existant == doc.id
