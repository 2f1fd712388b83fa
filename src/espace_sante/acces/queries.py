"""The facts of a decision, in one query, on a connection scoped to the record."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from psycopg.rows import TupleRow

from espace_sante.acces import matrice
from espace_sante.acces.consentement_expres import acteur_exige_accord_expres
from espace_sante.acces.dicah import EtatConsentement, Faits, Interrupteurs, Urgence, lit_en_equipe_seulement
from espace_sante.identite.acteurs import Acteur
from espace_sante.kernel.codes import EtatProfil, ModeAcces
from espace_sante.kernel.traits import Traits
from espace_sante.platform.postgres.direct import aller_retour, lire
from espace_sante.platform.postgres.rls import portee_et_lecture

# A role that the holder gives: reads what is masked, blocks for him (ACC-55).
ADMINISTRATEUR: Final = "administrateur"


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
    interrupteurs: Interrupteurs
    alimentation_urgence: bool
    masque_par_defaut: bool
    directives_masquees: bool
    antecedents_masques: bool
    actif: bool
    consentement: EtatConsentement
    bloque: bool
    roles: frozenset[str]
    fenetres: frozenset[str]
    deja_venu: bool
    partages: tuple[UUID, ...]
    edition: int | None
    edition_officielle: bool
    # Read only when asked for: what a document says of its patient is compared with it (CDA-29).
    traits: Traits | None = None
    # The holder refused that the asker's establishment deposits (FHR-173).
    oppose_a_l_etablissement: bool = False

    def types(self, acteur: Acteur) -> tuple[str, ...]:
        """The asker's line of the matrix in force."""
        if self.edition is None or not acteur.profession_code:
            return ()
        return matrice.ligne(
            self.edition, acteur.profession_systeme, acteur.profession_code, acteur.savoir_faire
        )

    def faits(self, acteur: Acteur, *, identite_qualifiee: bool, mode: ModeAcces = ModeAcces.NORMAL) -> Faits:
        return Faits(
            acteur=acteur,
            actif=self.actif,
            etat=self.etat,
            identite_qualifiee=identite_qualifiee,
            consentement=self.consentement,
            types=self.types(acteur),
            matrice_opposable=self.edition_officielle or settings.ES_INSTANCE != "production",
            bloque=self.bloque,
            mode=mode,
            urgence=_AUCUNE if mode is ModeAcces.NORMAL else self._urgence(mode),
            partage=bool(self.partages),
        )

    def _urgence(self, mode: ModeAcces) -> Urgence:
        peut = (
            settings.ES_BLOQUE_CENTRE_15 if mode is ModeAcces.CENTRE_15 else settings.ES_BLOQUE_BRIS_DE_GLACE
        )
        return Urgence(self.interrupteurs, mode.value in self.fenetres, peut)

    def voit_masques(self, mode: ModeAcces) -> bool:
        """Whether masked documents are shown to this asker (ACC-55, ACC-58, DOC-42, EMG-08)."""
        if mode is not ModeAcces.NORMAL and self.interrupteurs.documents_masques:
            return True
        if self.bloque:
            # The block wins over any role (ACC-60).
            return False
        return ADMINISTRATEUR in self.roles or (
            settings.ES_MT_VOIT_MASQUE and "medecin_traitant" in self.roles
        )


_AUCUNE = Urgence()
_SITUATION = """
SELECT d.etat, d.etat_depuis, d.ferme_le, d.motif_fermeture, d.cle_scellee, d.remboursements_masques,
    d.urgence_samu, d.urgence_bris_de_glace, d.urgence_documents_masques, d.urgence_alimentation,
    d.masque_par_defaut, d.directives_masquees, d.antecedents_masques,
    COALESCE((SELECT p.actif AND (%(situation)s = '' OR EXISTS (SELECT 1 FROM identite_situationexercice s
        WHERE s.id = %(situation)s AND s.professionnel_id = p.rpps AND s.actif))
        FROM identite_professionnel p WHERE p.rpps = %(rpps)s), false),
    c.valide, c.connu,
    %(rpps)s <> '' AND EXISTS (SELECT 1 FROM acces_blocage b WHERE b.dossier_id = %(dossier)s
        AND b.leve_le IS NULL AND ((b.genre = 'professionnel' AND b.cle = %(rpps)s)
        OR (b.genre = 'structure' AND b.cle = %(structure)s))),
    ARRAY(SELECT r.role FROM acces_referent r WHERE r.dossier_id = %(dossier)s AND r.rpps = %(rpps)s
        AND r.depuis <= %(quand)s AND (r.jusqua IS NULL OR r.jusqua > %(quand)s)),
    ARRAY(SELECT u.mode FROM acces_urgence u WHERE u.dossier_id = %(dossier)s AND u.rpps = %(rpps)s
        AND u.fermee_le IS NULL AND u.expire_le > %(quand)s),
    %(rpps)s = '' OR EXISTS (SELECT 1 FROM notifications_venue n
        WHERE n.dossier_id = %(dossier)s AND n.acteur_id = %(rpps)s),
    ARRAY(SELECT g.document_id FROM acces_partage g
        JOIN documents_document o ON o.dossier_id = g.dossier_id AND o.id = g.document_id
        WHERE g.dossier_id = %(dossier)s AND g.rpps = %(rpps)s AND g.retire_le IS NULL AND g.expire_le > %(quand)s
            AND o.statut <> 'entered-in-error' AND NOT o.invisible_patient),
    %(structure)s <> '' AND EXISTS (SELECT 1 FROM acces_choixetablissement h WHERE h.dossier_id = %(dossier)s
        AND h.structure_id = %(structure)s AND h.alimentation = 'IO'),
    e.numero, COALESCE(e.officielle, false)
FROM (VALUES (1)) AS un
LEFT JOIN dossier_dossier d ON d.dossier_id = %(dossier)s
LEFT JOIN LATERAL (
    SELECT bool_or(k.retire_le IS NULL AND k.expire_le > %(quand)s) AS valide,
        bool_or(k.retire_le IS NULL) AS connu
    FROM acces_consentement k
    WHERE k.dossier_id = %(dossier)s AND %(rpps)s <> '' AND (
        (k.genre = 'ponctuel' AND k.rpps = %(rpps)s AND NOT %(en_equipe)s::boolean
            AND (k.explicite OR NOT %(expres)s::boolean))
        OR (k.genre = 'equipe' AND NOT %(expres)s::boolean AND k.equipe_id IN (
            SELECT m.equipe_id FROM acces_membreequipe m WHERE m.rpps = %(rpps)s
                AND m.depuis <= %(quand)s AND (m.jusqua IS NULL OR m.jusqua > %(quand)s))
            AND NOT EXISTS (SELECT 1 FROM acces_exclusion x WHERE x.dossier_id = %(dossier)s
                AND x.consentement_id = k.id AND x.rpps = %(rpps)s AND x.jusqua IS NULL)))
) c ON true
LEFT JOIN LATERAL (
    SELECT numero, officielle FROM acces_edition WHERE date_effet <= %(quand)s
    ORDER BY date_effet DESC, numero DESC LIMIT 1
) e ON true
"""
_FIN = "e.numero, COALESCE(e.officielle, false)\n"
_SITUATION_ET_TRAITS = _SITUATION.replace(
    _FIN,
    f"""{_FIN.strip()}, (SELECT ARRAY[t.nom_naissance, t.prenoms, t.date_naissance, t.sexe, t.lieu_naissance]::text[]
    FROM identite_titulaire t WHERE t.dossier_id = d.dossier_id)\n""",  # noqa: S608 - constants alone
)


@contextmanager
def portee_et_situation(dossier_id: UUID, acteur: Acteur, *, traits: bool = False) -> Iterator[Situation]:
    """Scope the connection to a record and read the facts, in one round trip; with the holder's traits on demand.

    `etat` is None when there is no such record.
    """
    requete = _SITUATION_ET_TRAITS if traits else _SITUATION
    with portee_et_lecture(dossier_id, requete, _params(dossier_id, acteur)) as ligne:
        assert ligne is not None  # noqa: S101 - the VALUES row is always there
        yield _situation(dossier_id, ligne)


def situation(dossier_id: UUID, acteur: Acteur) -> Situation:
    """The same facts about another asker, on a connection already scoped to the record."""
    return _situation(dossier_id, lire(_SITUATION, _params(dossier_id, acteur))[0])


def situations(dossier_id: UUID, acteurs: Sequence[Acteur]) -> list[Situation]:
    """The facts about several askers, in their order and in one round trip; the connection is scoped to the record."""
    if not acteurs:
        return []
    reponses = aller_retour(*((_SITUATION, _params(dossier_id, acteur)) for acteur in acteurs))
    return [_situation(dossier_id, lignes[0]) for lignes in reponses]


def _params(dossier_id: UUID, acteur: Acteur) -> dict[str, object]:
    return {
        "situation": acteur.situation_id,
        "rpps": acteur.rpps,
        "structure": acteur.structure_id,
        # Neither a team's consent nor a plain one serves who needs an express one (ACC-23).
        "expres": acteur_exige_accord_expres(acteur),
        "en_equipe": lit_en_equipe_seulement(acteur.profession_systeme),
        "dossier": dossier_id,
        "quand": datetime.now(UTC),
    }


def _situation(dossier_id: UUID, ligne: TupleRow) -> Situation:
    (
        etat, depuis, ferme_le, motif, cle, remboursements, samu, bris, masques, alimentation,
        par_defaut, directives, antecedents, actif, valide, connu, bloque, roles, fenetres, deja_venu, partages,
        oppose, numero, officielle, *traits,
    ) = ligne  # fmt: skip
    if bloque:
        consentement = EtatConsentement.INTERDITE
    elif valide:
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
        remboursements_masques=bool(remboursements),
        interrupteurs=Interrupteurs(bool(samu), bool(bris), bool(masques)),
        alimentation_urgence=bool(alimentation),
        masque_par_defaut=bool(par_defaut),
        directives_masquees=bool(directives),
        antecedents_masques=bool(antecedents),
        actif=actif,
        consentement=consentement,
        bloque=bool(bloque),
        roles=frozenset(roles),
        fenetres=frozenset(fenetres),
        partages=tuple(partages),
        deja_venu=bool(deja_venu),
        oppose_a_l_etablissement=bool(oppose),
        edition=numero,
        edition_officielle=officielle,
        traits=Traits(*traits[0]) if traits and traits[0] else None,
    )
