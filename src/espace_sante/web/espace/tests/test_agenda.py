"""The holder's agenda: every source in one place, hidden, noted, told; nobody else's (FHR-154, FHR-156)."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.urls import reverse

from espace_sante.acces.models import Appairage
from espace_sante.acces.tests.fabrique import CONTEXTE
from espace_sante.acces.tests.fabrique_appairage import service_appaire
from espace_sante.agenda import services
from espace_sante.agenda.porte import ouvrir_agenda
from espace_sante.agenda.tests.fabrique import recu
from espace_sante.agenda.valeurs import RendezVous
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import GenreActeur
from espace_sante.notifications.models import Avis, Envoi
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Action
from espace_sante.web.espace.tests.conftest import Personne

pytestmark = pytest.mark.django_db
LABO = Acteur(
    GenreActeur.STRUCTURE, nom="Labo des Lilas", structure_id="1990000009", structure_nom="Labo des Lilas",
    client_id="labo",
)  # fmt: skip


def mettre(lou: Personne, rdv: RendezVous, par: Acteur | None = None) -> UUID:
    acteur = par or replace(lou.medecin, client_id="lps")
    with ouvrir_agenda(acteur, lou.ins, contexte=CONTEXTE, action=Action.RENDEZ_VOUS_AJOUT) as agenda:
        return services.ajouter(agenda, rdv).id


def changer(lou: Personne, rdv: RendezVous, identifiant: UUID) -> None:
    acteur = replace(lou.medecin, client_id="lps")
    with ouvrir_agenda(acteur, lou.ins, contexte=CONTEXTE, action=Action.RENDEZ_VOUS_CHANGEMENT) as agenda:
        services.changer(agenda, identifiant, rdv)


def avis(lou: Personne) -> list[str]:
    with portee(lou.dossier_id):
        return list(
            Avis.objects.filter(genre__startswith="rendez_vous")
            .order_by("id")
            .values_list("genre", flat=True)
        )


@pytest.mark.rule("FHR-154", "AGD-14")
def test_all_sources_in_one_list_with_the_source_named(lou: Personne) -> None:
    liste = reverse("web:agenda")
    assert "Aucun rendez-vous à venir" in lou.page(liste)
    mettre(lou, recu("1", nom="Dr Paul Petit", description="Suivi"))
    mettre(lou, recu("1", description="Prise de sang", jours=2), LABO)
    mettre(lou, recu("2", description="Visite passée", jours=-3))
    page = lou.page(liste)
    assert page.index("Suivi") < page.index("Prise de sang")
    assert "avec le Dr Paul Petit" in page
    assert "Mis par Labo des Lilas, le " in page
    assert "Visite passée" not in page
    passes = lou.page(liste, vue="passes")
    assert "Visite passée" in passes
    assert "Prise de sang" not in passes
    assert 'aria-current="page"><span class="es-menu__signe">' in page


@pytest.mark.rule("FHR-156", "AGD-05", "AGD-06", "AGD-37")
def test_hidden_shown_again_and_noted_without_touching_the_source(lou: Personne) -> None:
    rdv = recu("1", nom="Dr Paul Petit", description="Suivi")
    identifiant = mettre(lou, rdv)
    une = reverse("web:rendez_vous", args=[identifiant])
    assert "adressez-vous au Dr Paul Petit" in lou.page(une)
    fait = lou.client.post(
        reverse("web:rendez_vous_note", args=[identifiant]),
        {"note": "Apporter <b>l’ordonnance</b>"},
        follow=True,
    )
    assert "Apporter &lt;b&gt;l’ordonnance&lt;/b&gt;" in fait.content.decode()
    masquer = reverse("web:rendez_vous_masquage", args=[identifiant])
    assert lou.client.post(masquer, {"acte": "masquer"}).status_code == 302
    assert "Suivi" not in lou.page(reverse("web:agenda"))
    assert "Suivi" in lou.page(reverse("web:agenda"), vue="masques")
    avant = avis(lou)
    changer(lou, replace(rdv, description="Suivi déplacé"), identifiant)
    assert avis(lou) == avant == ["rendez_vous_ajoute"], "no notice of what is hidden"
    page = lou.page(une)
    assert "Suivi déplacé" in page
    assert "Apporter" in page, "what the source changes leaves the note"
    assert "Ce qu’il était avant (1)" in page
    lou.client.post(masquer, {"acte": "montrer"})
    assert "Suivi déplacé" in lou.page(reverse("web:agenda"))
    for trop in ("a" * 1001, "a\x00b"):
        refus = lou.client.post(reverse("web:rendez_vous_note", args=[identifiant]), {"note": trop})
        assert refus.status_code == 422
    assert "Apporter" in lou.page(une)
    vide = lou.client.post(reverse("web:rendez_vous_note", args=[identifiant]), {"note": " "}, follow=True)
    assert "Votre note est effacée" in vide.content.decode()
    histoire = lou.page(reverse("web:historique"))
    for phrase in (
        "mis un rendez-vous dans votre agenda", "masqué un rendez-vous", "changé la note d’un rendez-vous",
        "changé un rendez-vous de votre agenda", "remis un rendez-vous masqué", "consulté des rendez-vous",
    ):  # fmt: skip
        assert phrase in histoire, phrase


@pytest.mark.rule("AGD-39", "DOC-66", "REG-12")
def test_notices_say_nothing_of_health(lou: Personne) -> None:
    rdv = recu("1", nom="Dr Paul Petit", description="Oncologie")
    identifiant = mettre(lou, rdv)
    changer(lou, replace(rdv, fin=rdv.fin + timedelta(minutes=5) if rdv.fin else None), identifiant)
    changer(lou, replace(rdv, statut=type(rdv.statut)("cancelled")), identifiant)
    assert avis(lou) == ["rendez_vous_ajoute", "rendez_vous_change", "rendez_vous_annule"]
    page = lou.page(reverse("web:avis"))
    assert "a annulé un rendez-vous de votre agenda" in page
    assert "Oncologie" not in page
    with portee(lou.dossier_id):
        for texte in (
            *map(str, Avis.objects.values_list("details", flat=True)),
            *map(str, Envoi.objects.values()),
        ):
            assert "Oncologie" not in texte
    page = lou.page(reverse("web:rendez_vous", args=[identifiant]))
    assert "Ce rendez-vous est annulé" in page


@pytest.mark.rule("FHR-154")
def test_nobody_sees_the_agenda_of_another(lou: Personne, faire: Callable[..., Personne]) -> None:
    identifiant = mettre(lou, recu("1", description="Suivi de Lou"))
    autre = faire(2)
    assert "Suivi de Lou" not in autre.page(reverse("web:agenda"))
    assert autre.client.get(reverse("web:rendez_vous", args=[identifiant])).status_code == 404
    for nom, corps in (("rendez_vous_masquage", {"acte": "masquer"}), ("rendez_vous_note", {"note": "x"})):
        assert autre.client.post(reverse(f"web:{nom}", args=[identifiant]), corps).status_code == 404
    assert "Ma note" not in lou.page(reverse("web:agenda"))


@pytest.mark.rule("AGD-26", "AGD-04")
def test_a_service_that_is_unlinked_is_said_so(lou: Personne) -> None:
    acteur, _, _ = service_appaire(lou.dossier_id, ["rendez_vous:ecrire"])
    identifiant = mettre(lou, recu("1", description="Rappel de mesure"), acteur)
    une = reverse("web:rendez_vous", args=[identifiant])
    assert "Mis par le service Carnet de tension, le " in lou.page(reverse("web:agenda"))
    assert "service délié" not in lou.page(une)
    with portee(lou.dossier_id):
        Appairage.objects.update(retire_le=datetime.now(UTC))
    assert "Rappel de mesure" in lou.page(reverse("web:agenda"))
    assert "service délié" in lou.page(reverse("web:agenda"))
    assert "service délié" in lou.page(une)


@pytest.mark.rule("AGD-13")
def test_a_mistake_leaves_the_lists(lou: Personne) -> None:
    rdv = recu("1", description="Erreur de patient")
    identifiant = mettre(lou, rdv)
    changer(lou, replace(rdv, statut=type(rdv.statut)("entered-in-error")), identifiant)
    assert "Erreur de patient" not in lou.page(reverse("web:agenda"))
    assert lou.client.get(reverse("web:rendez_vous", args=[identifiant])).status_code == 404
    assert "mis par erreur dans votre agenda" in lou.page(reverse("web:historique"))


@pytest.mark.rule("AGD-14")
def test_hundreds_by_pages_and_very_long_words(lou: Personne) -> None:
    acteur = replace(lou.medecin, client_id="lps")
    with ouvrir_agenda(acteur, lou.ins, contexte=CONTEXTE, action=Action.RENDEZ_VOUS_AJOUT) as agenda:
        for n in range(120):
            services.ajouter(agenda, recu(str(n), description=f"Séance {n:03} " + "long" * 60, jours=n + 1))
    adresse, vus = reverse("web:agenda"), []
    for _ in range(4):
        page = lou.page(adresse)
        vus += re.findall(r"Séance (\d{3})", page)
        suite = re.search(r'href="(\?[^"]+)" rel="next"', page)
        if suite is None:
            break
        adresse = reverse("web:agenda") + suite[1].replace("&amp;", "&")
    assert vus == [f"{n:03}" for n in range(120)]
    for faux in (
        "x",
        "2030-01-01_zz",
        "9999-12-31T23:59:59+00:00_" + "0" * 32,
        "2030-01-01T00:00:00_" + "0" * 32,
    ):
        assert "Séance 000" in lou.page(reverse("web:agenda"), apres=faux)


@pytest.mark.rule("AGD-14")
@pytest.mark.parametrize(("depuis", "passe"), [(29, False), (31, True)])
def test_it_is_past_at_its_end(lou: Personne, depuis: int, passe: bool) -> None:
    debut = datetime.now(UTC) - timedelta(minutes=depuis)
    mettre(lou, replace(recu("1", description="Suivi"), debut=debut, fin=debut + timedelta(minutes=30)))
    assert ("Suivi" in lou.page(reverse("web:agenda"), vue="passes")) is passe
    assert ("Suivi" in lou.page(reverse("web:agenda"))) is not passe
