"""Demands for the matrix from a logged-in operator: asked here, done by the worker (ACC-35 to ACC-40, ADR 0018).

Everything that can be judged now is judged now, so that the person is told at once; the worker judges it again.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.db import transaction

from espace_sante.acces.matrice import editions, fichier
from espace_sante.acces.matrice.erreurs import EditionRefusee
from espace_sante.acces.matrice.lignes import Difference
from espace_sante.acces.models import DemandeMatrice, Edition, Proposition, SuiteDemandeMatrice
from espace_sante.acces.operation.actes import noter, role_pour
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.models import Operateur
from espace_sante.identite.operateurs.queries import signature
from espace_sante.identite.operateurs.roles import Role
from espace_sante.kernel.ids import uuid7

ROLE = Role.GESTIONNAIRE_MATRICE


@dataclass(frozen=True, slots=True)
class ApercuVu:
    """What a proposal changes, as the approver sees it. `compte`: what it touches, when it was counted for it."""

    proposition: Proposition
    base: Edition | None
    difference: Difference
    code: str
    compte: SuiteDemandeMatrice | None
    par_moi: bool


@dataclass(frozen=True, slots=True)
class DemandeVue:
    """One demand and what came of it; `suite` None while the worker has not answered."""

    demande: DemandeMatrice
    suite: SuiteDemandeMatrice | None


def charger(
    acteur: Acteur, contenu: bytes, *, nom: str, source: str, date_effet: datetime, contexte: Contexte
) -> UUID:
    """Ask that a file be loaded as a proposal; it is read whole first (ACC-36).

    Raises RoleRequis, EditionRefusee (`nom_absent`), MatriceInvalide with its lines: nothing is asked.
    """
    role_pour(acteur, ROLE)
    nom = " ".join(nom.split())
    if not nom:
        raise EditionRefusee("nom_absent", "Donnez un nom à cette édition.")
    fichier.lire(contenu)
    return _demander(
        acteur, contexte, "charger", nom=nom[:120], source=" ".join(source.split())[:255], date_effet=date_effet,
        contenu=contenu,
    )  # fmt: skip


def revenir(acteur: Acteur, numero: int, *, date_effet: datetime, contexte: Contexte) -> UUID:
    """Ask for a proposal equal to a former edition (ACC-40). Raises RoleRequis, EditionRefusee (`edition_inconnue`)."""
    role_pour(acteur, ROLE)
    if not Edition.objects.filter(numero=numero).exists():
        raise EditionRefusee("edition_inconnue", f"Aucune édition approuvée n'a le numéro {numero}.")
    return _demander(acteur, contexte, "revenir", edition=numero, date_effet=date_effet)


def compter(acteur: Acteur, numero: int, *, contexte: Contexte) -> UUID:
    """Ask how many documents and records a proposal touches: only the owner can count them."""
    role_pour(acteur, ROLE)
    editions.regarder(numero)
    return _demander(acteur, contexte, "compter", edition=numero)


def approuver(acteur: Acteur, numero: int, *, code: str, contexte: Contexte) -> UUID:
    """Ask that a proposal take effect, by another person than the one who made it (ACC-39).

    Raises RoleRequis, EditionRefusee (`meme_personne`, `apercu_perime`, `deja_approuvee`, `edition_inconnue`), the
    refusal being traced.
    """
    role = role_pour(acteur, ROLE)
    try:
        proposition, _, _, actuel = editions.regarder(numero)
        if _par(acteur, proposition):
            raise EditionRefusee(
                "meme_personne", "La personne qui a chargé une édition ne peut pas l'approuver."
            )
        if code != actuel:
            raise EditionRefusee(
                "apercu_perime",
                "Cet aperçu n'est pas celui de maintenant : regardez de nouveau les différences.",
            )
    except EditionRefusee as refus:
        noter(acteur, contexte, "matrice_approuver", role, objet=str(numero), refus=refus.code)
        raise
    return _demander(acteur, contexte, "approuver", edition=numero, apercu=code)


def apercu(acteur: Acteur, numero: int) -> ApercuVu:
    """What a proposal opens, closes and touches. Raises RoleRequis, EditionRefusee."""
    role_pour(acteur, ROLE)
    proposition, suivie, difference, code = editions.regarder(numero)
    compte = (
        SuiteDemandeMatrice.objects.filter(edition=numero, apercu=code, dossiers__isnull=False)
        .order_by("-quand")
        .first()
    )
    return ApercuVu(proposition, suivie, difference, code, compte, _par(acteur, proposition))


def demandes(acteur: Acteur, *, limite: int = 30) -> list[DemandeVue]:
    """The last demands of everybody, with what came of them. Raises RoleRequis."""
    role_pour(acteur, ROLE)
    dernieres = list(DemandeMatrice.objects.defer("contenu").order_by("-quand", "-id")[:limite])
    suites = SuiteDemandeMatrice.objects.in_bulk([d.id for d in dernieres])
    return [DemandeVue(d, suites.get(d.id)) for d in dernieres]


def demande(acteur: Acteur, demande_id: UUID) -> DemandeVue | None:
    """One demand. Raises RoleRequis."""
    role_pour(acteur, ROLE)
    trouvee = DemandeMatrice.objects.defer("contenu").filter(id=demande_id).first()
    if trouvee is None:
        return None
    return DemandeVue(trouvee, SuiteDemandeMatrice.objects.filter(demande_id=demande_id).first())


def auteur_de_la_proposition(numero: int, *, base: str = "default") -> UUID | None:
    """The account that asked for this proposal through the pages; None when it came from a command."""
    faites = SuiteDemandeMatrice.objects.using(base).filter(edition=numero, refus="").values("demande_id")
    return (
        DemandeMatrice.objects.using(base)
        .filter(id__in=faites, genre__in=("charger", "revenir"))
        .values_list("operateur_id", flat=True)
        .first()
    )


def _par(acteur: Acteur, proposition: Proposition) -> bool:
    """Whether this operator made the proposal, by his account or by any name of his."""
    moi = Operateur.objects.get(id=acteur.client_id)
    return auteur_de_la_proposition(proposition.numero) == moi.id or editions.meme_personne(
        signature(moi), proposition.auteur
    )


def _demander(acteur: Acteur, contexte: Contexte, genre: str, **valeurs: object) -> UUID:
    from espace_sante.acces.operation.taches import executer_demande_matrice

    with transaction.atomic():
        faite = DemandeMatrice.objects.create(
            id=uuid7(), genre=genre, operateur_id=UUID(acteur.client_id), quand=datetime.now(UTC), **valeurs
        )
        noter(acteur, contexte, f"matrice_{genre}", ROLE, objet=str(faite.edition or faite.nom))
        executer_demande_matrice.defer(demande_id=str(faite.id))
    return faite.id
