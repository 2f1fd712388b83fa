"""Who signs a deposit made from the portal, as the directory knows him, never as a page says (IDN-53, IDN-65)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from espace_sante.documents.cda.modele import IdentifiantHl7
from espace_sante.documents.cda.neuf import OID_CADRE, OID_SECTEUR, Organisation, Personne
from espace_sante.documents.metadonnees import Code
from espace_sante.documents.perso.errors import DepotRefuse
from espace_sante.identite import annuaire, professions
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.models import SituationExercice
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.identifiants import OID_PS, OID_STRUCTURE, rpps_vers_idnat

# JDV_J01 names professions of TRE_G15 with this table; the others with their own.
_OID_SPECIALITE: Final = {**professions.SYSTEMES_OID, "TRE_G15": "1.2.250.1.213.1.1.4.5"}
# Someone who practises alone, when the directory does not say more.
_SECTEUR_SEUL, _CADRE_SEUL = "SA07", "AMBULATOIRE"


@dataclass(frozen=True, slots=True, repr=False)
class Signataire:
    """The author and what the header says of the place where he practises."""

    personne: Personne
    organisation: Organisation
    etablissement: Code
    cadre: Code


def signataire(acteur: Acteur, responsable: str = "") -> Signataire:
    """The professional in session; for a structure, the professional of hers whom it names.

    Raises DepotRefuse `responsable_inconnu`, ProfessionnelRefuse.
    """
    if acteur.genre is GenreActeur.PROFESSIONNEL:
        trouves = [s for s in annuaire.situations(acteur.rpps) if s.id == acteur.situation_id]
    else:
        trouves = [
            s
            for s in (annuaire.situations(responsable) if responsable else [])
            if s.structure_id == acteur.structure_id
        ]
    if not trouves:
        raise DepotRefuse(
            "responsable_inconnu", "Nommez un professionnel de votre structure, par son numéro RPPS."
        )
    return _signataire(trouves[0])


def _signataire(situation: SituationExercice) -> Signataire:
    pro, structure = situation.professionnel, situation.structure
    moi = IdentifiantHl7(OID_PS, rpps_vers_idnat(pro.rpps))
    if structure:
        lieu = Organisation(IdentifiantHl7(OID_STRUCTURE, structure.id), structure.nom)
    else:
        # Self-employed without a structure: he keeps his documents himself (IDN-54).
        lieu = Organisation(moi, f"Exercice individuel de {pro.prenom} {pro.nom}")
    docteur = pro.civilite.lower().startswith("d")
    personne = Personne(
        moi, pro.nom, pro.prenom, "" if docteur else pro.civilite.upper(), "DR" if docteur else "",
        _specialite(situation), lieu,
    )  # fmt: skip
    secteur = (structure.etablissement_code if structure else "") or situation.secteur or _SECTEUR_SEUL
    cadre = (structure.cadre_code if structure else "") or _CADRE_SEUL
    return Signataire(
        personne, lieu, Code(secteur, f"urn:oid:{OID_SECTEUR}"), Code(cadre, f"urn:oid:{OID_CADRE}")
    )


def _specialite(s: SituationExercice) -> Code:
    code = f"G15_{s.profession_code}" if s.profession_systeme == "TRE_G15" else s.profession_code
    libelle = professions.libelle(s.profession_systeme, s.profession_code)
    savoir = professions.libelle_savoir_faire(s.savoir_faire) if s.savoir_faire else ""
    return Code(
        f"{code}/{s.savoir_faire}" if s.savoir_faire else code,
        f"urn:oid:{_OID_SPECIALITE.get(s.profession_systeme, s.profession_systeme)}",
        f"{libelle} - {savoir}" if savoir else libelle,
    )
