"""« Qui peut voir ceci ? » says what real openings do (issue 3, item 4)."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from espace_sante.acces import controle, visibilite
from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.errors import AccesRefuse
from espace_sante.acces.models import Consentement, Referent
from espace_sante.acces.mon_espace import MonEspace, ouvrir_mon_espace
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel, titulaire
from espace_sante.acces.visibilite import Hypothese
from espace_sante.documents.filtre import Filtre
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.postgres import direct
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db
# Examples share the test's transaction: each has a record of its own.
_GRAINES = itertools.count(700_000)
TYPES = ("11488-4", "11502-2", "REMB", "PRESC-BIO")


def _espace(dossier_id: UUID, acte: Callable[[MonEspace], object]) -> object:
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        return acte(espace)


def _lit(acteur: Acteur, dossier_id: UUID, document_id: UUID) -> bool:
    try:
        with open_dossier(acteur, dossier_id, contexte=CONTEXTE, identite_qualifiee=True) as ouvert:
            return document_id in {d.id for d in ouvert.lister(Filtre(limite=500)).elements}
    except AccesRefuse:
        return False


@pytest.mark.rule("ACC-12", "ACC-42", "DOC-42", "ACC-48", "ACC-55")
@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])
@given(donnees=st.data())
def test_what_is_told_is_what_happens(db: None, donnees: st.DataObject) -> None:
    """For people and documents drawn by chance, the answer equals a real reading; so does each supposed change."""
    dossier_id, _ = dossier(next(_GRAINES))
    quand = datetime.now(UTC)
    pros = [professionnel(f"9900000{101 + i:04d}", p) for i, p in enumerate(("10", "60", "21", "31"))]
    pieces = [
        document(t, auteur=donnees.draw(st.sampled_from(pros)), masque_ps=m)
        for t in TYPES
        for m in (False, True)
    ]
    for pro in pros:
        siens = [d for d in pieces if d.metadonnees.auteurs[0].idnat == f"8{pro.rpps}"]
        if siens:
            alimenter(pro, dossier_id, lot(pro, *siens), contexte=CONTEXTE)
        recueillir_consentement(pro, dossier_id, contexte=CONTEXTE)
        if donnees.draw(st.booleans()):
            _espace(dossier_id, lambda e, p=pro: controle.bloquer(e, "professionnel", p.rpps))
        elif donnees.draw(st.booleans()):
            with portee(dossier_id):
                Referent.objects.create(
                    dossier_id=dossier_id, id=uuid7(), role="medecin_traitant", rpps=pro.rpps, nom=pro.nom,
                    depuis=quand - timedelta(days=1), par="assurance_maladie",
                )  # fmt: skip
    piece = donnees.draw(st.sampled_from(pieces))
    dit = {p.rpps: p for p in _espace(dossier_id, lambda e: visibilite.personnes(e, piece.id))}  # type: ignore[attr-defined]
    assert set(dit) == {p.rpps for p in pros}
    for pro in pros:
        assert dit[pro.rpps].voit == _lit(pro, dossier_id, piece.id), (pro.profession_code, dit[pro.rpps])
    # Suppose it masked, then mask it: the answer was right.
    suppose = _espace(dossier_id, lambda e: visibilite.personnes(e, piece.id, Hypothese(masque=True)))
    _espace(dossier_id, lambda e: e.masquer(piece.id))
    for p in suppose:  # type: ignore[attr-defined]
        (pro,) = [x for x in pros if x.rpps == p.rpps]
        assert p.voit == _lit(pro, dossier_id, piece.id)
    # Suppose consents withdrawn and everyone blocked.
    retire = _espace(dossier_id, lambda e: visibilite.personnes(e, None, Hypothese(consentement_retire=True)))
    assert not any(p.voit for p in retire)  # type: ignore[attr-defined]
    bloque = _espace(dossier_id, lambda e: visibilite.personnes(e, None, Hypothese(bloque=True)))
    assert {p.raison for p in bloque} == {"professionnel_bloque"}  # type: ignore[attr-defined]


def test_as_a_doctor_would_see_it_and_what_each_reason_says() -> None:
    dossier_id, _ = dossier()
    medecin, kine = professionnel("99000000111"), professionnel("99000000112", "70")
    visible, cache = document(auteur=medecin), document(auteur=medecin)
    alimenter(medecin, dossier_id, lot(medecin, visible, cache), contexte=CONTEXTE)
    recueillir_consentement(kine, dossier_id, contexte=CONTEXTE)

    def regarder(espace: MonEspace) -> None:
        espace.masquer(cache.id)
        decision, page = visibilite.comme(espace, kine, Filtre())
        assert decision.accordee
        assert page is not None
        assert page.total == 1
        refus, rien = visibilite.comme(espace, medecin, Filtre())
        assert (refus.code, rien) == ("consentement_absent", None)
        (vu,) = visibilite.personnes(espace, cache.id)
        assert vu.raison == "document_masque"
        (rembourse,) = visibilite.personnes(espace, uuid7())
        assert rembourse.raison == "document_absent"

    _espace(dossier_id, regarder)
    assert {p.lit for p in visibilite.professions_pour("REMB")} == {True, False}
    with portee(dossier_id):
        assert Consentement.objects.filter(dossier_id=dossier_id).count() == 1


def _allers_retours(espace: MonEspace, document_id: UUID, monkeypatch: pytest.MonkeyPatch) -> tuple[int, int]:
    """How many times the database was waited for, by Django and by libpq, and how many people were told."""
    envois = 0
    envoyer = direct.Canal.envoyer

    def compter(canal: direct.Canal, ordres: Sequence[direct.Ordre]) -> object:
        nonlocal envois
        envois += 1
        return envoyer(canal, ordres)

    with monkeypatch.context() as m, CaptureQueriesContext(connection) as django:
        m.setattr(direct.Canal, "envoyer", compter)
        gens = visibilite.personnes(espace, document_id)
    return envois + len(django), len(gens)


def test_two_hundred_people_cost_as_many_round_trips_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    dossier_id, _ = dossier()
    auteur = professionnel("99000000120")
    piece = document(auteur=auteur, masque_ps=True)
    alimenter(auteur, dossier_id, lot(auteur, piece), contexte=CONTEXTE)
    recueillir_consentement(professionnel("99000000121"), dossier_id, contexte=CONTEXTE)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        un, personnes = _allers_retours(espace, piece.id, monkeypatch)
        assert personnes == 1
    for i in range(60):
        recueillir_consentement(
            professionnel(f"9900000{1300 + i}", "10" if i % 2 else "70"), dossier_id, contexte=CONTEXTE
        )
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        tous, personnes = _allers_retours(espace, piece.id, monkeypatch)
        assert personnes == 61
    assert tous == un <= 12
