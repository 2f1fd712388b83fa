"""Writing a trace, in the transaction of the act (rules AUD-01, AUD-02, AUD-04).

There is no update and no deletion here, and the database refuses both (rule AUD-13).
"""

from __future__ import annotations

import enum
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection

from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.kernel.ids import uuid7
from espace_sante.platform.postgres.rls import ecrire_a_la_fin


class Action(enum.StrEnum):
    """Every kind of act that leaves a trace; the history has one sentence for each."""

    EXISTENCE = "existence"
    OUVERTURE = "ouverture"
    LISTE = "liste"
    LECTURE = "lecture"
    TELECHARGEMENT = "telechargement"
    DEPOT = "depot"
    REMPLACEMENT = "remplacement"
    MASQUAGE = "masquage"
    DEMASQUAGE = "demasquage"
    CONSENTEMENT = "consentement"
    RETRAIT_CONSENTEMENT = "retrait_consentement"
    HISTORIQUE = "historique"
    CONNEXION = "connexion"
    IDENTITE_ECARTEE = "identite_ecartee"
    EXPORT_DEMANDE = "export_demande"
    EXPORT_PRET = "export_pret"
    EXPORT_TELECHARGE = "export_telecharge"
    EXPORT_DETRUIT = "export_detruit"
    EXPORT_TRACES = "export_traces"
    EXTRACTION_ACCORDEE = "extraction_accordee"
    EXTRACTION_RETIREE = "extraction_retiree"
    EFFACEMENT = "effacement"
    REGISTRE = "registre"
    SUPPRESSION = "suppression"
    SUPPRESSION_ANNULEE = "suppression_annulee"
    DESTRUCTION = "destruction"
    ARCHIVAGE = "archivage"
    DESARCHIVAGE = "desarchivage"
    CONFIDENTIALITE = "confidentialite"
    LEVEE_ANNONCE = "levee_annonce"
    VISIBILITE_AUTOMATIQUE = "visibilite_automatique"
    REGLAGE_CONFIDENTIALITE = "reglage_confidentialite"
    BLOCAGE = "blocage"
    DEBLOCAGE = "deblocage"
    ADMINISTRATEUR = "administrateur"
    EXCLUSION = "exclusion"
    REGLAGE = "reglage"
    CODE_ACCES = "code_acces"
    URGENCE = "urgence"
    SIGNALEMENT = "signalement"
    SUITE_SIGNALEMENT = "suite_signalement"
    RANGEMENT = "rangement"
    PARTAGE = "partage"
    RETRAIT_PARTAGE = "retrait_partage"
    EXPLICATION = "explication"
    OPERATION = "operation"
    PERIME = "perime"
    ALTERATION = "alteration"
    REPRISE = "reprise"
    JETON = "jeton"
    LOGICIEL = "logiciel"
    INSI = "insi"
    IDENTITE = "identite"
    LIEN_FRANCECONNECT = "lien_franceconnect"
    CERCLE = "cercle"
    APPAIRAGE = "appairage"
    APPAIRAGE_CHANGE = "appairage_change"
    APPAIRAGE_RETRAIT = "appairage_retrait"
    APPAIRAGE_ACCES = "appairage_acces"
    ABONNEMENT = "abonnement"
    ANNONCE_DOCUMENT = "annonce_document"
    PROPOSITION_CERCLE = "proposition_cercle"
    CHOIX_ETABLISSEMENT = "choix_etablissement"
    MESURES_LUES = "mesures_lues"
    MESURE_AJOUTEE = "mesure_ajoutee"
    MESURE_CHANGEE = "mesure_changee"
    MESURE_SUPPRIMEE = "mesure_supprimee"
    RENDEZ_VOUS_AJOUT = "rendez_vous_ajout"
    RENDEZ_VOUS_CHANGEMENT = "rendez_vous_changement"
    RENDEZ_VOUS_LECTURE = "rendez_vous_lecture"
    PLANNING = "planning"
    COPIE_PROPOSEE = "copie_proposee"


class Resultat(enum.StrEnum):
    FAIT = "fait"
    REFUS = "refus"


@dataclass(frozen=True, slots=True)
class Acte:
    """What happened: the part of a trace that is not who and whence."""

    action: Action
    resultat: Resultat = Resultat.FAIT
    motif: str = ""
    lettres: str = ""
    document_ids: tuple[UUID, ...] = ()
    document_type: str = ""
    document_titre: str = ""
    mode: str = "normal"
    matrice_edition: int | None = None


# The door of an act in connexion secrète: untold to a child's representatives (FHR-163).
PORTE_SECRETE = "secrete"  # noqa: S105 - a door, no password

_INSERER = """
INSERT INTO traces_trace (dossier_id, id, quand, acteur_genre, acteur_id, acteur_nom, profession, structure_id,
    structure_nom, structure_commune, action, resultat, motif, lettres, document_ids, document_type,
    document_titre, mode, matrice_edition, porte, logiciel, adresse_hachee, requete)
VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""


def tracer(dossier_id: UUID, acteur: Acteur, contexte: Contexte, acte: Acte) -> None:
    """Write the trace of one act, in the act's transaction; the connection must be scoped to that record.

    A trace that cannot be written makes the act fail: it is sent with the COMMIT (AUD-04).
    """
    ecrire_a_la_fin(
        _INSERER,
        [
            dossier_id,
            uuid7(),
            datetime.now(UTC),
            acteur.genre.value,
            acteur.identifiant,
            acteur.nom,
            acteur.profession_libelle,
            acteur.structure_id,
            acteur.structure_nom,
            acteur.structure_commune,
            acte.action.value,
            acte.resultat.value,
            acte.motif,
            acte.lettres,
            list(acte.document_ids),
            acte.document_type,
            acte.document_titre,
            acte.mode,
            acte.matrice_edition,
            PORTE_SECRETE if contexte.secret else contexte.porte,
            contexte.logiciel,
            contexte.adresse,
            contexte.requete,
        ],
    )


_INSERER_HORS_DOSSIER = """
INSERT INTO traces_tracehorsdossier (id, quand, ins_hache, acteur_genre, acteur_id, structure_id, action, resultat, motif,
    porte, logiciel, adresse_hachee, requete) VALUES (%s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
_ATTENTE_S = 2


def tracer_hors_dossier(
    acteur: Acteur, contexte: Contexte, acte: Acte, ins_hache: bytes | None = None
) -> None:
    """Write the trace of an act that reaches no record: unknown INS, login, refused token."""
    with connection.cursor() as curseur:
        curseur.execute(_INSERER_HORS_DOSSIER, _hors_dossier(acteur, contexte, acte, ins_hache))


def tracer_a_part(acteur: Acteur, contexte: Contexte, acte: Acte) -> None:
    """The same on a connection of its own, committed at once: what undoes the caller's transaction leaves it.

    Raises psycopg.Error when no connection is to be had.
    """
    parametres = connection.get_connection_params()
    retenus = {c: parametres[c] for c in ("dbname", "user", "password", "host", "port") if parametres.get(c)}
    with psycopg.connect(**retenus, autocommit=True, connect_timeout=_ATTENTE_S) as cx:
        cx.execute(_INSERER_HORS_DOSSIER, _hors_dossier(acteur, contexte, acte, None))


def _hors_dossier(acteur: Acteur, contexte: Contexte, acte: Acte, ins_hache: bytes | None) -> Sequence[Any]:
    return [
        uuid7(),
        datetime.now(UTC),
        ins_hache,
        acteur.genre.value,
        acteur.identifiant,
        acteur.structure_id,
        acte.action.value,
        acte.resultat.value,
        acte.motif,
        contexte.porte,
        contexte.logiciel,
        contexte.adresse,
        contexte.requete,
    ]
