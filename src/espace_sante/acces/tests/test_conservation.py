"""What the retention table promises is done, and what is sealed stays closed to those who run the service."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from axes.models import AccessAttempt
from django.db import connection

from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.conservation import oublier
from espace_sante.acces.errors import AccesRefuse, EspaceFerme
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.comptes import creer_compte
from espace_sante.identite.models import BlocageConnexion, CodeUsageUnique
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db


@pytest.mark.rule("REG-13")
def test_codes_holds_and_failed_logins_go_when_their_time_is_over() -> None:
    dossier_id, _ = dossier()
    compte = creer_compte(dossier_id, "lou.martin", "Un-mot-2-passe-solide", "lou@example.test")
    fin = datetime.now(UTC)
    CodeUsageUnique.objects.create(compte=compte, code_hache="x", expire_le=fin)
    BlocageConnexion.objects.create(identifiant_hache="h", jusqua=fin)
    AccessAttempt.objects.create(username="tape", failures_since_start=1)
    oublier(fin - timedelta(minutes=1))
    assert (
        CodeUsageUnique.objects.count()
        == BlocageConnexion.objects.count()
        == AccessAttempt.objects.count()
        == 1
    )
    oublier(fin + timedelta(minutes=1))
    assert not CodeUsageUnique.objects.exists()
    assert BlocageConnexion.objects.exists(), "it still counts for the length of the next one"
    oublier(fin + timedelta(days=1, minutes=1))
    assert not BlocageConnexion.objects.exists()
    assert not AccessAttempt.objects.exists()


@pytest.mark.rule("REG-18")
def test_contents_are_sealed_at_rest() -> None:
    dossier_id, ins = dossier()
    clair = b"%PDF-1.4 " + b"diagnostic en clair " * 50
    auteur = professionnel()
    alimenter(auteur, ins, lot(auteur, document(auteur=auteur, contenu=clair)), contexte=CONTEXTE)
    with portee(dossier_id), connection.cursor() as c:
        c.execute("SELECT scelle FROM documents_contenu")
        (scelle,) = (bytes(s) for (s,) in c.fetchall())
        c.execute("SELECT d::text FROM documents_document d")
        (ligne,) = (texte for (texte,) in c.fetchall())
    assert b"diagnostic" not in scelle
    assert "diagnostic en clair" not in ligne
    # As random as its hash: nothing of the clear text shows through.
    assert len(set(scelle)) > 200
    assert hashlib.sha256(clair).digest() not in scelle


@pytest.mark.rule("REG-18", "ACC-31")
def test_the_operator_and_support_open_nothing() -> None:
    dossier_id, ins = dossier()
    assistance = Acteur(GenreActeur.OPERATEUR, nom="assistance", deux_facteurs=True, dossier_id=dossier_id)
    with pytest.raises(AccesRefuse), open_dossier(assistance, ins, contexte=CONTEXTE):
        pass
    with pytest.raises(EspaceFerme), ouvrir_mon_espace(assistance, contexte=CONTEXTE):
        pass
