"""The copy: filled from the simulated directory over real HTTP, brought up to date, and safe when it fails."""

from __future__ import annotations

import tracemalloc
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import msgspec
import pytest
from django.db import connections
from tests.annuaire_fictif import Panne, Ressources, ServeurAnnuaire, ecouter, fictives

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.annuaire import ProfessionnelRefuse, acteur_professionnel, situations
from espace_sante.identite.annuaire_sante import source
from espace_sante.identite.annuaire_sante.client import ClientAnnuaire, Reglages
from espace_sante.identite.annuaire_sante.copie import (
    Fraicheur,
    a_rafraichir,
    boites_de_la_structure,
    boites_du_professionnel,
    etat,
    fraicheur,
)
from espace_sante.identite.annuaire_sante.erreurs import (
    AnnuaireIllisible,
    AnnuaireInjoignable,
    AnnuaireSuspect,
    SourceRefusee,
)
from espace_sante.identite.annuaire_sante.rafraichissement import Bilan, rafraichir
from espace_sante.identite.annuaire_sante.recherche import RechercheTropLarge, rechercher
from espace_sante.identite.models import (
    BoiteMss,
    Professionnel,
    SituationExercice,
    SourceAnnuaire,
    Structure,
)

pytestmark = pytest.mark.django_db(databases=["default", "proprietaire"])
T0 = datetime(2026, 11, 22, 9, 0, tzinfo=UTC)
MOREL = "99000000100"


@pytest.fixture(autouse=True)
def _une_connexion(db: None) -> Iterator[None]:
    """What the owner writes in a test is never committed: the application reads it through the same connection."""
    sienne = connections["default"]
    connections["default"] = connections["proprietaire"]
    yield
    connections["default"] = sienne


@pytest.fixture
def lues() -> Ressources:
    return fictives()


@pytest.fixture
def serveur(lues: Ressources) -> Iterator[ServeurAnnuaire]:
    with ecouter(lues, lenteur_s=1.0) as ouvert:
        yield ouvert


def passer(serveur: ServeurAnnuaire, quand: datetime = T0, **plus: Any) -> Bilan:
    with ClientAnnuaire(Reglages(serveur.base, "k", 10_000, 0.5), reprise_s=0.01) as c:
        return rafraichir(c, quand, **plus)


def personne(lues: Ressources, rpps: str) -> dict[str, Any]:
    return next(p for p in lues["Practitioner"] if p["id"] == f"ps-{rpps}")


@pytest.mark.rule("ANN-04", "ANN-13")
def test_the_copy_holds_people_activities_structures_and_mailboxes(serveur: ServeurAnnuaire) -> None:
    bilan = passer(serveur)
    assert bilan.ecartees == 0
    assert bilan.structures >= 10
    assert bilan.personnes == Professionnel.objects.count() >= 30
    assert Professionnel.objects.filter(actif=False).exists()
    assert {b.genre for b in BoiteMss.objects.all()} == {"PER", "CAB", "ORG", "APP"}
    metiers = set(SituationExercice.objects.values_list("profession_systeme", "profession_code"))
    assert {("TRE_G15", c) for c in ("10", "21", "40", "50", "60", "70")} <= metiers
    # One person, two activities.
    lanoe = Professionnel.objects.get(nom="Lanoë")
    assert len(situations(lanoe.rpps)) == 2
    (morel,) = situations(MOREL)
    assert (morel.profession_systeme, morel.profession_code, morel.savoir_faire) == ("TRE_G15", "10", "SM54")
    assert morel.structure is not None
    assert (morel.structure.commune, morel.secteur) == ("Montcendré", "SA52")
    assert morel.professionnel.affichage == "Dr Anne Morel"
    ligne = SourceAnnuaire.objects.get()
    assert (ligne.reussi_le, ligne.erreur, ligne.fictive) == (T0, "", True)


@pytest.mark.rule("ANN-04")
def test_a_second_pass_changes_nothing_that_did_not_change(serveur: ServeurAnnuaire) -> None:
    passer(serveur)
    Professionnel.objects.filter(rpps=MOREL).update(regulation=True)
    Structure.objects.filter(id="1990000001").update(cadre_code="ETABLISSEMENT")

    def photo() -> list[Any]:
        return [
            sorted(
                tuple(v for c, v in ligne.items() if c not in {"vu_le", "id"} or (c == "id" and genre is not BoiteMss))
                for ligne in genre.objects.values()
            )
            for genre in (BoiteMss,)
        ] + [
            {ligne["pk"]: {c: v for c, v in ligne.items() if c != "vu_le"} for ligne in genre.objects.values("pk", *[
                f.attname for f in genre._meta.fields])}
            for genre in (Professionnel, SituationExercice, Structure)
        ]  # fmt: skip

    avant = photo()
    passer(serveur, T0 + timedelta(days=1))
    assert photo() == avant, "flags of operations are kept"


@pytest.mark.rule("ANN-06")
def test_whoever_stops_or_disappears_is_refused_at_the_next_refresh(
    serveur: ServeurAnnuaire, lues: Ressources
) -> None:
    passer(serveur)
    autre = Professionnel.objects.get(nom="Garrigues").rpps
    assert situations(MOREL)
    assert situations(autre)
    personne(lues, MOREL)["active"] = False
    lues["Practitioner"].remove(personne(lues, autre))
    passer(serveur, T0 + timedelta(days=1))
    for rpps in (MOREL, autre):
        with pytest.raises(ProfessionnelRefuse) as refus:
            situations(rpps)
        assert refus.value.code == "exercice_inactif"
    assert not BoiteMss.objects.filter(rpps=autre).exists()
    personne(lues, MOREL)["active"] = True
    passer(serveur, T0 + timedelta(days=2))
    assert situations(MOREL)


@pytest.mark.rule("ANN-06")
def test_one_activity_that_ends_leaves_the_other(serveur: ServeurAnnuaire, lues: Ressources) -> None:
    passer(serveur)
    lanoe = Professionnel.objects.get(nom="Lanoë").rpps
    role = next(r for r in lues["PractitionerRole"] if r["practitioner"]["reference"].endswith(lanoe))
    lues["PractitionerRole"].remove(role)
    passer(serveur, T0 + timedelta(days=1))
    assert [s.id for s in situations(lanoe)] != []
    assert role["id"] not in {s.id for s in situations(lanoe)}


@pytest.mark.rule("ANN-08")
def test_profession_and_know_how_of_the_actor_follow_the_directory(
    serveur: ServeurAnnuaire, lues: Ressources
) -> None:
    def acteur() -> Acteur:
        (situation,) = situations(MOREL)
        return acteur_professionnel(situation, deux_facteurs=True)

    passer(serveur)
    assert (acteur().profession_code, acteur().savoir_faire) == ("10", "SM54")
    systeme = personne(lues, MOREL)["qualification"][0]["code"]["coding"][0]["system"]
    personne(lues, MOREL)["qualification"] = [{"code": {"coding": [{"system": systeme, "code": "60"}]}}]
    passer(serveur, T0 + timedelta(days=1))
    lu = acteur()
    assert (lu.profession_code, lu.profession_libelle, lu.savoir_faire) == ("60", "Infirmier", "")
    # Two professions make two situations: he chooses at login, the former one is over.
    personne(lues, MOREL)["qualification"].append({"code": {"coding": [{"system": systeme, "code": "10"}]}})
    passer(serveur, T0 + timedelta(days=2))
    assert {s.profession_code for s in situations(MOREL)} == {"60", "10"}
    assert len(situations(MOREL)) == 2


@pytest.mark.rule("ANN-05")
def test_a_person_never_seen_is_refused_while_the_directory_is_down(serveur: ServeurAnnuaire) -> None:
    passer(serveur)
    serveur.pannes.extend([Panne.INDISPONIBLE] * 50)
    with pytest.raises(AnnuaireInjoignable):
        passer(serveur, T0 + timedelta(days=1))
    # The copy answers, and says how old it is.
    assert situations(MOREL)
    with pytest.raises(ProfessionnelRefuse) as refus:
        situations("99000099999")
    assert refus.value.code == "rpps_inconnu"
    vu = etat(T0 + timedelta(hours=30))
    assert (vu.fraicheur, vu.reussi_le, vu.erreur, vu.a_dater) == (
        Fraicheur.EN_RETARD, T0, "annuaire_injoignable", True,
    )  # fmt: skip


@pytest.mark.rule("ANN-05")
@pytest.mark.parametrize("panne", [Panne.ERREUR, Panne.TRONQUEE, Panne.LENTE, Panne.BOUCLE, Panne.AILLEURS])
def test_a_pass_that_fails_half_way_stops_nobody(
    serveur: ServeurAnnuaire, lues: Ressources, panne: Panne
) -> None:
    passer(serveur)
    actifs = Professionnel.objects.filter(actif=True).count()
    # The first page of structures is good, what follows is not.
    serveur.pannes.extend([Panne.HOSTILE] + [panne] * 20)
    del lues["Practitioner"][3]
    with pytest.raises((AnnuaireInjoignable, AnnuaireIllisible)):
        passer(serveur, T0 + timedelta(days=1))
    assert Professionnel.objects.filter(actif=True).count() == actifs
    ligne = SourceAnnuaire.objects.get()
    assert (ligne.reussi_le, ligne.tente_le) == (T0, T0 + timedelta(days=1))
    assert ligne.erreur.startswith("annuaire_")


def test_hostile_resources_are_left_out_and_the_others_kept(serveur: ServeurAnnuaire) -> None:
    serveur.pannes.extend([Panne.HOSTILE] * 3)
    bilan = passer(serveur)
    assert bilan.ecartees >= 12
    assert situations(MOREL)
    assert not Professionnel.objects.filter(nom__contains="<script>").exists()
    douteux = Professionnel.objects.filter(rpps="99099999999").first()
    assert douteux is None or (douteux.nom.isprintable() and len(douteux.nom) <= 100)
    assert not BoiteMss.objects.filter(adresse__contains="\n").exists()


@pytest.mark.parametrize("pannes", [[None, Panne.VIDE], [Panne.VIDE] * 3])
def test_an_empty_directory_is_a_fault_not_the_end_of_all_practice(
    serveur: ServeurAnnuaire, pannes: list[Panne | None]
) -> None:
    passer(serveur)
    actifs = Professionnel.objects.filter(actif=True).count()
    serveur.pannes.extend([p or Panne.HOSTILE for p in pannes])
    with pytest.raises(AnnuaireSuspect):
        passer(serveur, T0 + timedelta(days=1))
    assert Professionnel.objects.filter(actif=True).count() == actifs
    serveur.pannes.extend([Panne.VIDE] * 3)
    passer(serveur, T0 + timedelta(days=2), forcer=True)
    assert not Professionnel.objects.filter(actif=True).exists()


@pytest.mark.rule("ANN-14")
def test_real_and_fictitious_people_never_meet(
    serveur: ServeurAnnuaire, lues: Ressources, settings: Any
) -> None:
    reelle = personne(lues, MOREL)
    reelle["identifier"] = [{"system": "https://rpps.esante.gouv.fr", "value": "10003461033"}]
    assert passer(serveur).ecartees >= 1
    assert not Professionnel.objects.filter(rpps="10003461033").exists()
    with pytest.raises(SourceRefusee) as refus:
        source.exiger("https://gateway.api.esante.gouv.fr/fhir/v2", T0)
    assert refus.value.code == "annuaire_source_reelle"
    settings.ES_LOCAL = False
    with pytest.raises(SourceRefusee) as refus:
        source.exiger("https://gateway.api.esante.gouv.fr/fhir/v2", T0)
    assert refus.value.code == "annuaire_autre_source"
    settings.ES_INSTANCE, settings.ES_ANNUAIRE_CLE = "production", "k"
    with pytest.raises(SourceRefusee) as refus:
        source.exiger(serveur.base, T0)
    assert refus.value.code == "annuaire_source_fictive"


@pytest.mark.rule("ANN-14")
def test_the_real_source_brings_no_fictitious_number_and_never_changes(settings: Any) -> None:
    settings.ES_LOCAL = False
    source.exiger("https://a.example/fhir", T0)
    assert not source.du_bon_rang(MOREL, est_fictive=False)
    assert source.du_bon_rang("10003461033", est_fictive=False)
    for autre in ("https://b.example/fhir", "http://x/simulateurs/annuaire/fhir/v2"):
        with pytest.raises(SourceRefusee) as refus:
            source.exiger(autre, T0)
        assert refus.value.code == "annuaire_autre_source"


@pytest.mark.rule("ANN-09")
def test_mailboxes_by_rank_and_never_those_of_the_red_list(serveur: ServeurAnnuaire) -> None:
    passer(serveur)
    assert [(b.genre, b.rang) for b in boites_du_professionnel(MOREL)] == [("CAB", 1), ("PER", 2)]
    assert [b.genre for b in boites_du_professionnel(MOREL, ("PER",))] == ["PER"]
    rouge = BoiteMss.objects.filter(liste_rouge=True).exclude(rpps="").first()
    assert rouge is not None
    assert boites_du_professionnel(rouge.rpps) == []
    laboratoire = Structure.objects.get(nom="Laboratoire BioVermeil")
    assert [b.genre for b in boites_de_la_structure(laboratoire.id)] == ["ORG", "APP"]


@pytest.mark.rule("ANN-10", "ANN-11")
def test_a_holder_finds_a_professional_by_name_town_and_profession(serveur: ServeurAnnuaire) -> None:
    passer(serveur)
    for nom in ("morel", "Anne Morel", "MOREL anne", "moré"):
        (trouvee,) = rechercher(nom)
        assert (trouvee.rpps, trouvee.nom, trouvee.profession) == (MOREL, "Dr Anne Morel", "Médecin")
        assert (trouvee.structure, trouvee.commune) == ("Maison de santé des Vignes", "Montcendré")
    assert "@" not in repr(rechercher("morel"))
    assert rechercher("morel", commune="Montcendre", profession="TRE_G15/10")
    assert not rechercher("morel", commune="Valdorge")
    assert not rechercher("morel", profession="TRE_G15/21")
    # One who stopped is found too, to be blocked ahead.
    (parti,) = rechercher("pommier")
    assert not parti.actif
    for large in ("", "m", " . "):
        with pytest.raises(RechercheTropLarge):
            rechercher(large)
    assert rechercher("mo%") == rechercher("mo")
    assert rechercher("' OR 1=1 --") == []


@pytest.mark.rule("ANN-04")
@pytest.mark.parametrize(
    ("age", "dite"),
    [(0, "fraiche"), (24, "fraiche"), (26, "en_retard"), (7 * 24, "en_retard"), (7 * 24 + 1, "perimee")],
)
def test_age_of_the_copy(age: int, dite: str) -> None:
    assert fraicheur(T0, T0 + timedelta(hours=age), heures=24, jours=7).value == dite
    assert fraicheur(None, T0, heures=24, jours=7) is Fraicheur.SANS_SOURCE


@pytest.mark.rule("ANN-04")
def test_when_a_pass_is_due() -> None:
    def ligne(reussi: int | None, tente: int | None) -> SourceAnnuaire:
        return SourceAnnuaire(
            reussi_le=None if reussi is None else T0 - timedelta(hours=reussi),
            tente_le=None if tente is None else T0 - timedelta(hours=tente),
        )

    assert a_rafraichir(None, T0)
    assert a_rafraichir(ligne(24, 24), T0)
    assert not a_rafraichir(ligne(23, 23), T0)
    assert a_rafraichir(ligne(30, 1), T0)
    assert not a_rafraichir(ligne(30, 0), T0)


@pytest.mark.rule("ANN-04", "ANN-06")
def test_the_hourly_work_refreshes_when_it_is_due_and_writes_down_what_failed(
    serveur: ServeurAnnuaire, settings: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from espace_sante.identite.annuaire_sante import taches

    dits: list[dict[str, Any]] = []
    monkeypatch.setattr(taches, "consigner", lambda _evenement, **champs: dits.append(champs))
    settings.ES_ANNUAIRE_BASE, settings.ES_ANNUAIRE_CLE = serveur.base, ""
    settings.ES_ANNUAIRE_PAR_SECONDE = 10_000
    travail = taches.rafraichir_annuaire.func
    travail(int(T0.timestamp()))
    assert serveur.appels == 0, "without a key nothing is called"
    settings.ES_ANNUAIRE_CLE = "k"
    travail(int(T0.timestamp()))
    faits = serveur.appels
    assert SourceAnnuaire.objects.get().reussi_le == T0
    travail(int((T0 + timedelta(hours=3)).timestamp()))
    assert serveur.appels == faits, "not due"
    serveur.pannes.extend([Panne.VIDE] * 3)
    travail(int((T0 + timedelta(hours=25)).timestamp()))
    assert [d["code"] for d in dits] == ["annuaire_suspect"]
    assert situations(MOREL)


def test_a_big_directory_is_read_in_bounded_memory(settings: Any) -> None:
    """Two hundred pages of two hundred people: what is kept at once is a page."""
    total, taille = 200, 200

    def page(numero: int) -> httpx.Response:
        gens = [
            {
                "resource": {
                    "resourceType": "Practitioner",
                    "id": f"p{numero}-{i}",
                    "active": True,
                    "text": {"div": "x" * 1_000},
                    "identifier": [
                        {"system": "https://rpps.esante.gouv.fr", "value": f"990{numero * taille + i:08d}"}
                    ],
                    "name": [{"family": "N", "given": ["P"]}],
                }
            }
            for i in range(taille)
        ]
        lien = [{"relation": "next", "url": f"/simulateurs/x/Practitioner?n={numero + 1}"}]
        lot = {"resourceType": "Bundle", "link": lien if numero + 1 < total else [], "entry": gens}
        return httpx.Response(200, stream=httpx.ByteStream(msgspec.json.encode(lot)))

    vus = 0
    transport = httpx.MockTransport(lambda r: page(int(r.url.params.get("n", "0"))))
    with ClientAnnuaire(Reglages("http://a/simulateurs/x", "k", 1e6), transport=transport) as c:
        tracemalloc.start()
        try:
            for lue in c.pages("Practitioner"):
                vus += len(lue)
            _, pic = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
    assert vus == total * taille
    assert pic < 10_000_000, f"{pic} bytes for a directory of {total * taille * 1_200} bytes"
