"""Writing editions: one person proposes, another approves after seeing the differences (rules ACC-38 to ACC-40).

Only operations do it, with the owner's connection; the running application may read these tables and no more.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib.resources import files
from typing import Final

from django.conf import settings
from django.db import connections, transaction

from espace_sante.acces.matrice import fichier, lignes
from espace_sante.acces.matrice.erreurs import EditionRefusee
from espace_sante.acces.matrice.lecture import cases_de, en_vigueur
from espace_sante.acces.matrice.lignes import Case, Cle, Difference
from espace_sante.acces.matrice.queries import Portee, compter, un_seul_ecrivain
from espace_sante.acces.models import Cellule, Edition, Proposition
from espace_sante.identite import professions
from espace_sante.identite.operateurs.queries import est_gestionnaire, reconnaitre, signature
from espace_sante.kernel.traits import plier

PROPRIETAIRE: Final = "proprietaire"


@dataclass(frozen=True, slots=True)
class Chargement:
    """Outcome of a load: the proposal made, and what it leaves closed for lack of a cell."""

    numero: int
    cellules: int
    lecture: fichier.Lecture

    @property
    def couples_absents(self) -> int:
        return self.lecture.nombre_absents


@dataclass(frozen=True, slots=True)
class Apercu:
    """What a proposal would change: the second person approves this, and nothing else (ACC-39).

    `base` is the edition that it would follow; `code` changes with anything that is shown here but the counts.
    """

    proposition: Proposition
    base: Edition | None
    difference: Difference
    portee: Portee
    code: str


def proposer(
    contenu: bytes, *, nom: str, date_effet: datetime, auteur: str, source: str = "", base: str = PROPRIETAIRE
) -> Chargement:
    """Load a file as a proposal, awaiting another person (ACC-35, ACC-36, ACC-39).

    Raises MatriceInvalide, nothing being loaded; EditionRefusee (`personne_absente`, `gestionnaire_inconnu`).
    """
    auteur = _gestionnaire(auteur, base)
    lecture = fichier.lire(contenu)
    systemes = sorted(settings.ES_SYSTEMES_ACTIFS)
    numero = _inscrire(lecture.cases, systemes, nom, source, auteur, date_effet, base)
    return Chargement(numero, len(lecture.cases), lecture)


def revenir(numero: int, *, date_effet: datetime, auteur: str, base: str = PROPRIETAIRE) -> int:
    """Propose a new edition equal to a former one: same cells, same systems (ACC-40). Number of the proposal.

    Raises EditionRefusee (`edition_inconnue`).
    """
    auteur = _gestionnaire(auteur, base)
    ancienne = Edition.objects.using(base).filter(numero=numero).first()
    if ancienne is None:
        raise EditionRefusee("edition_inconnue", f"Aucune édition approuvée n'a le numéro {numero}.")
    nom = f"Retour à l'édition {numero} ({ancienne.nom})"[:120]
    return _inscrire(
        cases_de(numero, base=base), ancienne.systemes, nom, ancienne.source, auteur, date_effet, base
    )


def changer_systemes(
    systemes: Iterable[str], *, date_effet: datetime, auteur: str, base: str = PROPRIETAIRE
) -> int:
    """Propose the edition in force with these systems of professions switched on, the others off (ACC-45).

    Raises EditionRefusee (`systeme_inconnu`, `edition_inconnue`).
    """
    auteur = _gestionnaire(auteur, base)
    voulus = sorted(set(systemes))
    if inconnus := [s for s in voulus if s not in professions.SYSTEMES_OID]:
        raise EditionRefusee("systeme_inconnu", f"Système de professions inconnu : {', '.join(inconnus)}.")
    modele = _modele(date_effet, base)
    nom = f"Systèmes actifs : {', '.join(voulus) or 'aucun'}"[:120]
    return _inscrire(cases_de(modele.numero, base=base), voulus, nom, modele.source, auteur, date_effet, base)


def corriger(case: Case, *, date_effet: datetime, auteur: str, base: str = PROPRIETAIRE) -> int:
    """Propose the edition in force with one cell edited or added (ACC-32, ACC-39).

    Raises MatriceInvalide when the cell is not one that a file could give; EditionRefusee (`edition_inconnue`).
    """
    auteur = _gestionnaire(auteur, base)
    (lue,) = fichier.lire(fichier.ecrire([case]).encode()).cases
    modele = _modele(date_effet, base)
    autres = [c for c in cases_de(modele.numero, base=base) if c.cle != lue.cle]
    nom = f"Cellule {' '.join(v for v in (*lue.cle.groupe, lue.cle.type_code) if v)}"[:120]
    return _inscrire([*autres, lue], modele.systemes, nom, modele.source, auteur, date_effet, base)


def apercevoir(numero: int, *, base: str = PROPRIETAIRE, quand: datetime | None = None) -> Apercu:
    """Differences of a proposal with the edition that it would follow, and what they touch (ACC-39).

    Raises EditionRefusee (`edition_inconnue`, `deja_approuvee`).
    """
    proposition, suivie, difference = _comparer(numero, base, quand or datetime.now(UTC))
    return Apercu(
        proposition,
        suivie,
        difference,
        compter(difference.types, base),
        _code(proposition, suivie, difference),
    )


def regarder(
    numero: int, *, base: str = "default", quand: datetime | None = None
) -> tuple[Proposition, Edition | None, Difference, str]:
    """The same without what it touches, which only the owner counts; last, the code of the preview.

    Raises EditionRefusee (`edition_inconnue`, `deja_approuvee`).
    """
    proposition, suivie, difference = _comparer(numero, base, quand or datetime.now(UTC))
    return proposition, suivie, difference, _code(proposition, suivie, difference)


def meme_personne(une: str, autre: str, *, base: str = "default") -> bool:
    """Whether two signatures are of one person: the same words, or the same operator's account (ACC-39)."""
    return plier(_canonique(une, base)) == plier(_canonique(autre, base))


def approuver(
    numero: int, *, par: str, code: str, base: str = PROPRIETAIRE, quand: datetime | None = None
) -> Edition:
    """Put a proposal in force at its date, or now when that date is past: no past reading changes its rule (ACC-38).

    `code` is the one of the preview that this person saw. Raises EditionRefusee (`meme_personne`, `apercu_perime`,
    `deja_approuvee`, `edition_inconnue`, `personne_absente`, `gestionnaire_inconnu`).
    """
    maintenant = quand or datetime.now(UTC)
    connections[base].ensure_connection()
    with transaction.atomic(using=base):
        un_seul_ecrivain(base)
        proposition, suivie, difference = _comparer(numero, base, maintenant)
        if meme_personne(par, proposition.auteur, base=base):
            raise EditionRefusee(
                "meme_personne", "La personne qui a chargé une édition ne peut pas l'approuver."
            )
        par = _gestionnaire(par, base)
        if code != _code(proposition, suivie, difference):
            raise EditionRefusee(
                "apercu_perime",
                "Cet aperçu n'est pas celui de maintenant : regardez de nouveau les différences.",
            )
        return _mettre_en_vigueur(proposition, par, max(proposition.date_effet, maintenant), maintenant, base)


def charger_illustrative() -> Chargement | None:
    """Load the sample matrix of the package when there is none yet: illustrative, without legal value.

    For demonstration and test; a production instance that has only this one refuses every reading (ACC-41).
    """
    if Edition.objects.using(PROPRIETAIRE).exists():
        return None
    lecture = fichier.lire(
        files("espace_sante.acces").joinpath("data", "matrice_illustrative.csv").read_bytes()
    )
    debut = datetime(2026, 1, 1, tzinfo=UTC)
    with transaction.atomic(using=PROPRIETAIRE):
        numero = _inscrire(
            lecture.cases,
            sorted(settings.ES_SYSTEMES_ACTIFS),
            "Matrice illustrative",
            "Exemple de construction, sans valeur légale",
            "Exemple du logiciel",
            debut,
            PROPRIETAIRE,
        )
        proposition = Proposition.objects.using(PROPRIETAIRE).get(numero=numero)
        # Nobody approves an example: the names say so.
        _mettre_en_vigueur(proposition, "Installation de démonstration", debut, debut, PROPRIETAIRE)
    return Chargement(numero, len(lecture.cases), lecture)


def _inscrire(
    cases: Iterable[Case],
    systemes: Iterable[str],
    nom: str,
    source: str,
    auteur: str,
    date_effet: datetime,
    base: str,
) -> int:
    cellules = list(cases)
    connections[base].ensure_connection()
    with transaction.atomic(using=base):
        un_seul_ecrivain(base)
        derniere = Proposition.objects.using(base).order_by("-numero").first()
        proposition = Proposition.objects.using(base).create(
            numero=(derniere.numero if derniere else 0) + 1,
            nom=nom[:120],
            source=source[:255],
            auteur=auteur.strip()[:120],
            date_effet=date_effet,
            chargee_le=datetime.now(UTC),
            officielle=all(c.origine == "official" for c in cellules),
            systemes=list(systemes),
        )
        Cellule.objects.using(base).bulk_create(
            (
                Cellule(
                    edition_id=proposition.numero,
                    profession_systeme=c.cle.groupe.systeme,
                    profession_code=c.cle.groupe.profession,
                    savoir_faire=c.cle.groupe.savoir_faire,
                    type_code=c.cle.type_code,
                    consultation=c.consultation,
                    origine=c.origine,
                    regle=c.regle,
                )
                for c in cellules
            ),
            batch_size=2000,
        )
    return proposition.numero


def _mettre_en_vigueur(
    proposition: Proposition, par: str, date_effet: datetime, quand: datetime, base: str
) -> Edition:
    return Edition.objects.using(base).create(
        numero=proposition.numero,
        nom=proposition.nom,
        source=proposition.source,
        auteur=proposition.auteur,
        approbateur=par.strip()[:120],
        date_effet=date_effet,
        chargee_le=proposition.chargee_le,
        approuvee_le=quand,
        officielle=proposition.officielle,
        systemes=proposition.systemes,
    )


def _comparer(numero: int, base: str, quand: datetime) -> tuple[Proposition, Edition | None, Difference]:
    """A proposal, the edition in force when it would take effect, and what it changes."""
    proposition = _en_attente(numero, base)
    suivie = en_vigueur(max(proposition.date_effet, quand), base=base)
    cases = cases_de(numero, base=base)
    anciennes = cases_de(suivie.numero, base=base) if suivie else ()
    pour = lignes.groupes((*cases, *anciennes))
    difference = lignes.comparer(
        lignes.lignes(anciennes, suivie.systemes if suivie else (), pour),
        lignes.lignes(cases, proposition.systemes, pour),
    )
    return proposition, suivie, difference


def _en_attente(numero: int, base: str) -> Proposition:
    proposition = Proposition.objects.using(base).filter(numero=numero).first()
    if proposition is None:
        raise EditionRefusee("edition_inconnue", f"Aucune édition n'a le numéro {numero}.")
    if Edition.objects.using(base).filter(numero=numero).exists():
        raise EditionRefusee("deja_approuvee", f"L'édition {numero} est déjà approuvée.")
    return proposition


def _modele(date_effet: datetime, base: str) -> Edition:
    modele = en_vigueur(max(date_effet, datetime.now(UTC)), base=base)
    if modele is None:
        raise EditionRefusee("edition_inconnue", "Aucune édition n'est en vigueur à cette date.")
    return modele


def _canonique(personne: str, base: str) -> str:
    """The signature of the account that this text names; the text itself when it names none."""
    operateur = reconnaitre(personne, base=base)
    return signature(operateur) if operateur else personne


def _gestionnaire(personne: str, base: str) -> str:
    """How this person signs; raises unless she may manage the matrix (ACC-39).

    An operator's account with the role may; so may a person of the setting. An empty list admits anyone who has no
    account, never in production.
    """
    if not plier(personne):
        raise EditionRefusee("personne_absente", "Dites qui vous êtes (--par).")
    operateur = reconnaitre(personne, base=base)
    if operateur is not None and est_gestionnaire(operateur):
        return signature(operateur)
    admis = {plier(p) for p in settings.ES_GESTIONNAIRES_MATRICE}
    ferme = operateur is not None or bool(admis) or settings.ES_INSTANCE == "production"
    if plier(personne) not in admis and ferme:
        raise EditionRefusee(
            "gestionnaire_inconnu",
            "Cette personne n'est pas gestionnaire de la matrice (espace-sante operators,"
            " ES_GESTIONNAIRES_MATRICE).",
        )
    return _canonique(personne, base)


def _code(proposition: Proposition, suivie: Edition | None, difference: Difference) -> str:
    """Short print of what the approver saw."""

    def texte(cles: frozenset[Cle]) -> str:
        return "\n".join(" ".join((*c.groupe, c.type_code)) for c in sorted(cles))

    vu = (
        str(proposition.numero),
        proposition.date_effet.isoformat(),
        str(suivie.numero if suivie else 0),
        texte(difference.ouvertures),
        texte(difference.fermetures),
    )
    return hashlib.sha256("\n\n".join(vu).encode()).hexdigest()[:12]
