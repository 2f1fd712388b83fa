"""The holder's choices as an establishment tells them, kept in the record, with their effect (FHR-173).

IO stops this establishment's deposits (`alimentation`). IC may stand for a consent that its doctor collected, when
the installation wants so; INC and NA give none. None of them takes away what the holder gave elsewhere.
"""

from __future__ import annotations

import enum
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings

from espace_sante.acces import etats
from espace_sante.acces.adt.message import Choix, MessageAdt, MessageRefuse
from espace_sante.acces.consentement_expres import acteur_exige_accord_expres
from espace_sante.acces.dicah import ETATS_OUVERTS, EtatConsentement, lit_en_equipe_seulement
from espace_sante.acces.models import Consentement
from espace_sante.acces.porte import resoudre
from espace_sante.acces.queries import portee_et_situation, situation
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.annuaire import (
    ProfessionnelRefuse,
    acteur_professionnel,
    acteur_structure,
    situations,
)
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.index import hacher
from espace_sante.identite.models import Structure
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ids import uuid7
from espace_sante.notifications import services as avis
from espace_sante.notifications.genres import Genre
from espace_sante.platform.postgres.direct import lire as lire_sql
from espace_sante.traces.ecriture import Acte, Action, tracer, tracer_hors_dossier

# A clock that is a little fast is not a lie.
_AVANCE: timedelta = timedelta(minutes=5)


class Effet(enum.StrEnum):
    """What a message changed."""

    RIEN = "rien"
    CHOIX = "choix"
    AUTORISATION = "autorisation"


class PasserelleFermee(EspaceSanteError):
    """The module is off, or its establishment is not in the directory. Code `passerelle_fermee`."""


def etablissement() -> Acteur:
    """The establishment of this gateway. Raises PasserelleFermee."""
    numero = settings.ES_ADT["structure"]
    structure = Structure.objects.filter(id=numero).first() if numero else None
    if structure is None:
        raise PasserelleFermee(
            "passerelle_fermee",
            "La passerelle ADT est fermée : réglez ES_ADT_STRUCTURE sur une structure connue.",
        )
    return acteur_structure(structure, client_id="passerelle-adt", portees=frozenset())


def appliquer(message: MessageAdt, acteur: Acteur, *, contexte: Contexte, maintenant: datetime) -> Effet:
    """Keep the choices of one message. Raises MessageRefuse: nothing is kept.

    Nobody's INS, or a closed record: nothing to do. An older message than what is known changes nothing; the same
    message again neither.
    """
    attendu = settings.ES_ADT["emetteur"]
    if attendu and message.entete.etablissement.split("^")[0] != attendu:
        raise MessageRefuse("emetteur_inconnu", "Cet établissement n'est pas celui de la passerelle (MSH-4).")
    if message.sans_choix or message.ins is None:
        return Effet.RIEN
    if not message.identite_validee:
        raise MessageRefuse("identite_non_validee", "L'identité du patient n'est pas validée (PID-32).")
    for choix in (message.alimentation, message.consultation):
        if choix is not None and choix.quand is not None and choix.quand > maintenant + _AVANCE:
            raise MessageRefuse("zfa_invalide", "Une date du segment ZFA est dans le futur.")
    dossier_id = resoudre(message.ins)
    if dossier_id is None:
        tracer_hors_dossier(
            acteur, contexte, Acte(Action.CHOIX_ETABLISSEMENT, motif="aucun_dossier"), hacher(message.ins)
        )
        return Effet.RIEN
    with portee_et_situation(dossier_id, acteur) as vue:
        if not etats.cas(etats.Geste.ALIMENTER, vue.etat).permis:
            return Effet.RIEN
        change = _garder(dossier_id, acteur.structure_id, message, maintenant)
        if change:
            oppose = message.alimentation is not None and message.alimentation.valeur == "IO"
            tracer(
                dossier_id,
                acteur,
                contexte,
                Acte(Action.CHOIX_ETABLISSEMENT, motif="opposition" if oppose else ""),
            )
        if vue.etat in ETATS_OUVERTS and _autoriser(dossier_id, acteur, message, contexte, maintenant):
            return Effet.AUTORISATION
    return Effet.CHOIX if change else Effet.RIEN


_GARDER = """
INSERT INTO acces_choixetablissement AS c (dossier_id, structure_id, alimentation, alimentation_le, consultation,
    consultation_le, recu_le)
VALUES (%(dossier)s, %(structure)s, COALESCE(%(alimentation)s, 'NA'), %(alimentation_le)s,
    COALESCE(%(consultation)s, 'NA'), %(consultation_le)s, %(quand)s)
ON CONFLICT (dossier_id, structure_id) DO UPDATE SET
    alimentation = CASE WHEN {a} THEN EXCLUDED.alimentation ELSE c.alimentation END,
    alimentation_le = CASE WHEN {a} THEN EXCLUDED.alimentation_le ELSE c.alimentation_le END,
    consultation = CASE WHEN {c} THEN EXCLUDED.consultation ELSE c.consultation END,
    consultation_le = CASE WHEN {c} THEN EXCLUDED.consultation_le ELSE c.consultation_le END,
    recu_le = EXCLUDED.recu_le
WHERE {a} OR {c} RETURNING 1
"""


def _plus_recent(nom: str) -> str:
    """« Not collected » never undoes a choice; of two choices the later wins, and the same one changes nothing."""
    return (
        f"(%({nom})s::text IS NOT NULL AND EXCLUDED.{nom}_le IS NOT NULL AND EXCLUDED.{nom} <> 'NA'"
        f" AND (c.{nom}_le IS NULL OR c.{nom}_le < EXCLUDED.{nom}_le))"
    )


def _garder(dossier_id: UUID, structure_id: str, message: MessageAdt, maintenant: datetime) -> bool:
    """Whether something changed."""
    valeurs: dict[str, object] = {"dossier": dossier_id, "structure": structure_id, "quand": maintenant}
    dits: list[Choix] = []
    for nom, choix in (("alimentation", message.alimentation), ("consultation", message.consultation)):
        valeurs[nom] = choix.valeur if choix else None
        valeurs[f"{nom}_le"] = choix.quand if choix and choix.valeur != "NA" else None
        if choix is not None and choix.valeur != "NA":
            dits.append(choix)
    if not dits:
        return False
    sql = _GARDER.format(a=_plus_recent("alimentation"), c=_plus_recent("consultation"))
    return bool(lire_sql(sql, valeurs))


def _autoriser(
    dossier_id: UUID, acteur: Acteur, message: MessageAdt, contexte: Contexte, maintenant: datetime
) -> bool:
    """Record the consent that the named doctor collected, for as long as any (FHR-52, ACC-16); whether it was done.

    Only what he could have recorded himself: he practises there, nobody blocked him, no express agreement is due.
    """
    accord = message.consultation
    if not settings.ES_ADT_AUTORISATIONS or accord is None or accord.valeur != "IC" or accord.quand is None:
        return False
    fin = accord.quand + timedelta(hours=settings.ES_CONSENTEMENT_PONCTUEL_H)
    medecin = _medecin(message.medecin, acteur.structure_id)
    if medecin is None or fin <= maintenant:
        return False
    if acteur_exige_accord_expres(medecin) or lit_en_equipe_seulement(medecin.profession_systeme):
        return False
    sienne = situation(dossier_id, medecin)
    if not sienne.actif or sienne.consentement in (EtatConsentement.VALIDE, EtatConsentement.INTERDITE):
        return False
    retire = Consentement.objects.filter(
        dossier_id=dossier_id, rpps=medecin.rpps, retire_le__gte=accord.quand
    ).exists()
    if retire:
        # The holder took it back since: an older message does not give it again (ACC-15).
        return False
    Consentement.objects.create(
        dossier_id=dossier_id, id=uuid7(), genre="ponctuel", rpps=medecin.rpps, recueilli_le=accord.quand, expire_le=fin,
        recueilli_par=medecin.rpps, recueilli_par_nom=medecin.nom, structure_id=acteur.structure_id,
        structure_nom=acteur.structure_nom, mode_recueil="etablissement",
    )  # fmt: skip
    tracer(
        dossier_id, acteur, contexte,
        Acte(Action.CONSENTEMENT, motif="confrere", document_titre=medecin.nom[:255]),
    )  # fmt: skip
    avis.deposer(dossier_id, Genre.ACCORD_CONFRERE, datetime.now(UTC), par=acteur, confrere=medecin.nom)
    return True


def _medecin(rpps: str, structure_id: str) -> Acteur | None:
    """The doctor in the establishment, as the directory knows him; None when it does not."""
    if not rpps:
        return None
    try:
        siennes = situations(rpps)
    except ProfessionnelRefuse:
        return None
    ici = next((s for s in siennes if s.structure_id == structure_id), None)
    return acteur_professionnel(ici, deux_facteurs=True) if ici else None
