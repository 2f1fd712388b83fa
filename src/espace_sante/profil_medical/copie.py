"""Measures in the holder's copy, and their taking up by another installation (POR-05, POR-16, MES-35)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final
from uuid import UUID

import orjson

from espace_sante.acces.exportation.pieces import Copie, Fichier, Piece, Section, Suite
from espace_sante.acces.exportation.tampon import ligne_csv
from espace_sante.platform.crypto import CleDossier
from espace_sante.platform.postgres.direct import lire
from espace_sante.profil_medical.carnet import Carnet
from espace_sante.profil_medical.contenu import (
    Contenu,
    desceller_appareil,
    empreinte,
    empreinte_appareil,
    sceller_appareil,
)
from espace_sante.profil_medical.genres import JEU_MOMENT, genres, jeu
from espace_sante.profil_medical.observation import corps
from espace_sante.profil_medical.queries import MesureVue, dernieres, toutes

FICHIER: Final = "mesures/mesures.csv"
_COLONNES: Final = ("mesure", "date", "valeur", "unité", "moment", "commentaire", "noté par")
_RESULTATS: Final = frozenset({"glycemie", "glucose_interstitiel", "igg", "hba1c"})
_EN_CLAIR: Final = ("auteur", "client_id", "auteur_nom", "source", "version")


def piece() -> Piece:
    """What this room adds to a copy."""
    return Piece(
        "profil_medical",
        ressources=_ressources,
        fichiers=lambda copie: [Fichier(FICHIER, _csv(copie))],
        synthese=_synthese,
        suites=(
            Suite("profil_medical_appareil", _appareils, _reprendre_appareils),
            Suite("profil_medical_mesure", _lignes, _reprendre_mesures),
        ),
        liens=((FICHIER, "Mes mesures"),),
    )


def _carnet(copie: Copie) -> Carnet:
    """The holder's own, for what is already inside an act that is traced."""

    def rien(*_: object) -> None:
        """Nothing is closed to the holder; the copy itself is traced."""

    return Carnet(copie.dossier_id, copie.cle, "titulaire", "", "", "", rien, rien)


def _ressources(copie: Copie) -> Iterator[dict[str, Any]]:
    for ligne in _appareils(copie):
        yield {**ligne["ressource"], "resourceType": "Device", "id": ligne["id"]}
    for vue in toutes(_carnet(copie)):
        yield _observation(vue, copie)


def _synthese(copie: Copie) -> Iterator[tuple[Section | None, dict[str, Any]]]:
    """The last measure of each kind: a summary is no history."""
    for genre, vue in dernieres(_carnet(copie)).items():
        ressource = _observation(vue, copie)
        # The instrument is in fhir/dossier.json.
        ressource.pop("device", None)
        yield Section.RESULTATS if genre in _RESULTATS else Section.CONSTANTES, ressource


def _observation(vue: MesureVue, copie: Copie) -> dict[str, Any]:
    elements = orjson.loads(vue.contenu.ressource) if vue.contenu.ressource else corps(vue)
    # Numbers as they were written, whoever wrote them.
    if "valueQuantity" in elements:
        elements["valueQuantity"]["value"] = orjson.Fragment(vue.contenu.valeurs[""])
    lie = {"device": {"reference": f"urn:uuid:{vue.appareil_id}"}} if vue.appareil_id else {}
    return {
        **elements,
        "resourceType": "Observation",
        "id": str(vue.id),
        **({"meta": {"source": vue.source}} if vue.source else {}),
        "subject": copie.patient,
        **lie,
    }


def _csv(copie: Copie) -> Iterator[bytes]:
    yield ("\ufeff" + ligne_csv(_COLONNES)).encode()
    for vue in toutes(_carnet(copie)):
        genre, c = genres()[vue.genre], vue.contenu
        moment = jeu(JEU_MOMENT)[c.moment].libelle if c.moment in jeu(JEU_MOMENT) else ""
        valeur = "/".join(v.replace(".", ",") for v in c.valeurs.values())
        qui = "moi" if vue.auteur == "titulaire" else vue.auteur_nom
        yield ligne_csv((genre.libelle, c.quand, valeur, genre.unite, moment, c.commentaire, qui)).encode()


def _lignes(copie: Copie) -> Iterator[dict[str, Any]]:
    for vue in toutes(_carnet(copie)):
        yield {
            "id": str(vue.id), "genre": vue.genre, "quand": vue.quand.isoformat(), "cree_le": vue.cree_le.isoformat(),
            "maj_le": vue.maj_le.isoformat(), "appareil_id": str(vue.appareil_id) if vue.appareil_id else None,
            **{nom: getattr(vue, nom) for nom in _EN_CLAIR}, "contenu": asdict(vue.contenu),
        }  # fmt: skip


def _appareils(copie: Copie) -> Iterator[dict[str, Any]]:
    suite = UUID(int=0)
    while lus := lire(
        "SELECT id, client_id, cree_le, scelle FROM profil_medical_appareil WHERE dossier_id = %s AND id > %s"
        " ORDER BY id LIMIT 100",
        [copie.dossier_id, suite],
    ):
        for identifiant, client_id, cree_le, scelle in lus:
            yield {
                "id": str(identifiant), "client_id": client_id, "cree_le": cree_le.isoformat(),
                "ressource": desceller_appareil(copie.cle, identifiant, scelle),
            }  # fmt: skip
        suite = lus[-1][0]


def _reprendre_appareils(dossier_id: UUID, cle: CleDossier, lignes: Iterable[dict[str, Any]]) -> None:
    for ligne in lignes:
        identifiant, identifiants = UUID(ligne["id"]), ligne["ressource"]["identifier"]
        choisi = next(i for i in identifiants if i.get("system") and i.get("value"))
        lire(
            "INSERT INTO profil_medical_appareil (dossier_id, id, client_id, empreinte, cree_le, scelle)"
            " VALUES (%s, %s, %s, %s, %s, %s)",
            [
                dossier_id,
                identifiant,
                ligne["client_id"],
                empreinte_appareil(cle, ligne["client_id"], choisi["system"], choisi["value"]),
                datetime.fromisoformat(ligne["cree_le"]),
                sceller_appareil(cle, identifiant, ligne["ressource"]),
            ],
        )


def _reprendre_mesures(dossier_id: UUID, cle: CleDossier, lignes: Iterable[dict[str, Any]]) -> None:
    for ligne in lignes:
        identifiant, contenu = UUID(ligne["id"]), Contenu(**ligne["contenu"])
        if ligne["genre"] not in genres() or not contenu.valeurs:
            raise ValueError(ligne["genre"])
        quand = datetime.fromisoformat(ligne["quand"])
        lire(
            "INSERT INTO profil_medical_mesure (dossier_id, id, genre, quand, auteur, client_id, auteur_nom, source,"
            " version, appareil_id, empreinte, scelle, cree_le, maj_le)"
            " VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)",
            [
                dossier_id,
                identifiant,
                ligne["genre"],
                quand,
                *(ligne[nom] for nom in _EN_CLAIR),
                UUID(ligne["appareil_id"]) if ligne["appareil_id"] else None,
                empreinte(cle, ligne["client_id"], ligne["genre"], quand, contenu.nombres),
                contenu.sceller(cle, identifiant),
                datetime.fromisoformat(ligne["cree_le"]),
                datetime.fromisoformat(ligne["maj_le"]),
            ],
        )
