"""The bundle through the product's own connection, role and scope."""

from __future__ import annotations

from uuid import uuid4

import orjson
import pytest

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.codes import GenreActeur
from espace_sante.platform.postgres import direct
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte, Action, tracer
from espace_sante.traces.journal_scelle import queries
from espace_sante.traces.journal_scelle.exportation import lot_de_preuves
from espace_sante.traces.journal_scelle.lot import verifier
from espace_sante.traces.journal_scelle.tests.atelier import CLE
from espace_sante.traces.models import Feuille, Trace

pytestmark = pytest.mark.django_db


@pytest.mark.rule("AUD-11", "AUD-14")
def test_what_no_head_holds_yet_is_counted_and_another_record_is_out_of_reach() -> None:
    dossier, autre = uuid4(), uuid4()
    for d in (dossier, autre):
        for _ in range(2):
            with portee(d):
                tracer(d, Acteur(GenreActeur.TITULAIRE, dossier_id=d), Contexte("web"), Acte(Action.LISTE))
    with portee(dossier):
        scellee = Trace.objects.filter(dossier_id=dossier).first()
        assert scellee
        Feuille.objects.create(
            dossier_id=dossier,
            trace_id=scellee.id,
            genre="trace",
            version=1,
            shard=0,
            rang=0,
            empreinte=bytes(32),
        )
        octets = lot_de_preuves(dossier, CLE.publique)
        assert orjson.loads(octets)["en_attente"] == 2
        assert verifier(octets, CLE.publique).entrees == 0
        assert orjson.loads(lot_de_preuves(autre, CLE.publique))["en_attente"] == 0
        assert queries.derniere_tete(direct.lire, 0) is None
        with pytest.raises(LookupError):
            queries.Tuiles(direct.lire, 0)(3, 1 << 40)
