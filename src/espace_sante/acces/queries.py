"""The facts of a decision, in one query, on a connection scoped to the record."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from uuid import UUID

from django.conf import settings
from psycopg.rows import TupleRow

from espace_sante.acces import matrice
from espace_sante.acces.dicah import EtatConsentement, Faits
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import EtatProfil
from espace_sante.platform.postgres.rls import portee_et_lecture


@dataclass(frozen=True, slots=True)
class Situation:
    """A record and one asker, as they stand now: what the decision needs and what the act will need."""

    dossier_id: UUID
    etat: EtatProfil | None
    depuis: datetime | None
    ferme_le: date | None
    motif_fermeture: str
    cle_scellee: bytes | None
    remboursements_masques: bool
    actif: bool
    consentement: EtatConsentement
    edition: int | None
    edition_officielle: bool

    def types(self, acteur: Acteur) -> tuple[str, ...]:
        """The asker's line of the matrix in force."""
        if self.edition is None or not acteur.profession_code:
            return ()
        return matrice.ligne(
            self.edition, acteur.profession_systeme, acteur.profession_code, acteur.savoir_faire
        )

    def faits(self, acteur: Acteur, *, identite_qualifiee: bool) -> Faits:
        return Faits(
            acteur=acteur,
            actif=self.actif,
            etat=self.etat,
            identite_qualifiee=identite_qualifiee,
            consentement=self.consentement,
            types=self.types(acteur),
            matrice_opposable=self.edition_officielle or settings.ES_INSTANCE != "production",
        )


_SITUATION = """
SELECT d.etat, d.etat_depuis, d.ferme_le, d.motif_fermeture, d.cle_scellee, d.remboursements_masques,
    COALESCE((SELECT p.actif AND (%s = '' OR EXISTS (SELECT 1 FROM identite_situationexercice s
        WHERE s.id = %s AND s.professionnel_id = p.rpps AND s.actif))
        FROM identite_professionnel p WHERE p.rpps = %s), false),
    c.valide, c.connu, e.numero, COALESCE(e.officielle, false)
FROM (VALUES (1)) AS un
LEFT JOIN dossier_dossier d ON d.dossier_id = %s
LEFT JOIN LATERAL (
    SELECT bool_or(k.retire_le IS NULL AND k.expire_le > %s) AS valide, bool_or(k.retire_le IS NULL) AS connu
    FROM acces_consentement k
    WHERE k.dossier_id = %s AND %s <> '' AND (
        (k.genre = 'ponctuel' AND k.rpps = %s)
        OR (k.genre = 'equipe' AND k.equipe_id IN (
            SELECT m.equipe_id FROM acces_membreequipe m
            WHERE m.rpps = %s AND m.depuis <= %s AND (m.jusqua IS NULL OR m.jusqua > %s))))
) c ON true
LEFT JOIN LATERAL (
    SELECT numero, officielle FROM acces_edition WHERE date_effet <= %s
    ORDER BY date_effet DESC, numero DESC LIMIT 1
) e ON true
"""


@contextmanager
def portee_et_situation(dossier_id: UUID, acteur: Acteur) -> Iterator[Situation]:
    """Scope the connection to a record and read the facts, in one round trip.

    `etat` is None when there is no such record.
    """
    quand = datetime.now(UTC)
    rpps = acteur.rpps
    params = [
        acteur.situation_id,
        acteur.situation_id,
        rpps,
        dossier_id,
        quand,
        dossier_id,
        rpps,
        rpps,
        rpps,
        quand,
        quand,
        quand,
    ]
    with portee_et_lecture(dossier_id, _SITUATION, params) as ligne:
        assert ligne is not None  # noqa: S101 - the VALUES row is always there
        yield _situation(dossier_id, ligne)


def _situation(dossier_id: UUID, ligne: TupleRow) -> Situation:
    etat, depuis, ferme_le, motif, cle, masques, actif, valide, connu, numero, officielle = ligne
    if valide:
        consentement = EtatConsentement.VALIDE
    else:
        consentement = EtatConsentement.EXPIREE if connu else EtatConsentement.INEXISTANTE
    return Situation(
        dossier_id=dossier_id,
        etat=EtatProfil(etat) if etat else None,
        depuis=depuis,
        ferme_le=ferme_le,
        motif_fermeture=motif or "",
        cle_scellee=bytes(cle) if cle else None,
        remboursements_masques=bool(masques),
        actif=actif,
        consentement=consentement,
        edition=numero,
        edition_officielle=officielle,
    )
