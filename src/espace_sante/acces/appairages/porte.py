"""The gate of a paired service: one query at every call, the rights of the consent, and no other record.

The pairing in force, its authorization, the service and the record are judged anew each time (rules OID-28, OID-32,
FHR-152): a token alone opens nothing. A refusal undoes the act, is traced, then told.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from psycopg.rows import TupleRow

from espace_sante.acces.appairages.choix import droits_des
from espace_sante.acces.appairages.droits import Droit, libelle
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.index import hacher, trouver_dossier
from espace_sante.kernel.codes import EtatProfil, GenreActeur
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ins import Ins
from espace_sante.platform.postgres.rls import ecrire_a_la_fin, portee, portee_et_lecture
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer, tracer_hors_dossier

# The last use is told to the holder within this time: not one write for each call.
_USAGE: Final = timedelta(minutes=15)


class AppairageRefuse(EspaceSanteError):
    """A service may not do this in this record (FHR-152). Traced when it leaves the opening.

    Codes `autre_titulaire`, `consentement_absent`, `service_suspendu`, `dossier_ferme`.
    """


_MESSAGES: Final = {
    "autre_titulaire": "Ce jeton a été donné pour une autre personne.",
    "consentement_absent": "La personne n’a pas donné son accord pour cet acte.",
    "service_suspendu": "Ce service n’est pas, ou plus, autorisé à appeler.",
    "dossier_ferme": "Ce dossier n’est pas disponible.",
}


@dataclass(frozen=True, slots=True)
class EspaceDuService:
    """A record opened for one paired service; the connection is scoped to it."""

    dossier_id: UUID
    acteur: Acteur
    contexte: Contexte
    appairage_id: UUID
    solution_oid: str
    droits: frozenset[Droit]
    cle_scellee: bytes

    def exiger(self, droit: Droit) -> None:
        """The holder consented to this. Raises AppairageRefuse (`consentement_absent`) (FHR-150)."""
        if droit not in self.droits:
            raise refus("consentement_absent", libelle(droit))

    def tracer(self, acte: Acte) -> None:
        """Write what the service did in the holder's history, in the act's transaction."""
        tracer(self.dossier_id, self.acteur, self.contexte, acte)


def refus(code: str, objet: str = "") -> AppairageRefuse:
    """That refusal; `objet`, the right that was missing, is kept with the trace."""
    return AppairageRefuse(code, _MESSAGES[code], objet=objet)


_FAITS = """
SELECT d.etat, d.cle_scellee, a.id, a.lignes, a.utilise_le, l.actif, l.nom, l.solution_oid
FROM (VALUES (1)) AS un
LEFT JOIN dossier_dossier d ON d.dossier_id = %(dossier)s
LEFT JOIN acces_sessionappairage s ON s.dossier_id = %(dossier)s AND s.id = %(session)s AND s.terminee_le IS NULL
LEFT JOIN acces_appairage a ON a.dossier_id = s.dossier_id AND a.id = s.appairage_id
    AND a.client_id = %(client)s AND a.retire_le IS NULL
LEFT JOIN identite_logiciel l ON l.client_id = %(client)s AND l.service
"""
_UTILISER = "UPDATE acces_appairage SET utilise_le = %s WHERE dossier_id = %s AND id = %s"


@contextmanager
def ouvrir_par_appairage(
    acteur: Acteur, cible: Ins | UUID | None, *, contexte: Contexte
) -> Iterator[EspaceDuService]:
    """Open the record of a pairing token for its service; `cible` None: the record of the token.

    Raises AppairageRefuse; the one that `exiger` raises inside undoes the act too.
    """
    dossier_id = acteur.dossier_id
    if acteur.genre is not GenreActeur.SERVICE or dossier_id is None or acteur.session_id is None:
        _tracer_ailleurs(acteur, contexte, "consentement_absent", cible)
        raise refus("consentement_absent")
    if cible is not None and _dossier(cible) != dossier_id:
        _tracer_ailleurs(acteur, contexte, "autre_titulaire", cible)
        raise refus("autre_titulaire")
    quand = datetime.now(UTC)
    params = {"dossier": dossier_id, "session": acteur.session_id, "client": acteur.client_id}
    connu = False
    try:
        with portee_et_lecture(dossier_id, _FAITS, params) as ligne:
            assert ligne is not None  # noqa: S101 - the VALUES row is always there
            connu, utilise_le = ligne[0] is not None, ligne[4]
            espace = _juger(dossier_id, acteur, contexte, ligne)
            if utilise_le is None or quand - utilise_le > _USAGE:
                ecrire_a_la_fin(_UTILISER, [quand, dossier_id, espace.appairage_id])
            yield espace
    except AppairageRefuse as faute:
        if connu:
            with portee(dossier_id):
                tracer(dossier_id, acteur, contexte, _acte(faute.code, str(faute.details.get("objet", ""))))
        else:
            _tracer_ailleurs(acteur, contexte, faute.code, cible)
        raise


def _juger(dossier_id: UUID, acteur: Acteur, contexte: Contexte, ligne: TupleRow) -> EspaceDuService:
    etat, cle, appairage_id, lignes, _, actif, nom, solution_oid = ligne
    if not actif:
        raise refus("service_suspendu")
    if etat != EtatProfil.ACTIVE.value or cle is None:
        raise refus("dossier_ferme")
    if appairage_id is None:
        raise refus("consentement_absent")
    return EspaceDuService(
        dossier_id,
        replace(acteur, nom=nom),
        contexte,
        appairage_id,
        solution_oid,
        droits_des(lignes),
        bytes(cle),
    )


def _dossier(cible: Ins | UUID) -> UUID | None:
    return trouver_dossier(cible) if isinstance(cible, Ins) else cible


def _acte(code: str, objet: str = "") -> Acte:
    return Acte(Action.APPAIRAGE_ACCES, Resultat.REFUS, motif=code, document_titre=objet)


def _tracer_ailleurs(acteur: Acteur, contexte: Contexte, code: str, cible: Ins | UUID | None) -> None:
    tracer_hors_dossier(acteur, contexte, _acte(code), hacher(cible) if isinstance(cible, Ins) else None)
