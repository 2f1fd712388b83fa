"""Keys of our tokens change without a stop (OID-22)."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.test import Client

from espace_sante.identite import cles_jetons
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.jetons import JetonInvalide, emettre_jeton, lire_jeton, oublier
from espace_sante.identite.models import Logiciel
from espace_sante.kernel.codes import GenreActeur

pytestmark = pytest.mark.django_db
ACTEUR = Acteur(GenreActeur.STRUCTURE, client_id="labo", portees=frozenset({"ITI-65"}))


@pytest.fixture(autouse=True)
def installation(settings: Any, tmp_path: Path) -> None:
    settings.ES_DATA = tmp_path
    Logiciel.objects.create(client_id="labo", nom="Labo")


def _kids() -> list[str]:
    oublier()
    return [c["kid"] for c in Client().get("/.well-known/jwks.json").json()["keys"]]


@pytest.mark.rule("OID-22")
def test_the_next_key_is_published_then_signs_then_the_former_goes() -> None:
    debut = time.time()
    with time_machine.travel(debut, tick=False) as horloge:
        premiere = cles_jetons.signataire().kid
        avant = emettre_jeton(ACTEUR)
        seconde = cles_jetons.tourner().kid
        assert _kids() == [premiere, seconde], "published at once, before it signs anything"
        assert cles_jetons.signataire().kid == premiere
        assert lire_jeton(avant) == lire_jeton(emettre_jeton(ACTEUR))

        horloge.move_to(debut + cles_jetons.PUBLICATION_S - 5)
        veille = emettre_jeton(ACTEUR)
        horloge.move_to(debut + cles_jetons.PUBLICATION_S + 5)
        assert cles_jetons.signataire().kid == seconde
        apres = emettre_jeton(ACTEUR)
        assert _kids() == [premiere, seconde]
        oublier()
        assert lire_jeton(veille) == lire_jeton(apres), "a token of the former key lives to its end"

        horloge.move_to(debut + cles_jetons.PUBLICATION_S + cles_jetons.DUREE_S + 61)
        assert _kids() == [seconde]
        with pytest.raises(JetonInvalide):
            lire_jeton(veille)


@pytest.mark.rule("OID-22")
def test_a_leaked_key_goes_at_once_with_its_tokens() -> None:
    jeton = emettre_jeton(ACTEUR)
    assert lire_jeton(jeton).client_id == "labo"
    nouvelle = cles_jetons.tourner(immediat=True)
    assert _kids() == [nouvelle.kid]
    with pytest.raises(JetonInvalide):
        lire_jeton(jeton)
    assert lire_jeton(emettre_jeton(ACTEUR)).client_id == "labo"


@pytest.mark.rule("OID-22")
def test_turning_again_removes_what_verifies_nothing(tmp_path: Path) -> None:
    debut = time.time()
    with time_machine.travel(debut, tick=False) as horloge:
        cles_jetons.signataire()
        cles_jetons.tourner()
        horloge.move_to(debut + 3 * 3600)
        cles_jetons.tourner()
        fichiers = [f for f in (tmp_path / "cles").rglob("*.key")]
    assert len(fichiers) == 2
    assert all(f.stat().st_mode & 0o077 == 0 for f in fichiers)


def test_tokens_without_the_name_of_their_key_are_of_the_one_that_signs() -> None:
    from joserfc import jwt

    cle = cles_jetons.signataire().jwk
    r = jwt.decode(emettre_jeton(ACTEUR), cle, algorithms=["Ed25519"]).claims
    ancien = jwt.encode({"alg": "Ed25519", "typ": "at+jwt"}, r, cle, algorithms=["Ed25519"])
    oublier()
    assert lire_jeton(ancien).client_id == "labo"
