"""The fictitious directory: professionals of twenty professions, secretariats, care teams."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from espace_sante.kernel.traits import plier
from espace_sante.simulateurs.population import structures as s
from espace_sante.simulateurs.population.annuaire_fictif import LIGNES, SECRETAIRES, Ligne
from espace_sante.simulateurs.population.comptes import mot_de_passe
from espace_sante.simulateurs.population.hasard import PARIS, Hasard
from espace_sante.simulateurs.population.modeles import (
    EquipeFictive,
    ProfessionnelFictif,
    SecretariatFictif,
    SituationFictive,
    StructureFictive,
)

_OUVERTURE = datetime(2022, 1, 3, 9, 0, tzinfo=PARIS)
_SYSTEMES = {
    "TRE_G15": "1.2.250.1.213.1.1.4.5",
    "TRE_R95": "1.2.250.1.213.1.6.1.109",
    "TRE_R94": "1.2.250.1.213.1.6.1.4",
}
# 990 begins no RPPS number that was ever attributed.
_PREMIER_RPPS = 99_000_000_100


@dataclass(frozen=True)
class Annuaire:
    """The professionals, findable by RPPS and by trade."""

    professionnels: tuple[ProfessionnelFictif, ...]
    secretariats: tuple[SecretariatFictif, ...]
    equipes: tuple[EquipeFictive, ...]
    par_rpps: dict[str, ProfessionnelFictif]
    par_metier: dict[str, tuple[ProfessionnelFictif, ...]]

    def choisir(self, metier: str, hasard: Hasard) -> ProfessionnelFictif:
        """An active professional of that trade, attached to a structure."""
        return hasard.choice(self.par_metier[metier])


def annuaire(graine: int) -> Annuaire:
    """The directory of the demonstration; the people are always the same, ids come from the seed."""
    professionnels = tuple(_professionnel(graine, rang, ligne) for rang, ligne in enumerate(LIGNES))
    par_metier: dict[str, tuple[ProfessionnelFictif, ...]] = {}
    for p in professionnels:
        if p.actif and p.situations[0].structure is not None:
            par_metier[p.metier] = (*par_metier.get(p.metier, ()), p)
    return Annuaire(
        professionnels=professionnels,
        secretariats=tuple(_secretariat(graine, rang, *ligne) for rang, ligne in enumerate(SECRETAIRES)),
        equipes=_equipes(graine, professionnels),
        par_rpps={p.rpps: p for p in professionnels},
        par_metier=par_metier,
    )


def _professionnel(graine: int, rang: int, ligne: Ligne) -> ProfessionnelFictif:
    hasard = Hasard(graine, "professionnel", rang)
    boite = f"{plier(ligne.prenom)}.{plier(ligne.nom)}".replace(" ", "-").lower()
    return ProfessionnelFictif(
        rpps=f"{_PREMIER_RPPS + rang * 7:011d}",
        civilite=ligne.civilite,
        titre="Dr" if ligne.profession in ("10", "40") or ligne.savoir_faire == "G" else "",
        nom=ligne.nom,
        prenom=ligne.prenom,
        actif=ligne.actif,
        situations=tuple(_situation(hasard, ligne, structure) for structure in ligne.structures or (None,)),
        mssante=f"{boite}@ville.mssante.example",
        regulation=ligne.regulation,
        metier=ligne.metier,
    )


def _situation(hasard: Hasard, ligne: Ligne, structure: StructureFictive | None) -> SituationFictive:
    code = f"G15_{ligne.profession}" if ligne.systeme == "TRE_G15" else ligne.profession
    return SituationFictive(
        id=hasard.uuid7(_OUVERTURE),
        profession_systeme=ligne.systeme,
        profession_code=ligne.profession,
        profession_libelle=ligne.profession_libelle,
        savoir_faire=ligne.savoir_faire,
        specialite_code=f"{code}/{ligne.savoir_faire}" if ligne.savoir_faire else code,
        specialite_systeme=_SYSTEMES[ligne.systeme],
        specialite_libelle=ligne.specialite_libelle or ligne.profession_libelle,
        secteur=structure.etablissement_code if structure else "SA07",
        structure=structure,
    )


def _secretariat(
    graine: int, rang: int, civilite: str, prenom: str, nom: str, structure: StructureFictive
) -> SecretariatFictif:
    hasard = Hasard(graine, "secretariat", rang)
    identifiant = f"{plier(prenom)}.{plier(nom)}".replace(" ", "-").lower()
    return SecretariatFictif(
        id=hasard.uuid7(_OUVERTURE),
        identifiant=f"{identifiant}.sec",
        mot_de_passe=mot_de_passe(hasard),
        civilite=civilite,
        nom=nom,
        prenom=prenom,
        courriel=f"{identifiant}@etablissement.example",
        mssante=f"secretariat.{structure.finess}@etablissement.mssante.example",
        structure_id=structure.id,
    )


def _equipes(graine: int, professionnels: tuple[ProfessionnelFictif, ...]) -> tuple[EquipeFictive, ...]:
    """One care team per establishment that keeps patients, and one for the health centre."""
    noms = (
        (s.HOPITAL, "Équipe de soins — Centre hospitalier de Port-Amarante"),
        (s.CHU, "Équipe de soins — Hôpital universitaire de Valdorge"),
        (s.CLINIQUE, "Équipe de soins — Clinique des Hêtres"),
        (s.MATERNITE, "Équipe de soins — Maternité Sainte-Opaline"),
        (s.MAISON_DE_SANTE, "Équipe de soins primaires des Vignes"),
        (s.EHPAD, "Équipe de soins — Les Glycines"),
    )
    return tuple(
        EquipeFictive(
            id=Hasard(graine, "equipe", structure.id).uuid7(_OUVERTURE),
            nom=nom,
            structure_id=structure.id,
            membres=tuple(
                p.rpps
                for p in professionnels
                if p.actif and any(x.structure is structure for x in p.situations)
            ),
        )
        for structure, nom in noms
    )
