"""Later feeding needs information only: no consent, no opposition of the holder (ACC-17, ACC-49, ACC-78)."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
import time_machine

from espace_sante.acces import controle, signalements
from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.consentements import retirer
from espace_sante.acces.errors import AccesRefuse, AlimentationRefusee
from espace_sante.acces.models import Consentement
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import CONTEXTE, document, lot
from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.documents.metadonnees import Auteur
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.signalements import SignalementRefuse

pytestmark = pytest.mark.django_db


def _accords(scene: Scene) -> int:
    with portee(scene.dossier_id):
        return Consentement.objects.filter(dossier_id=scene.dossier_id).count()


def _bloquer(scene: Scene) -> None:
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        controle.bloquer(espace, "professionnel", scene.medecin.rpps)


def _retirer(scene: Scene) -> None:
    with portee(scene.dossier_id):
        for c in Consentement.objects.filter(dossier_id=scene.dossier_id, rpps=scene.medecin.rpps):
            assert retirer(scene.dossier_id, c.id)


@pytest.mark.rule("ACC-17", "ACC-49")
@pytest.mark.parametrize("apres", ["expire", "retire", "bloque"])
def test_an_authorised_professional_feeds_later_and_the_holder_is_informed(apres: str) -> None:
    scene = ouvrir_scene()
    avant = _accords(scene)
    if apres == "retire":
        _retirer(scene)
    elif apres == "bloque":
        # A block forbids reading; it is no opposition to feeding.
        _bloquer(scene)
    jours = 3 if apres == "expire" else 0
    with time_machine.travel(datetime.now(UTC) + timedelta(days=jours)):
        doc = scene.deposer()
        with pytest.raises(AccesRefuse):
            scene.lu_par(scene.medecin)
    assert doc.id in scene.vus()
    assert _accords(scene) == avant, "feeding neither needs nor makes a consent"
    assert [a.genre for a in scene.avis()].count("document_ajoute") == 1, "information, and nothing else"


@pytest.mark.rule("ACC-17")
def test_the_holder_has_no_switch_against_feeding_only_a_reason_to_give() -> None:
    """What he may close is feeding in an emergency (EMG-14); for the rest he writes why, and somebody answers."""
    scene = ouvrir_scene()
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        for nom in controle.INTERRUPTEURS:
            controle.regler(espace, nom, permis=False)
    doc = scene.deposer()
    assert doc.id in scene.vus()
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        with pytest.raises(SignalementRefuse, match="raison_inconnue"):
            signalements.signaler_document(espace, doc.id, "", "Je ne veux pas de ce document.")
        assert signalements.signaler_document(espace, doc.id, "erreur", "Ce document parle d’un autre jour.")
    assert doc.id in scene.vus(), "asking removes nothing"


@pytest.mark.rule("ACC-78")
def test_the_fund_feeds_under_its_own_name_and_reads_nothing() -> None:
    scene = ouvrir_scene()
    caisse = Acteur(
        GenreActeur.ASSURANCE_MALADIE, nom="Caisse", structure_id="1990000009", structure_nom="Caisse",
        deux_facteurs=True, client_id="caisse",
    )  # fmt: skip
    siens = (Auteur("organisation", structure_idnat=caisse.structure_id, structure_nom="Caisse"),)

    def envoyer(type_code: str) -> object:
        doc = document(type_code, titre="Remboursements", auteurs=siens)
        envoi = replace(lot(caisse, doc), auteur=siens[0])
        alimenter(caisse, scene.ins, envoi, contexte=CONTEXTE)
        return doc.id

    assert {envoyer(t) for t in ("REMB", "ATTEST-RESID")} <= scene.vus()
    with pytest.raises(AlimentationRefusee) as refus:
        envoyer("11488-4")
    assert refus.value.code == "type_interdit"
    with (
        pytest.raises(AccesRefuse),
        open_dossier(caisse, scene.ins, contexte=CONTEXTE, identite_qualifiee=True),
    ):
        pass
