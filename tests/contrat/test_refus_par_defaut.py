"""Default deny: every address has one mark, and what is public is a list that people review."""

from __future__ import annotations

import runpy
from datetime import UTC, datetime
from importlib import import_module

import pytest
from django.conf import settings
from django.test import Client, override_settings
from django.urls import resolve

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.sessions import ouvrir_session
from espace_sante.kernel.codes import EtatProfil, GenreActeur
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import OID_TEST, Ins, cle
from espace_sante.kernel.traits import Traits
from espace_sante.platform import http
from tests.contrat.adresses import Adresse, adresses
from tests.contrat.depot import PAQUET

# Views that anyone may call, one by one. Adding one here is a decision: say in review why it shows nothing.
PUBLIQUES = {
    # Home and help: words for everyone.
    "web:accueil",
    "web:vos_donnees",
    "web:cle_des_copies",
    "web:aide",
    "web:aide_fiche",
    # The matrix: the same public rule for everyone, without the name of any person.
    "web:matrice",
    "api:matrice_csv",
    "api:matrice_json",
    "api:matrice_editions",
    "api:matrice_csv_edition",
    "api:matrice_json_edition",
    # A publisher's demand: it shows what he has just typed and his own new credentials, nothing else (OID-31).
    "web:editeurs",
    "web:editeurs_service",
    # A conformance run is shown to who gave the software's own secret; the key of attestations is public (OID-34).
    "web:editeurs_conformite",
    "web:editeurs_conformite_commencer",
    "web:editeurs_conformite_quitter",
    "web:editeurs_conformite_cle",
    # A service's request: the holder logs in before anything of him is shown; others read why it cannot be (OID-28).
    "web:autoriser",
    # The way in and the way out: they show nothing of anybody before the login has succeeded.
    "web:connexion",
    "web:connexion_code",
    "web:connexion_code_renvoi",
    "web:connexion_fc",
    "web:connexion_fc_retour",
    "web:connexion_pro",
    "web:connexion_pro_depart",
    "web:connexion_pro_retour",
    "web:connexion_operation",
    "web:connexion_operation_code",
    "web:connexion_operation_enrolement",
    "web:deconnexion",
    # For programs: public keys and addresses, state of the process, counts by route (no identifying label).
    "api:cles",
    "api:decouverte",
    "api:decouverte_openid",
    "api:smart",
    "api:sante",
    "api:metriques",
    # What the FHIR door offers, its list of codes, and the OperationOutcome of an address that it has not.
    "fhir:metadata",
    "fhir:codes",
    "fhir:codes_des_elements",
    "fhir:ailleurs",
}

FORMULAIRE = "application/x-www-form-urlencoded"
NOM, MATRICULE = "ZYGOMATIQUE", "1800175000009"


def _adresse_id(a: Adresse) -> str:
    return a.nom or a.route


def _reservees() -> list[Adresse]:
    return [a for a in adresses() if isinstance(a.ouverture, frozenset)]


@pytest.fixture
def dossier(db: None) -> Ins:
    """One open record with a name that no page may show to a stranger."""
    from espace_sante.dossier.services import NouveauDossier, creer

    ins = Ins(MATRICULE + cle(MATRICULE), OID_TEST)
    creer(
        NouveauDossier(
            dossier_id=uuid7(),
            ins=ins,
            traits=Traits(NOM, "Anne", "1980-01-01", "F", "75056"),
            etat=EtatProfil.ACTIVE,
            etat_depuis=datetime.now(UTC),
        )
    )
    return ins


def test_every_view_has_one_mark() -> None:
    sans = []
    for a in adresses():
        o = a.ouverture
        genres = isinstance(o, frozenset) and o and all(isinstance(g, GenreActeur) for g in o)
        if o not in (http.PUBLIQUE, http.PAR_JETON) and not genres:
            sans.append(f"{a.route} ({a.vue})")
    assert not sans, f"views without a mark of platform.http: {sans}"


def test_public_views_are_the_reviewed_list() -> None:
    publiques = {a.nom for a in adresses() if a.ouverture == http.PUBLIQUE and not a.locale}
    assert publiques == PUBLIQUES


def test_names_are_unique() -> None:
    noms = [a.nom for a in adresses() if a.nom.rsplit(":", 1)[-1]]
    assert len(noms) == len(set(noms))


def test_each_address_reaches_its_own_view() -> None:
    """A pattern that takes everything must come after those that it would hide."""
    caches = [
        f"{a.chemin} reaches {trouve.view_name} instead of {a.nom}"
        for a in adresses()
        if (trouve := resolve(a.chemin)).func is not a.vue
    ]
    assert not caches


def test_local_faces_are_not_mounted_elsewhere() -> None:
    with override_settings(ES_LOCAL=False):
        motifs = runpy.run_path(str(PAQUET / "config" / "urls.py"))["urlpatterns"]
    assert not [m for m in motifs if str(m.pattern).startswith(("simulateurs", "composants"))]


def _sans_donnee(contenu: bytes, ins: Ins) -> None:
    texte = contenu.decode("utf-8", "replace")
    assert NOM not in texte
    assert ins.matricule[:13] not in texte


@pytest.mark.django_db
@pytest.mark.parametrize("methode", ["get", "post", "put", "delete"])
def test_a_stranger_gets_nothing(dossier: Ins, methode: str, client: Client) -> None:
    erreurs = []
    for a in adresses():
        if a.ouverture == http.PUBLIQUE:
            continue
        # A form, as a token request is: a program without credentials must fail on these, not on its format.
        corps = {} if methode == "get" else {"data": "essai=1", "content_type": FORMULAIRE}
        reponse = getattr(client, methode)(a.chemin, **corps)
        contenu = b"".join(reponse.streaming_content) if reponse.streaming else reponse.content
        _sans_donnee(contenu, dossier)
        vers_connexion = reponse.status_code == 302 and reponse["Location"].startswith("/connexion/")
        # A program that has no token is told so, or that the method does not exist, never more.
        admis = {401, 404, 405} if a.ouverture == http.PAR_JETON else {404}
        if not vers_connexion and reponse.status_code not in admis:
            erreurs.append(f"{methode} {a.chemin}: {reponse.status_code}")
    assert not erreurs


@pytest.mark.django_db
@pytest.mark.parametrize("genre", list(GenreActeur))
def test_another_kind_of_actor_finds_no_page(dossier: Ins, genre: GenreActeur, client: Client) -> None:
    _connecter(
        client, Acteur(genre, nom="Personne", rpps="10000000001", dossier_id=uuid7(), deux_facteurs=True)
    )
    erreurs = []
    for a in _reservees():
        if genre in a.ouverture:  # type: ignore[operator]
            continue
        reponse = client.get(a.chemin)
        _sans_donnee(reponse.content, dossier)
        if reponse.status_code != 404:
            erreurs.append(f"{genre.value} {a.chemin}: {reponse.status_code}")
    assert not erreurs


def _connecter(client: Client, acteur: Acteur) -> None:
    from django.http import HttpRequest

    requete = HttpRequest()
    requete.session = import_module(settings.SESSION_ENGINE).SessionStore()
    ouvrir_session(requete, acteur)
    requete.session.save()
    client.cookies[settings.SESSION_COOKIE_NAME] = requete.session.session_key
