"""Traces of test persons and of load tests never stand among real ones: one database holds one population (AUD-23).

A column would have to be right in each query, count and export. Here a real instance cannot hold a test person, nor a
demonstration a real one, and a database knows what it is: watch, counts, exports and sealed log have nothing to sort.
"""

from __future__ import annotations

import ast
from pathlib import Path

import pytest
from django.db import connection

from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.errors import AccesRefuse, AlimentationRefusee
from espace_sante.acces.existence import tester_existence
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, ins, lot, professionnel
from espace_sante.dossier.services import DonneesRefusees
from espace_sante.identite.installation import InstallationIncoherente, verifier
from espace_sante.identite.models import Installation
from espace_sante.kernel.ins import OID_DEMO, OID_NIR, OID_TEST, Ins
from espace_sante.traces.journal_scelle.ecriture import connexion

pytestmark = pytest.mark.django_db
BANC = Path(__file__).resolve().parents[2] / "bench" / "__main__.py"


def _traces_de_dossiers() -> int:
    """Over all records, as the owner, what is committed; and what this transaction wrote."""
    with connexion() as cx:
        ligne = cx.execute("SELECT count(*) FROM traces_trace").fetchone()
    with connection.cursor() as c:
        c.execute("SELECT n_tup_ins FROM pg_stat_xact_user_tables WHERE relname = 'traces_trace'")
        ecrites = c.fetchone()
    assert ligne
    return int(ligne[0]) + int(ecrites[0] if ecrites else 0)


@pytest.mark.rule("AUD-23")
@pytest.mark.parametrize("oid", [OID_TEST, OID_DEMO])
def test_on_a_real_instance_no_trace_is_a_test_person_s(oid: str, settings: object) -> None:
    medecin = professionnel()
    numero = Ins(ins(1).matricule, oid)
    settings.ES_INSTANCE = "production"  # type: ignore[attr-defined]
    avant = _traces_de_dossiers()
    with pytest.raises(DonneesRefusees) as refus:
        dossier(1)
    assert refus.value.code == "donnees_fictives"
    assert tester_existence(medecin, numero, contexte=CONTEXTE) is None
    with (
        pytest.raises(AccesRefuse),
        open_dossier(medecin, numero, contexte=CONTEXTE, identite_qualifiee=True),
    ):
        pass
    with pytest.raises(AlimentationRefusee):
        alimenter(medecin, numero, lot(medecin, document(auteur=medecin)), contexte=CONTEXTE)
    assert _traces_de_dossiers() == avant


@pytest.mark.rule("AUD-23")
def test_a_demonstration_holds_no_real_person(settings: object, monkeypatch: pytest.MonkeyPatch) -> None:
    settings.ES_INSTANCE = "demonstration"  # type: ignore[attr-defined]
    monkeypatch.setattr("espace_sante.acces.tests.fabrique.ins", lambda _: Ins(ins(1).matricule, OID_NIR))
    with pytest.raises(DonneesRefusees) as refus:
        dossier(1)
    assert refus.value.code == "donnees_reelles"


@pytest.mark.rule("AUD-23")
@pytest.mark.parametrize("nature", ["test", "demonstration"])
def test_a_database_of_real_people_is_never_taken_for_one_of_tests(nature: str, settings: object) -> None:
    dossier(1)
    settings.ES_INSTANCE = "production"  # type: ignore[attr-defined]
    from espace_sante.identite import installation

    Installation.objects.create(
        id=1, nature="production", temoin_cle=installation._temoin(), depuis="2026-01-01T00:00Z"
    )
    verifier()
    settings.ES_INSTANCE = nature  # type: ignore[attr-defined]
    with pytest.raises(InstallationIncoherente) as refus:
        verifier()
    assert refus.value.code == "instance_differente"


@pytest.mark.rule("AUD-23")
def test_load_tests_have_a_database_of_their_own() -> None:
    """Whatever the environment names: the bench blanks it before anything is imported."""
    appels = [n for n in ast.walk(ast.parse(BANC.read_text())) if isinstance(n, ast.Call)]
    (environ,) = [a for a in appels if ast.unparse(a.func) == "os.environ.update"]
    donnes = {k.arg: ast.unparse(k.value) for k in environ.keywords}
    assert donnes["ES_INSTANCE"] == "'test'"
    assert donnes["ES_DATABASE_URL"] == donnes["ES_DATABASE_OWNER_URL"] == "''"
