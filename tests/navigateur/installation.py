"""A running demonstration: where it answers, who lives in it, its commands."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

from espace_sante.platform.local import COMPTES
from espace_sante.simulateurs.population import Population, generer
from espace_sante.simulateurs.population.modeles import ProfessionnelFictif, TitulaireFictif
from tests.reglages import VECTEURS

RACINE = Path(__file__).resolve().parents[2]
POPULATION, GRAINE = 12, 3


@dataclass(frozen=True)
class Installation:
    """One installation of the product, kept by its process `pid`."""

    donnees: Path
    adresse: str
    pid: int

    @cached_property
    def comptes(self) -> dict[str, Any]:
        lus: dict[str, Any] = json.loads((self.donnees / COMPTES).read_text(encoding="utf-8"))
        return lus

    @cached_property
    def population(self) -> Population:
        """The same people as those loaded: the generator gives them again from number, seed and day."""
        jour = date.fromisoformat((self.donnees / "population.jour").read_text().strip())
        return generer(POPULATION, GRAINE, aujourd_hui=jour)

    def compte(self, debut: str) -> dict[str, str]:
        """The account whose identifier begins so."""
        return next(c for c in self.comptes["titulaires"] if c["identifiant"].startswith(debut))

    def titulaire(self, debut: str) -> TitulaireFictif:
        return next(t for t in self.population.titulaires() if t.identifiant.startswith(debut))

    def professionnel(self, rpps: str) -> ProfessionnelFictif:
        return next(p for p in self.population.professionnels if p.rpps == rpps)

    def sans_accord(self, titulaire: TitulaireFictif, *candidats: str) -> ProfessionnelFictif:
        """The first of these professionals whom no consent of the holder covers today, alone or by a team."""
        maintenant = datetime.now(UTC)
        en_cours = [c for c in titulaire.consentements if c.fin > maintenant and not c.retire_le]
        couverts = {c.rpps for c in en_cours}
        for equipe in self.population.equipes:
            if equipe.id in {c.equipe for c in en_cours}:
                couverts.update(equipe.membres)
        return self.professionnel(next(rpps for rpps in candidats if rpps not in couverts))

    def commande(self, *arguments: str) -> str:
        """Output of a command of the product on this installation."""
        ligne = [sys.executable, "-m", "espace_sante.commands", *arguments, "--data", str(self.donnees)]
        return subprocess.run(
            ligne, cwd=RACINE, env=environnement(), capture_output=True, text=True, check=True, timeout=60
        ).stdout.strip()


def environnement() -> dict[str, str]:
    """The caller's, without the settings of the test run: the product chooses its own."""
    hors = ("ES_", "DJANGO_", "PYTEST_")
    environnement = {nom: valeur for nom, valeur in os.environ.items() if not nom.startswith(hors)}
    xsd = VECTEURS / "cda" / "xsd" / "CDA_extended.xsd"
    return {**environnement, "ES_CDA_XSD": str(xsd)} if xsd.is_file() else environnement
