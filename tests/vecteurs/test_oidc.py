"""The two published discovery documents of Pro Santé Connect: what is taken, what is refused (OID-02, OID-03, OID-09)."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from espace_sante.platform import ciba, oidc

# Document → what makes production refuse it: it names addresses in clear.
DECOUVERTES = {
    "oidc/DRIM-M_DRIMbox-configopenid.json": "authorization_endpoint",
    "oidc/psc-edc-proxy-esante-mock_discovery_response.json": "token_endpoint",
}
_PRIS = {
    "autorisation": "authorization_endpoint", "jeton": "token_endpoint", "informations": "userinfo_endpoint",
    "cles": "jwks_uri", "fin": "end_session_endpoint", "introspection": "introspection_endpoint",
    "decouplee": "backchannel_authentication_endpoint",
}  # fmt: skip


@pytest.mark.rule("OID-02", "OID-03", "OID-09", "OID-13", "OID-36")
@pytest.mark.parametrize("nom", sorted(DECOUVERTES))
def test_what_is_taken_of_a_published_discovery(vectors: Path, settings: Any, nom: str) -> None:
    document = json.loads((vectors / nom).read_bytes())
    lues = oidc.lire_decouverte(document, document["issuer"])
    assert {c: getattr(lues, c) for c in _PRIS} == {c: document[n] for c, n in _PRIS.items()}
    # What our clients use is offered there: PKCE, decoupled logins to poll, tokens bound to a certificate.
    assert "S256" in document["code_challenge_methods_supported"]
    assert ciba.GRANT in document["grant_types_supported"]
    assert "poll" in document["backchannel_token_delivery_modes_supported"]
    assert document["tls_client_certificate_bound_access_tokens"]
    # What it announces beyond widens nothing here: no symmetric key, no level.
    annonces = set(document["id_token_signing_alg_values_supported"])
    assert annonces & {"HS256"} and not annonces & set(oidc.ALGORITHMES) & {"HS256", "HS384", "HS512", "none"}
    assert [oidc.niveau(a) for a in document["acr_values_supported"]] == [0, 0]
    with pytest.raises(oidc.FournisseurInjoignable):
        oidc.lire_decouverte(document, document["issuer"].rstrip("/") + "/autre")
    assert document[DECOUVERTES[nom]].startswith("http:")
    settings.ES_INSTANCE = "production"
    with pytest.raises(oidc.FournisseurInjoignable):
        oidc.lire_decouverte(document, document["issuer"])


@pytest.mark.rule("OID-02")
@pytest.mark.parametrize("nom", sorted(DECOUVERTES))
@pytest.mark.parametrize(
    "champ", ["authorization_endpoint", "token_endpoint", "userinfo_endpoint", "jwks_uri"]
)
def test_a_discovery_without_what_is_needed_is_refused(vectors: Path, nom: str, champ: str) -> None:
    document = json.loads((vectors / nom).read_bytes())
    for faux in (
        {c: v for c, v in document.items() if c != champ},
        {**document, champ: "ftp://x"},
        {**document, champ: 3},
    ):
        with pytest.raises(oidc.FournisseurInjoignable):
            oidc.lire_decouverte(faux, document["issuer"])
