"""Filling a demonstration: population, client programs, simulators' data, list of accounts.

Run by `espace-sante demo` as a process of its own: `python -m espace_sante.simulateurs.peuplement N SEED`.
"""

from __future__ import annotations

import json
import os
import secrets
import sys
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import connections

from espace_sante.identite.portees import ALIMENTATION, CONSULTATION, LPS_DEMONSTRATION
from espace_sante.platform.local import COMPTES
from espace_sante.simulateurs import chargement
from espace_sante.simulateurs.annuaire import ecrire_annuaires, ecrire_insi
from espace_sante.simulateurs.carnet import client as carnet
from espace_sante.simulateurs.population import Population, generer

# Files of the data folder that say which population it was filled with: day of the first start; number and seed.
JOUR, GRAINE = "population.jour", "population.graine"


def peupler(nombre: int, graine: int) -> None:
    """Load the population once; the same folder keeps it at the next start."""
    comptes = Path(settings.ES_DATA) / COMPTES
    if comptes.exists() and chargement.deja_charge():
        _adresse_du_carnet()
        return
    population = generer(nombre, graine, aujourd_hui=_jour(Path(settings.ES_DATA) / JOUR))
    if not chargement.deja_charge():
        (Path(settings.ES_DATA) / GRAINE).write_text(f"{nombre} {graine}\n")
        bilan = chargement.charger(population, avancement(nombre))
        sys.stdout.write(f"Population : {bilan.titulaires} titulaires, {bilan.documents} documents.\n")
    logiciels = _logiciels(population)
    # The simulators keep data of their own, like real identity providers.
    secret_lps = secrets.token_urlsafe(24)
    ecrire_annuaires(Path(settings.ES_DATA), population, secret_lps)
    ecrire_insi(Path(settings.ES_DATA), population)
    logiciels[0]["psc_client_secret"] = secret_lps
    provisoire = comptes.with_suffix(".tmp")
    provisoire.write_text(
        json.dumps(_comptes(population, logiciels), ensure_ascii=False, indent=1), encoding="utf-8"
    )
    os.replace(provisoire, comptes)


def _jour(fichier: Path) -> date:
    """Day of the population: that of the first start, so that an interrupted one makes the same people again."""
    if not fichier.exists():
        fichier.write_text(datetime.now(UTC).date().isoformat())
    return date.fromisoformat(fichier.read_text())


def graine_gardee(dossier: Path) -> tuple[int, int] | None:
    """Number and seed of the population of this folder; None when it does not say (filled by an older version)."""
    try:
        nombre, graine = (dossier / GRAINE).read_text().split()
    except (FileNotFoundError, ValueError):
        return None
    return int(nombre), int(graine)


def avancement(nombre: int) -> Callable[[int], None]:
    """A progress bar on a terminal, nothing elsewhere."""

    def montrer(fait: int) -> None:
        if sys.stderr.isatty():
            plein = 40 * fait // nombre
            fin = "\n" if fait >= nombre else ""
            sys.stderr.write(f"\rPopulation [{'#' * plein}{'.' * (40 - plein)}] {fait}/{nombre}{fin}")

    return montrer


def _logiciels(population: Population) -> list[dict[str, str]]:
    """Client programs with fresh secrets: one of professionals, one for each hospital that feeds by itself."""
    clients: list[tuple[str, str, list[str], str | None]] = [
        (LPS_DEMONSTRATION, "LPS de démonstration", sorted(CONSULTATION), None)
    ]
    clients += [(f"structure-{s.finess}", s.nom, sorted(ALIMENTATION), s.id) for s in population.structures]
    faits = []
    with connections["proprietaire"].cursor() as c:
        for client_id, nom, portees, structure in clients:
            secret = secrets.token_urlsafe(24)
            c.execute(
                "INSERT INTO identite_logiciel (client_id, nom, version, homologation, secret_hache, portees,"
                " structure_id, actif) VALUES (%s, %s, '1.0', 'DEMO', %s, %s, %s, true)"
                " ON CONFLICT (client_id) DO UPDATE SET secret_hache = excluded.secret_hache",
                [client_id, nom[:120], make_password(secret), portees, structure],
            )
            faits.append({"client_id": client_id, "client_secret": secret, "nom": nom})
    return [*faits, _carnet()]


def _carnet() -> dict[str, str]:
    """The fictitious service that people may pair with, with a fresh secret."""
    secret = secrets.token_urlsafe(24)
    portees = [
        "patient/Appointment.crus",
        "patient/Binary.r",
        "patient/DocumentReference.rs",
        "patient/Observation.crus",
    ]
    with connections["proprietaire"].cursor() as c:
        c.execute(
            "INSERT INTO identite_logiciel (client_id, nom, version, homologation, secret_hache, portees, actif, service,"
            " solution_oid, presentation, finalites, editeur) VALUES (%s, %s, '1.0', 'DEMO', %s, %s, true, true, %s, %s,"
            " %s::jsonb, 'Carnet SAS (société fictive)') ON CONFLICT (client_id) DO UPDATE SET"
            " secret_hache = excluded.secret_hache",
            [
                carnet.CLIENT_ID, carnet.NOM, make_password(secret), portees, carnet.SOLUTION_OID, carnet.PRESENTATION,
                json.dumps(carnet.FINALITES),
            ],
        )  # fmt: skip
    _adresse_du_carnet()
    return {"client_id": carnet.CLIENT_ID, "client_secret": secret, "nom": carnet.NOM}


def _adresse_du_carnet() -> None:
    """It lives at our own address, which another start may change."""
    with connections["proprietaire"].cursor() as c:
        c.execute(
            "UPDATE identite_logiciel SET retours = %s WHERE client_id = %s",
            [[carnet.retour()], carnet.CLIENT_ID],
        )


def _comptes(population: Population, logiciels: list[dict[str, str]]) -> dict[str, object]:
    # Its models are known once Django is set up.
    from espace_sante.simulateurs.operateurs import operateurs

    titulaires = [
        {
            "ins": t.ins.matricule,
            "oid": t.ins.oid,
            "prenom": t.prenom_utilise or t.traits.prenoms.split(" ")[0],
            "nom": t.nom_utilise or t.traits.nom_naissance,
            "naissance": t.traits.date_naissance,
            "etat": t.etat.value,
            "identifiant": t.identifiant if t.rang < chargement.COMPTES_MAX else "",
            "mot_de_passe": t.mot_de_passe if t.rang < chargement.COMPTES_MAX else "",
            "email": t.courriel,
            "presentation": t.presentation,
        }
        for t in population.titulaires()
        if t.rang < chargement.COMPTES_MAX
    ]
    professionnels = [
        {
            "rpps": p.rpps,
            "prenom": p.prenom,
            "nom": p.nom,
            "profession": p.situations[0].profession_libelle if p.situations else "",
            "specialite": p.situations[0].specialite_libelle if p.situations else "",
            "structure": p.situations[0].structure.finess
            if p.situations and p.situations[0].structure
            else "",
            "mssante": p.mssante,
        }
        for p in population.professionnels
        if p.actif
    ]
    secretariats = [
        {"prenom": s.prenom, "nom": s.nom, "structure": s.structure_id[1:], "mssante": s.mssante}
        for s in population.secretariats
    ]
    return {
        "titulaires": titulaires,
        "professionnels": professionnels,
        "secretariats": secretariats,
        "services": [],
        "operateurs": operateurs(),
        "logiciels": logiciels,
    }


if __name__ == "__main__":
    import django

    django.setup()
    peupler(int(sys.argv[1]), int(sys.argv[2]))
