"""Notices: stored with the act, sent once, to whom they must be (DOC-65 to DOC-69, EMG-11, REG-12)."""

from __future__ import annotations

import io
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pikepdf
import pytest

from espace_sante.acces import avis
from espace_sante.acces.mon_espace import MonEspace, ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, dossier, professionnel, titulaire
from espace_sante.identite.models import Titulaire
from espace_sante.kernel.ids import uuid7
from espace_sante.notifications import courrier, envois, services, tasks
from espace_sante.notifications.ecriture import BAIL
from espace_sante.notifications.envois import envoyer_dus
from espace_sante.notifications.genres import Genre
from espace_sante.notifications.models import Avis, Envoi
from espace_sante.notifications.queries import avis_du_professionnel, courriers_en_attente
from espace_sante.platform.courriel import CourrielNonEnvoye
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db
QUAND = datetime(2026, 11, 20, 9, 0, tzinfo=UTC)


class Relais:
    """A relay that keeps what it is given; `panne` makes it refuse."""

    def __init__(self) -> None:
        self.recus: list[tuple[str, str, str]] = []
        self.panne = False

    def __call__(self, destinataire: str, sujet: str, texte: str) -> None:
        if self.panne:
            raise CourrielNonEnvoye("courriel_non_envoye", "")
        self.recus.append((destinataire, sujet, texte))


@pytest.fixture
def relais() -> Relais:
    return Relais()


def _personne(graine: int = 1, courriel: str = "lou@exemple.test") -> UUID:
    dossier_id, _ = dossier(graine)
    with portee(dossier_id):
        Titulaire.objects.filter(dossier_id=dossier_id).update(courriel=courriel)
    return dossier_id


@contextmanager
def _espace(dossier_id: UUID) -> Iterator[MonEspace]:
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        yield espace


def _ajout(dossier_id: UUID, quand: datetime = QUAND, **autres: object) -> None:
    par = autres.pop("par", None) or professionnel()
    with portee(dossier_id):
        services.deposer(dossier_id, Genre.DOCUMENT_AJOUTE, quand, par=par, titre="Sérologie VIH", **autres)  # type: ignore[arg-type]


@pytest.mark.rule("DOC-65")
def test_a_deposit_by_somebody_else_is_told_in_the_space_and_by_mail(relais: Relais) -> None:
    dossier_id, document = _personne(), uuid7()
    _ajout(dossier_id, documents=(document,))
    assert envoyer_dus(QUAND + timedelta(minutes=15), remettre=relais) == 1
    assert [r[0] for r in relais.recus] == ["lou@exemple.test"]
    with _espace(dossier_id) as espace:
        (vu,) = avis.lister(espace).elements
        assert "Sérologie VIH" in vu.phrase and "MOREL" in vu.phrase
        assert (vu.document_id, vu.lu, avis.non_lus(espace)) == (document, False, 1)


@pytest.mark.rule("DOC-66", "REG-12")
def test_the_mail_and_the_outbox_hold_nothing_of_the_act(relais: Relais) -> None:
    dossier_id = _personne()
    _ajout(dossier_id)
    (envoi,) = Envoi.objects.filter(dossier_id=dossier_id)
    assert "99000000001" not in envoi.cle
    envoyer_dus(QUAND + timedelta(minutes=15), remettre=relais)
    dehors = " ".join(relais.recus[0])
    for interdit in ("VIH", "Sérologie", "MOREL", "Centre de test", "Médecin", "MARTIN", str(dossier_id)):
        assert interdit.casefold() not in dehors.casefold()


@pytest.mark.rule("DOC-65")
def test_the_holder_is_not_told_of_his_own_acts() -> None:
    dossier_id = _personne()
    _ajout(dossier_id, par=titulaire(dossier_id))
    assert not Envoi.objects.filter(dossier_id=dossier_id).exists()
    with _espace(dossier_id) as espace:
        assert not avis.lister(espace).elements


@pytest.mark.rule("DOC-65")
@pytest.mark.parametrize("genre", [Genre.DOCUMENT_MODIFIE, Genre.DOCUMENT_SUPPRIME])
def test_a_change_and_a_deletion_are_told_too(relais: Relais, genre: Genre) -> None:
    dossier_id = _personne()
    with portee(dossier_id):
        services.deposer(dossier_id, genre, QUAND, par=professionnel(), titre="Compte rendu")
    assert envoyer_dus(QUAND + timedelta(minutes=15), remettre=relais) == 1


@pytest.mark.rule("DOC-65", "DOC-67")
def test_switched_off_documents_stay_in_the_space_and_accesses_still_leave(relais: Relais) -> None:
    dossier_id = _personne()
    with _espace(dossier_id) as espace:
        avis.choisir(espace, frozenset())
        assert not any(coche for _, _, coche in avis.preferences(espace))
        with pytest.raises(services.PreferenceRefusee):
            services.choisir(dossier_id, "toujours", courriel=False)
    _ajout(dossier_id)
    with portee(dossier_id):
        services.deposer(dossier_id, Genre.PREMIER_ACCES, QUAND, par=professionnel())
        services.deposer(dossier_id, Genre.ACCES_URGENCE, QUAND, par=professionnel(), motif="Coma")
    assert envoyer_dus(QUAND + timedelta(minutes=20), remettre=relais) == 2
    assert {sujet for _, sujet, _ in relais.recus} == {
        "Un accès à votre espace santé", "Un accès à vérifier dans votre espace santé",
    }  # fmt: skip
    with _espace(dossier_id) as espace:
        assert len(avis.lister(espace).elements) == 3


@pytest.mark.rule("DOC-67")
def test_only_the_first_access_of_each_professional_is_told(relais: Relais) -> None:
    dossier_id, autre = _personne(), _personne(2)
    for chez, rpps in (
        (dossier_id, "99000000001"), (dossier_id, "99000000001"), (dossier_id, "99000000002"), (autre, "99000000001"),
    ):  # fmt: skip
        with portee(chez):
            services.premier_acces(chez, professionnel(rpps), QUAND)
    assert envoyer_dus(QUAND, remettre=relais) == 3
    with _espace(dossier_id) as espace:
        vus = avis.lister(espace).elements
        assert len(vus) == 2 and all("pour la première fois" in v.phrase for v in vus)


@pytest.mark.rule("DOC-68")
def test_one_author_within_fifteen_minutes_makes_one_mail_another_author_his_own(relais: Relais) -> None:
    dossier_id = _personne()
    for minute in (0, 5, 14):
        _ajout(dossier_id, QUAND + timedelta(minutes=minute))
    _ajout(dossier_id, QUAND, par=professionnel("99000000002"))
    assert envoyer_dus(QUAND + timedelta(minutes=14), remettre=relais) == 0
    assert envoyer_dus(QUAND + timedelta(minutes=15), remettre=relais) == 2
    # A new window opens after the message left.
    _ajout(dossier_id, QUAND + timedelta(minutes=16))
    assert envoyer_dus(QUAND + timedelta(minutes=30), remettre=relais) == 0
    assert envoyer_dus(QUAND + timedelta(minutes=31), remettre=relais) == 1
    with _espace(dossier_id) as espace:
        assert len(avis.lister(espace).elements) == 5


@pytest.mark.rule("DOC-68")
def test_the_window_is_a_setting(relais: Relais, settings: Any) -> None:
    settings.ES_AVIS_REGROUPEMENT_MIN = 2
    _ajout(_personne())
    assert envoyer_dus(QUAND + timedelta(minutes=2), remettre=relais) == 1


@pytest.mark.rule("DOC-69")
def test_without_a_mail_the_notice_stays_in_the_space_and_nothing_is_posted(relais: Relais) -> None:
    dossier_id = _personne(courriel="")
    _ajout(dossier_id)
    assert envoyer_dus(QUAND + timedelta(minutes=15), remettre=relais) == 0
    assert not Envoi.objects.filter(dossier_id=dossier_id).exists() and not courriers_en_attente()
    with _espace(dossier_id) as espace:
        assert avis.non_lus(espace) == 1


@pytest.mark.rule("EMG-11")
def test_an_emergency_leaves_within_the_hour_even_when_the_relay_fails(relais: Relais) -> None:
    """At once; then again and again; when the relay stays down, by post before the hour is over."""
    dossier_id = _personne()
    with portee(dossier_id):
        services.deposer(dossier_id, Genre.ACCES_URGENCE, QUAND, par=professionnel(), motif="Coma")
        services.prevenir_professionnel("99000000009", dossier_id, Genre.ACCES_URGENCE, QUAND)
    relais.panne = True
    for minute in range(60):
        envoyer_dus(QUAND + timedelta(minutes=minute), remettre=relais)
    ((dossier, _, _),) = courriers_en_attente()
    assert dossier == dossier_id
    (vu,) = avis_du_professionnel("99000000009")
    assert (vu.dossier_id, vu.genre) == (dossier_id, "acces_urgence")
    assert not avis_du_professionnel("99000000001")
    with _espace(dossier_id) as espace:
        (avis_vu,) = avis.lister(espace).elements
    for dit in ("MOREL", "Centre de test", "Coma"):
        assert dit in avis_vu.phrase


@pytest.mark.rule("EMG-11")
def test_an_emergency_without_mail_makes_a_letter_unless_the_setting_says_no(
    relais: Relais, settings: Any
) -> None:
    for graine, poste in ((1, True), (2, False)):
        settings.ES_URGENCE_COURRIER_POSTAL = poste
        dossier_id = _personne(graine, courriel="")
        with portee(dossier_id):
            services.deposer(dossier_id, Genre.ACCES_URGENCE, QUAND, par=professionnel(), motif="#set *Coma*")
        envoyer_dus(QUAND, remettre=relais)
    ((dossier_id, avis_id, _),) = courriers_en_attente()
    lettre = courrier.imprimer(dossier_id, avis_id)
    with pikepdf.open(io.BytesIO(lettre)) as pdf:
        assert len(pdf.pages) == 1
    courrier.remis(dossier_id, avis_id)
    assert not courriers_en_attente()


def test_the_job_of_each_minute_empties_the_outbox(monkeypatch: pytest.MonkeyPatch) -> None:
    """Registered with the queue, by batches, and without a lock that a killed worker would keep."""
    from procrastinate.contrib.django import app

    recus: list[str] = []
    monkeypatch.setattr(
        envois.envoyer_dus, "__kwdefaults__", {"limite": 2, "remettre": lambda *m: recus.append(m[0])}
    )
    for graine in range(1, 6):
        _ajout(_personne(graine, courriel=f"p{graine}@exemple.test"))
    tasks.envoyer_avis.func(timestamp=0)
    assert len(recus) == 5
    periodiques = {cle[0]: t.cron for cle, t in app.periodic_registry.periodic_tasks.items()}
    assert periodiques["espace_sante.notifications.tasks.envoyer_avis"] == "* * * * *"
    assert tasks.envoyer_avis.lock is None


def test_a_failing_relay_delays_and_loses_nothing(relais: Relais) -> None:
    dossier_id = _personne()
    _ajout(dossier_id)
    relais.panne = True
    envoyer_dus(QUAND + timedelta(minutes=15), remettre=relais)
    relais.panne = False
    assert envoyer_dus(QUAND + timedelta(minutes=15), remettre=relais) == 0
    assert envoyer_dus(QUAND + timedelta(minutes=17), remettre=relais) == 1
    assert envoyer_dus(QUAND + timedelta(days=1), remettre=relais) == 0


def test_a_worker_that_dies_repeats_the_message_once_after_its_lease(relais: Relais) -> None:
    dossier_id = _personne()
    _ajout(dossier_id)

    def mourir(*_: str) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        envoyer_dus(QUAND + timedelta(minutes=15), remettre=mourir)
    # Somebody else may not take it before the lease ends; a deposit meanwhile opens its own message.
    assert envoyer_dus(QUAND + timedelta(minutes=16), remettre=relais) == 0
    _ajout(dossier_id, QUAND + timedelta(minutes=16))
    assert Envoi.objects.filter(dossier_id=dossier_id).count() == 2
    assert envoyer_dus(QUAND + timedelta(minutes=15) + BAIL, remettre=relais) == 1
    assert envoyer_dus(QUAND + timedelta(minutes=31), remettre=relais) == 1


def test_a_notice_goes_with_its_act_or_not_at_all() -> None:
    dossier_id = _personne()

    def acte_manque() -> None:
        with portee(dossier_id):
            services.deposer(dossier_id, Genre.PREMIER_ACCES, QUAND, par=professionnel())
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        acte_manque()
    assert not Envoi.objects.filter(dossier_id=dossier_id).exists()
    with portee(dossier_id):
        assert not Avis.objects.filter(dossier_id=dossier_id).exists()


def test_pages_marks_and_badge() -> None:
    dossier_id = _personne()
    for minute in range(5):
        _ajout(dossier_id, QUAND + timedelta(minutes=minute))
    with _espace(dossier_id) as espace:
        premiere = avis.lister(espace, limite=3)
        assert len(premiere.elements) == 3 and premiere.suite is not None
        suite = avis.lister(espace, avant=premiere.suite, limite=3)
        assert len(suite.elements) == 2 and suite.suite is None
        toutes = [*premiere.elements, *suite.elements]
        assert [v.quand for v in toutes] == sorted((v.quand for v in toutes), reverse=True)
        avis.tout_lu(espace)
        assert avis.non_lus(espace) == 0 and not avis.lister(espace, non_lus=True).elements


@pytest.mark.rule("DOC-46")
def test_a_notice_about_a_hidden_document_waits_with_it() -> None:
    from espace_sante.acces.alimentation import alimenter
    from espace_sante.acces.tests.fabrique import document, lot

    dossier_id = _personne()
    medecin = professionnel()
    doc = document(auteur=medecin, invisible_patient=True)
    alimenter(medecin, dossier_id, lot(medecin, doc), contexte=CONTEXTE)
    _ajout(dossier_id, documents=(doc.id,))
    with _espace(dossier_id) as espace:
        assert not avis.lister(espace).elements
        assert avis.non_lus(espace) == 0
