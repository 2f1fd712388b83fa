"""A referenced service and its pairing, for the tests of this room and of those above."""

from __future__ import annotations

import time
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from uuid import UUID

from espace_sante.acces.appairages.droits import Droit, lire, portees
from espace_sante.acces.models import Appairage, SessionAppairage
from espace_sante.identite import jetons_identite
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.jetons import emettre_jeton
from espace_sante.identite.models import Logiciel
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.postgres.rls import portee

SERVICE = "carnet-de-tension"
SOLUTION_OID = "1.2.250.1.999.1"


def service(client_id: str = SERVICE, *, solution_oid: str = SOLUTION_OID, **autres: object) -> Logiciel:
    """A referenced service that asks for everything."""
    fait, _ = Logiciel.objects.get_or_create(
        client_id=client_id,
        defaults={
            "nom": "Carnet de tension",
            "service": True,
            "etape": "production",
            "solution_oid": solution_oid,
            "portees": ["patient/Observation.crus", "patient/Appointment.crus"],
            "retours": ["https://carnet.exemple.test/retour"],
            **autres,
        },
    )
    return fait


def service_appaire(
    dossier_id: UUID,
    droits: Iterable[Droit | str],
    *,
    client_id: str = SERVICE,
    solution_oid: str = SOLUTION_OID,
    finalite: str = "soins",
) -> tuple[Acteur, str, str]:
    """A service that this holder gave these rights (`mesures.poids:lire`): its actor, access token and identity token."""
    lus = frozenset(d if isinstance(d, Droit) else _droit(d) for d in droits)
    logiciel = service(client_id, solution_oid=solution_oid)
    quand, appairage_id, session_id = datetime.now(UTC), uuid7(), uuid7()
    with portee(dossier_id):
        Appairage.objects.filter(dossier_id=dossier_id, client_id=client_id, retire_le=None).update(
            retire_le=quand, retire_par="titulaire"
        )
        Appairage.objects.create(
            dossier_id=dossier_id, id=appairage_id, client_id=client_id, nom=logiciel.nom, cree_le=quand,
            lignes=sorted(f"{finalite} {d}" for d in lus),
        )  # fmt: skip
        SessionAppairage.objects.create(
            dossier_id=dossier_id, id=session_id, appairage_id=appairage_id, cree_le=quand, code=bytes(32),
            code_expire_le=quand + timedelta(seconds=60), code_utilise_le=quand, defi="x" * 43,
            retour=logiciel.retours[0], nonce="n", connecte_le=quand,
        )  # fmt: skip
    acteur = Acteur(
        GenreActeur.SERVICE,
        nom=logiciel.nom,
        client_id=client_id,
        session_id=session_id,
        dossier_id=dossier_id,
        portees=portees(lus),
    )
    identite = jetons_identite.emettre(
        client_id, dossier_id, session_id, nonce="n", connecte_le=int(time.time())
    )
    return acteur, emettre_jeton(acteur), identite


def _droit(texte: str) -> Droit:
    lu = lire(texte)
    assert lu is not None, texte
    return lu


def entetes(jeton: str, identite: str) -> dict[str, str]:
    """The headers of a call with both tokens."""
    return {"Authorization": f"Bearer {jeton}", "X-Id-Token": identite}
