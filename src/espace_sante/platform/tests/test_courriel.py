"""Outgoing e-mail."""

from __future__ import annotations

import pytest
from django.core import mail

from espace_sante.platform import courriel


@pytest.mark.rule("IDN-37")
@pytest.mark.parametrize(
    ("adresse", "attendu"),
    [
        ("jean.dupont@exemple.fr", "j***@e***.fr"),
        ("a@b.c.example", "a***@b***.example"),
        ("sans-arobase", "s***@***."),
    ],
)
def test_adresse_abregee(adresse: str, attendu: str) -> None:
    assert courriel.abreger(adresse) == attendu


def test_envoi() -> None:
    courriel.envoyer("a@b.example", "Sujet", "Texte")
    assert mail.outbox[0].to == ["a@b.example"]
    assert mail.outbox[0].extra_headers["Auto-Submitted"] == "auto-generated"


def test_relais_en_panne_est_dit_sans_l_adresse(settings, caplog: pytest.LogCaptureFixture) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    with pytest.raises(courriel.CourrielNonEnvoye):
        courriel.envoyer("personne@prive.example", "Sujet", "Texte")
    assert "personne" not in caplog.text


def test_pas_d_entete_glissee_dans_le_sujet() -> None:
    with pytest.raises(courriel.CourrielNonEnvoye):
        courriel.envoyer("a@b.example", "Sujet\nBcc: x@y.example", "Texte")
