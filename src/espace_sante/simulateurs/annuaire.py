"""The identity simulators' people, from the synthetic population: same persons, their own files."""

from __future__ import annotations

from pathlib import Path

from espace_sante.kernel.traits import plier
from espace_sante.simulateurs import donnees
from espace_sante.simulateurs.annuaire_sante import ressources
from espace_sante.simulateurs.chargement import COMPTES_MAX, sub_franceconnect
from espace_sante.simulateurs.insi import personnes
from espace_sante.simulateurs.population import Population
from espace_sante.simulateurs.population.modeles import ProfessionnelFictif, TitulaireFictif

_OIDS = {
    "TRE_G15": "1.2.250.1.71.1.2.7",
    "TRE_R94": "1.2.250.1.213.1.6.1.4",
    "TRE_R95": "1.2.250.1.213.1.6.1.109",
}


def ecrire_annuaires(dossier: Path, population: Population, secret_lps: str) -> None:
    """Write who Pro Santé Connect, FranceConnect and the directory know, and the software registered with the first."""
    donnees.ecrire(
        dossier / "simulateurs",
        (_professionnel(p) for p in population.professionnels),
        (_pivot(t) for t in population.titulaires() if t.identifiant and t.rang < COMPTES_MAX),
        (
            donnees.Client(
                client_id="lps-demonstration", secret=secret_lps, retours=("http://localhost/retour",)
            ),
        ),
    )
    ressources.ecrire(dossier / "simulateurs", ressources.ressources(population.professionnels))


def ecrire_insi(dossier: Path, population: Population) -> None:
    """Write whom the simulated INSi knows besides its own cases: everybody (INS-19)."""
    personnes.ecrire(
        dossier / "simulateurs",
        (
            personnes.Personne(
                matricule=t.ins.matricule,
                nom=plier(t.traits.nom_naissance),
                prenoms=plier(t.traits.prenoms),
                sexe=t.traits.sexe,
                naissance=(t.traits.date_naissance + "-00-00")[:10],
                lieu=t.traits.lieu_naissance,
            )
            for t in population.titulaires()
        ),
    )


def _professionnel(p: ProfessionnelFictif) -> donnees.Professionnel:
    exercices = tuple(
        donnees.Exercice(
            profession=s.profession_code,
            profession_oid=_OIDS.get(s.profession_systeme, ""),
            type_savoir_faire="S" if s.savoir_faire else "",
            savoir_faire=s.savoir_faire,
            activites=(
                donnees.Activite(
                    raison_sociale=s.structure.nom,
                    finess=s.structure.finess,
                    secteur=s.secteur,
                    code_postal=s.structure.adresse.code_postal,
                ),
            )
            if s.structure
            else (),
        )
        for s in p.situations
        if s.actif
    )
    metier = p.situations[0].profession_libelle if p.situations else "sans exercice"
    return donnees.Professionnel(
        rpps=p.rpps,
        nom=p.nom,
        prenom=p.prenom,
        civilite=p.civilite,
        regulation=p.regulation,
        description=metier if p.actif else f"{metier}, n'exerce plus",
        exercices=exercices,
    )


def _pivot(t: TitulaireFictif) -> donnees.Pivot:
    etranger = t.traits.lieu_naissance.startswith("99")
    return donnees.Pivot(
        sub=sub_franceconnect(t.dossier_id),
        given_name=t.traits.prenoms,
        family_name=t.traits.nom_naissance,
        birthdate=t.traits.date_naissance,
        gender="male" if t.traits.sexe == "M" else "female",
        birthplace="" if etranger else t.traits.lieu_naissance,
        birthcountry=t.traits.lieu_naissance if etranger else "99100",
        email=t.courriel,
        preferred_username=t.nom_utilise,
        description=t.presentation or t.etat.value,
    )
