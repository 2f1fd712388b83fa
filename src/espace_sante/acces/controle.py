"""What the holder decides about people: blocks, administrateurs, members left out, emergency switches.

Every function works in an opened space (`ouvrir_mon_espace`), is traced, and takes effect with its COMMIT: the
next call of anyone is judged with it (rules ACC-03, ACC-12, ACC-22, ACC-48 to ACC-60, EMG-05 to EMG-07).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, Literal
from uuid import UUID

from espace_sante.acces.errors import ControleRefuse
from espace_sante.acces.models import Blocage, Consentement, Exclusion, Partage, Referent
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.acces.porte import Cible, open_dossier
from espace_sante.acces.queries import ADMINISTRATEUR
from espace_sante.dossier.models import Dossier
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.models import Professionnel, Structure
from espace_sante.kernel.ids import uuid7
from espace_sante.notifications import services as avis
from espace_sante.notifications.genres import Genre
from espace_sante.traces.ecriture import Acte, Action, Resultat

GenreBloque = Literal["professionnel", "structure"]
Interrupteur = Literal[
    "urgence_samu", "urgence_bris_de_glace", "urgence_documents_masques", "urgence_alimentation"
]
INTERRUPTEURS: Final[tuple[Interrupteur, ...]] = (
    "urgence_samu", "urgence_bris_de_glace", "urgence_documents_masques", "urgence_alimentation",
)  # fmt: skip
_REFUS_ADMINISTRATEUR: Final = {
    "non_administrateur": "Le titulaire ne vous a pas nommé administrateur de son dossier.",
    "soi_meme": "Vous ne pouvez pas vous bloquer vous-même.",
    "inconnu": "L’annuaire ne connaît personne sous ce numéro.",
}


@dataclass(frozen=True, slots=True)
class BlocageVu:
    """A block in force or lifted."""

    id: UUID
    genre: str
    cle: str
    nom: str
    pose_le: datetime
    pose_par: str
    leve_le: datetime | None


@dataclass(frozen=True, slots=True)
class ReferentVu:
    """A professional with a role in the record."""

    id: UUID
    role: str
    rpps: str
    nom: str
    depuis: datetime
    jusqua: datetime | None
    par: str


def blocages(espace: MonEspace) -> list[BlocageVu]:
    """Blocks in force, newest first."""
    lignes = Blocage.objects.filter(dossier_id=espace.dossier_id, leve_le__isnull=True).order_by("-pose_le")
    return [BlocageVu(b.id, b.genre, b.cle, b.nom, b.pose_le, b.pose_par, b.leve_le) for b in lignes[:200]]


def referents(espace: MonEspace) -> list[ReferentVu]:
    """Roles in force: administrateurs, and those that the fund declared (ACC-57)."""
    quand = datetime.now(UTC)
    lignes = Referent.objects.filter(dossier_id=espace.dossier_id).exclude(jusqua__lte=quand)
    return [
        ReferentVu(r.id, r.role, r.rpps, r.nom, r.depuis, r.jusqua, r.par) for r in lignes.order_by("depuis")
    ]


def bloquer(espace: MonEspace, genre: GenreBloque, cle: str) -> BlocageVu:
    """Block a professional, before or after he came, or a whole structure (ACC-48, ACC-51, ACC-52). Idempotent.

    Consents and shares given to him end, and his role of administrateur with them (ACC-50, ACC-56). Raises ControleRefuse
    `inconnu` when the directory does not know him.
    """
    vu, nouveau = _poser(espace.dossier_id, genre, cle, "titulaire")
    if nouveau:
        espace.consigner(Acte(Action.BLOCAGE, motif=genre, document_titre=vu.nom[:255]))
    return vu


def bloquer_pour_le_titulaire(
    acteur: Acteur, cible: Cible, rpps: str, *, contexte: Contexte, identite_qualifiee: bool = False
) -> BlocageVu:
    """An administrateur blocks another professional; the holder is told, and alone may lift it (ACC-55). Idempotent.

    He acts in a real opening, with his five letters and a consent in force. Traced as his act, refusals too. Raises
    AccesRefuse, ControleRefuse `non_administrateur`, `soi_meme`, `inconnu`.
    """
    refus, vu = "", None
    with open_dossier(acteur, cible, contexte=contexte, identite_qualifiee=identite_qualifiee) as ouvert:
        if not ouvert.administre:
            refus = "non_administrateur"
        elif rpps == acteur.rpps:
            refus = "soi_meme"
        elif not Professionnel.objects.filter(rpps=rpps).exists():
            refus = "inconnu"
        else:
            vu, nouveau = _poser(ouvert.dossier_id, "professionnel", rpps, acteur.rpps)
            if nouveau:
                ouvert.consigner(Acte(Action.BLOCAGE, motif="administrateur", document_titre=vu.nom[:255]))
                avis.deposer(ouvert.dossier_id, Genre.BLOCAGE, datetime.now(UTC), par=acteur, personne=vu.nom)
        if refus:
            ouvert.consigner(Acte(Action.BLOCAGE, Resultat.REFUS, motif=refus))
    if vu is None:
        raise ControleRefuse(refus, _REFUS_ADMINISTRATEUR[refus])
    return vu


def debloquer(espace: MonEspace, blocage_id: UUID) -> bool:
    """Lift a block. It gives nothing back: a new consent is needed (ACC-50). False when none was in force."""
    bloque = Blocage.objects.filter(dossier_id=espace.dossier_id, id=blocage_id, leve_le__isnull=True).first()
    if bloque is None:
        return False
    Blocage.objects.filter(dossier_id=espace.dossier_id, id=blocage_id).update(leve_le=datetime.now(UTC))
    espace.consigner(Acte(Action.DEBLOCAGE, motif=bloque.genre, document_titre=bloque.nom[:255]))
    return True


def nommer_administrateur(espace: MonEspace, rpps: str) -> ReferentVu:
    """Name an administrateur among the professionals who have a consent in force and no block (ACC-55). Idempotent.

    Raises ControleRefuse `inconnu`, `non_autorise`.
    """
    quand = datetime.now(UTC)
    nom = _nom("professionnel", rpps)
    autorise = Consentement.objects.filter(
        dossier_id=espace.dossier_id, genre="ponctuel", rpps=rpps, retire_le__isnull=True, expire_le__gt=quand
    ).exists()
    bloque = Blocage.objects.filter(
        dossier_id=espace.dossier_id, genre="professionnel", cle=rpps, leve_le__isnull=True
    ).exists()
    if bloque or not autorise:
        raise ControleRefuse("non_autorise", "Autorisez d’abord ce professionnel, puis nommez-le.")
    role = (
        Referent.objects.filter(dossier_id=espace.dossier_id, role=ADMINISTRATEUR, rpps=rpps)
        .exclude(jusqua__lte=quand)
        .first()
    )
    if role is None:
        role = Referent.objects.create(
            dossier_id=espace.dossier_id, id=uuid7(), role=ADMINISTRATEUR, rpps=rpps, nom=nom, depuis=quand,
            par="titulaire",
        )  # fmt: skip
        espace.consigner(Acte(Action.ADMINISTRATEUR, motif="nomme", document_titre=nom[:255]))
        avis.deposer(espace.dossier_id, Genre.ADMINISTRATEUR, quand, qui=nom, changement="est maintenant")
    return ReferentVu(role.id, role.role, role.rpps, role.nom, role.depuis, role.jusqua, role.par)


def retirer_administrateur(espace: MonEspace, rpps: str) -> bool:
    """End this role now (ACC-55). False when he did not have it."""
    nom = _finir_role(espace.dossier_id, rpps, datetime.now(UTC))
    if nom is None:
        return False
    espace.consigner(Acte(Action.ADMINISTRATEUR, motif="retire", document_titre=nom[:255]))
    return True


def exclure_membre(espace: MonEspace, consentement_id: UUID, rpps: str) -> None:
    """Leave one member out of a consent for a team, the others keep theirs (ACC-22). Idempotent.

    Raises ControleRefuse `consentement_inconnu`, `inconnu`.
    """
    connu = Consentement.objects.filter(
        dossier_id=espace.dossier_id, id=consentement_id, genre="equipe", retire_le__isnull=True
    ).exists()
    if not connu:
        raise ControleRefuse("consentement_inconnu", "Cette autorisation n’est plus en cours.")
    nom = _nom("professionnel", rpps)
    _, nouveau = Exclusion.objects.get_or_create(
        dossier_id=espace.dossier_id, consentement_id=consentement_id, rpps=rpps, jusqua=None,
        defaults={"id": uuid7(), "nom": nom, "depuis": datetime.now(UTC)},
    )  # fmt: skip
    if nouveau:
        espace.consigner(Acte(Action.EXCLUSION, document_titre=nom[:255]))


def reprendre_membre(espace: MonEspace, consentement_id: UUID, rpps: str) -> bool:
    """Take the member back into the team's consent. False when he was not left out."""
    reprises = Exclusion.objects.filter(
        dossier_id=espace.dossier_id, consentement_id=consentement_id, rpps=rpps, jusqua__isnull=True
    ).update(jusqua=datetime.now(UTC))
    if reprises:
        espace.consigner(Acte(Action.EXCLUSION, motif="reprise"))
    return bool(reprises)


def interrupteurs(espace: MonEspace) -> dict[Interrupteur, bool]:
    """The holder's switches as they stand (EMG-05, EMG-14)."""
    dossier = Dossier.objects.get(dossier_id=espace.dossier_id)
    return {nom: bool(getattr(dossier, nom)) for nom in INTERRUPTEURS}


def regler(espace: MonEspace, nom: Interrupteur, *, permis: bool) -> bool:
    """Set one switch (EMG-05). False when it already stood so."""
    if nom not in INTERRUPTEURS:
        raise ControleRefuse("reglage_inconnu", "Ce choix n’existe pas.")
    change = (
        Dossier.objects.filter(dossier_id=espace.dossier_id).exclude(**{nom: permis}).update(**{nom: permis})
    )
    if change:
        espace.consigner(Acte(Action.REGLAGE, motif=f"{nom}_{'permis' if permis else 'refuse'}"[:60]))
    return bool(change)


def _poser(dossier_id: UUID, genre: GenreBloque, cle: str, par: str) -> tuple[BlocageVu, bool]:
    """The block in force, and whether it is new; what its subject had ends with it."""
    nom = _nom(genre, cle)
    quand = datetime.now(UTC)
    bloque = Blocage.objects.filter(dossier_id=dossier_id, genre=genre, cle=cle, leve_le__isnull=True).first()
    nouveau = bloque is None
    if bloque is None:
        bloque = Blocage.objects.create(
            dossier_id=dossier_id, id=uuid7(), genre=genre, cle=cle, nom=nom, pose_le=quand, pose_par=par
        )
        if genre == "professionnel":
            Consentement.objects.filter(
                dossier_id=dossier_id, genre="ponctuel", rpps=cle, retire_le__isnull=True
            ).update(retire_le=quand)
            Partage.objects.filter(dossier_id=dossier_id, rpps=cle, retire_le__isnull=True).update(
                retire_le=quand
            )
            _finir_role(dossier_id, cle, quand)
    vu = BlocageVu(
        bloque.id, bloque.genre, bloque.cle, bloque.nom, bloque.pose_le, bloque.pose_par, bloque.leve_le
    )
    return vu, nouveau


def _finir_role(dossier_id: UUID, rpps: str, quand: datetime) -> str | None:
    role = (
        Referent.objects.filter(dossier_id=dossier_id, role=ADMINISTRATEUR, rpps=rpps)
        .exclude(jusqua__lte=quand)
        .first()
    )
    if role is None:
        return None
    Referent.objects.filter(dossier_id=dossier_id, id=role.id).update(jusqua=quand)
    avis.deposer(dossier_id, Genre.ADMINISTRATEUR, quand, qui=role.nom, changement="n’est plus")
    return role.nom


def _nom(genre: GenreBloque, cle: str) -> str:
    if genre == "structure":
        structure = Structure.objects.filter(id=cle).first()
        if structure is not None:
            return structure.nom
    else:
        pro = Professionnel.objects.filter(rpps=cle).first()
        if pro is not None:
            # One who stopped practising may be blocked in advance of a return (ACC-52).
            return f"{pro.civilite} {pro.prenom} {pro.nom}".strip()
    raise ControleRefuse("inconnu", "L’annuaire ne connaît personne sous ce numéro.")
