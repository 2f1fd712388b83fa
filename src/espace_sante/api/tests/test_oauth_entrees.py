"""What no software sends to the token endpoint is refused like anything else unreadable."""

from __future__ import annotations

import base64

import pytest
from django.test import Client

pytestmark = pytest.mark.django_db
_FORMULAIRE = "application/x-www-form-urlencoded"


def test_a_nul_is_refused_in_the_body_and_in_the_header() -> None:
    client = Client(raise_request_exception=False)
    corps = client.post(
        "/oauth/token",
        "grant_type=client_credentials&client_id=a%00&client_secret=x",
        content_type=_FORMULAIRE,
    )
    assert (corps.status_code, corps.json()["error"]) == (400, "invalid_request")
    basic = base64.b64encode(b"a%00:x").decode()
    entete = client.post(
        "/oauth/token",
        "grant_type=client_credentials",
        content_type=_FORMULAIRE,
        headers={"authorization": f"Basic {basic}"},
    )
    assert (entete.status_code, entete.json()["error"]) == (401, "invalid_client")
