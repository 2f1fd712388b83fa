"""What is kept of INSi: a holder's identity in his record, its matricules in the lookup, who was asked about today.

The functions on a record are called inside its scope; they never call the service.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import IntegrityError, connection, transaction

from espace_sante.identite.index import cle_hachage, hacher, oublier
from espace_sante.identite.insi.erreurs import InsDejaAttribue
from espace_sante.identite.insi.modeles import Demande, DemandeTraits, Individu, MatriculeHistorique
from espace_sante.identite.insi.statuts import Attribut, EtatIdentite, PieceIdentite, StatutIdentite
from espace_sante.identite.models import AncienMatricule, FusionAFaire, IndexIns, Titulaire
from espace_sante.identite.queries import TitulaireInconnu
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import Ins
from espace_sante.kernel.traits import Sexe, Traits, plier


@dataclass(frozen=True, slots=True, repr=False)
class IdentiteTenue:
    """A holder's identity as his record has it now (INS-01)."""

    dossier_id: UUID
    ins: Ins
    traits: Traits
    etat: EtatIdentite
    source: str
    verifiee_le: datetime | None
    piece: str
    anciens: tuple[MatriculeHistorique, ...]


def lire(dossier_id: UUID, *, pour_changer: bool = False) -> IdentiteTenue:
    """In the record's scope; `pour_changer` holds it until the end of the transaction. Raises TitulaireInconnu."""
    lignes = Titulaire.objects.select_for_update() if pour_changer else Titulaire.objects.all()
    t = lignes.filter(dossier_id=dossier_id).first()
    if t is None:
        raise TitulaireInconnu("titulaire_inconnu", "Ce dossier n'est pas disponible.")
    sexe: Sexe = "M" if t.sexe == "M" else "F" if t.sexe == "F" else "I"
    return IdentiteTenue(
        dossier_id=dossier_id,
        ins=Ins(t.matricule, t.oid),
        traits=Traits(t.nom_naissance, t.prenoms, t.date_naissance, sexe, t.lieu_naissance),
        etat=EtatIdentite(
            StatutIdentite(t.statut_identite), frozenset(a for a in Attribut if getattr(t, a.value))
        ),
        source=t.source_identite,
        verifiee_le=t.verifiee_le,
        piece=t.piece_identite,
        anciens=anciens_matricules(dossier_id),
    )


def anciens_matricules(dossier_id: UUID) -> tuple[MatriculeHistorique, ...]:
    """Former matricules, oldest first (INS-16, FHR-48). In the record's scope."""
    lignes = AncienMatricule.objects.filter(dossier_id=dossier_id).order_by("debut", "matricule")
    return tuple(MatriculeHistorique(Ins(a.matricule, a.oid), a.debut, a.fin) for a in lignes)


def enregistrer_reponse(
    tenue: IdentiteTenue, individu: Individu, etat: EtatIdentite, quand: datetime
) -> None:
    """Traits, INS and former matricules of an answer 00 (INS-08, INS-16). Raises InsDejaAttribue, nothing changed."""
    anciens = {h.ins: h for h in individu.anciens if h.ins != individu.ins}
    if tenue.ins != individu.ins:
        # The record follows the person: its number becomes a former one, and still finds it.
        anciens.setdefault(tenue.ins, MatriculeHistorique(tenue.ins, fin=quand.date()))
    attribuer(tenue.dossier_id, individu.ins, *anciens)
    AncienMatricule.objects.bulk_create(
        (
            AncienMatricule(
                dossier_id=tenue.dossier_id,
                oid=h.ins.oid,
                matricule=h.ins.matricule,
                debut=h.debut,
                fin=h.fin,
            )
            for h in anciens.values()
        ),
        ignore_conflicts=True,
    )
    t = individu.traits
    Titulaire.objects.filter(dossier_id=tenue.dossier_id).update(
        matricule=individu.ins.matricule,
        oid=individu.ins.oid,
        nom_naissance=t.nom_naissance,
        prenoms=t.prenoms,
        date_naissance=t.date_naissance,
        sexe=t.sexe,
        lieu_naissance=t.lieu_naissance,
        source_identite="insi",
        verifiee_le=quand,
        statut_identite=etat.statut.value,
    )


def enregistrer_etat(dossier_id: UUID, etat: EtatIdentite, piece: PieceIdentite | None = None) -> None:
    """Status and attributes, and the document that was looked at. In the record's scope."""
    Titulaire.objects.filter(dossier_id=dossier_id).update(
        statut_identite=etat.statut.value,
        **{a.value: a in etat.attributs for a in Attribut},
        **({"piece_identite": piece.value} if piece else {}),
    )


def attribuer(dossier_id: UUID, ins: Ins, *anciens: Ins) -> None:
    """Make these numbers find this record, the first as its present one. Raises InsDejaAttribue (INS-17)."""
    empreintes = {hacher(i): i for i in (*anciens, ins)}
    deja = {
        bytes(h): d
        for h, d in IndexIns.objects.filter(ins_hache__in=list(empreintes)).values_list(
            "ins_hache", "dossier_id"
        )
    }
    for autre in deja.values():
        if autre != dossier_id:
            raise deja_attribue(autre)
    try:
        with transaction.atomic():
            IndexIns.objects.bulk_create(
                IndexIns(ins_hache=h, dossier_id=dossier_id, actuel=i == ins)
                for h, i in empreintes.items()
                if h not in deja
            )
    except IntegrityError:
        # Another transaction took one of them meanwhile.
        raise deja_attribue(None) from None
    IndexIns.objects.filter(dossier_id=dossier_id).exclude(ins_hache=hacher(ins)).update(actuel=False)
    IndexIns.objects.filter(ins_hache=hacher(ins)).update(actuel=True)
    transaction.on_commit(oublier)


def deja_attribue(autre: UUID | None) -> InsDejaAttribue:
    """The refusal of a number that another record has; `autre` is that record, for the merge."""
    return InsDejaAttribue(
        "ins_deja_attribue",
        "Ce matricule est déjà celui d’un autre dossier.",
        **({"autre": autre} if autre else {}),
    )


def noter_fusion(dossier_id: UUID, autre: UUID, quand: datetime) -> None:
    """Two records of one person, for people to merge (INS-16). Noted once."""
    FusionAFaire.objects.bulk_create(
        [FusionAFaire(id=uuid7(), dossier_id=dossier_id, autre_id=autre, constatee_le=quand)],
        ignore_conflicts=True,
    )


_RETENIR = """
WITH anciens AS (DELETE FROM identite_appelinsi WHERE jour < %(jour)s AND empreinte <> %(empreinte)s)
INSERT INTO identite_appelinsi (empreinte, jour) VALUES (%(empreinte)s, %(jour)s)
ON CONFLICT (empreinte) DO UPDATE SET jour = excluded.jour WHERE identite_appelinsi.jour < excluded.jour
RETURNING 1
"""


def premier_appel_du_jour(demande: Demande, jour: date) -> bool:
    """Take this identity's call of the day; False when it was taken (INS-14). Forgets the days before."""
    with connection.cursor() as c:
        c.execute(_RETENIR, {"empreinte": _empreinte(demande), "jour": jour})
        return c.fetchone() is not None


def rendre_appel(demande: Demande) -> None:
    """Give back the call of the day: the service did not answer."""
    with connection.cursor() as c:
        c.execute("DELETE FROM identite_appelinsi WHERE empreinte = %s", [_empreinte(demande)])


def _empreinte(demande: Demande) -> bytes:
    """Keyed hash of who is asked about: it tells nobody, and cannot be guessed without the key."""
    champs: tuple[str, ...]
    if isinstance(demande, DemandeTraits):
        champs = (
            plier(demande.nom_naissance),
            plier(" ".join(demande.prenoms)),
            demande.sexe,
            demande.lunaire,
            demande.lieu_naissance,
        )
    else:
        champs = (demande.individu, demande.ouvrant_droit, demande.date_naissance, demande.rang, "carte")
    return hmac.digest(cle_hachage(), ("insi|" + "|".join(champs)).encode(), "sha256")
