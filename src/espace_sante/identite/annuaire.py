"""The directory: from an RPPS and a situation d'exercice to the actor (rules IDN-49 to IDN-56, ANN-06, ANN-08)."""

from __future__ import annotations

from collections.abc import Collection

from espace_sante.identite import professions
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.models import Professionnel, SituationExercice, Structure
from espace_sante.kernel.codes import GenreActeur, ModeAuthentification
from espace_sante.kernel.errors import EspaceSanteError


class ProfessionnelRefuse(EspaceSanteError):
    """Unknown in the RPPS, or practising no more. Codes `rpps_inconnu`, `exercice_inactif`, `situation_inconnue`."""


def situations(rpps: str) -> list[SituationExercice]:
    """Active situations of an active professional. Raises ProfessionnelRefuse (rule IDN-49)."""
    pro = Professionnel.objects.filter(rpps=rpps).first()
    if pro is None:
        raise ProfessionnelRefuse("rpps_inconnu", "Ce numéro RPPS n'est pas dans l'annuaire.")
    actives = list(
        SituationExercice.objects.filter(professionnel=pro, actif=True)
        .select_related("professionnel", "structure")
        .order_by("id")
    )
    if not pro.actif or not actives:
        raise ProfessionnelRefuse(
            "exercice_inactif", "Ce professionnel n'a pas d'exercice en cours dans l'annuaire."
        )
    return actives


def situations_actives(rpps: Collection[str]) -> dict[str, list[SituationExercice]]:
    """Active situations of each active professional, in one query; those who practise no more are absent."""
    trouvees: dict[str, list[SituationExercice]] = {}
    for situation in (
        SituationExercice.objects.filter(professionnel_id__in=rpps, professionnel__actif=True, actif=True)
        .select_related("professionnel", "structure")
        .order_by("id")
    ):
        trouvees.setdefault(situation.professionnel.rpps, []).append(situation)
    return trouvees


def acteur_professionnel(
    situation: SituationExercice,
    *,
    deux_facteurs: bool,
    mode: ModeAuthentification = ModeAuthentification.DIRECTE,
    client_id: str = "",
    portees: frozenset[str] = frozenset(),
) -> Acteur:
    """The actor for one situation: profession, role and structure come from it alone (rule IDN-53)."""
    pro, structure = situation.professionnel, situation.structure
    return Acteur(
        genre=GenreActeur.PROFESSIONNEL,
        nom=pro.affichage,
        rpps=pro.rpps,
        profession_systeme=situation.profession_systeme,
        profession_code=situation.profession_code,
        profession_libelle=professions.libelle(situation.profession_systeme, situation.profession_code),
        savoir_faire=situation.savoir_faire,
        secteur=situation.secteur,
        situation_id=situation.id,
        structure_id=structure.id if structure else "",
        structure_nom=structure.nom if structure else "",
        structure_commune=structure.commune if structure else "",
        deux_facteurs=deux_facteurs,
        mode_authentification=mode,
        regulation=pro.regulation,
        client_id=client_id,
        portees=portees,
    )


def acteur_structure(structure: Structure, *, client_id: str, portees: frozenset[str]) -> Acteur:
    """A structure without a person: indirect mode, feeds only (rules IDN-58, OID-18)."""
    return Acteur(
        genre=GenreActeur.STRUCTURE,
        nom=structure.nom,
        structure_id=structure.id,
        structure_nom=structure.nom,
        structure_commune=structure.commune,
        mode_authentification=ModeAuthentification.INDIRECTE,
        client_id=client_id,
        portees=portees,
    )
