"""Programs of publishers: asked on a page, judged by an operator, made by the worker (OID-31, OID-35, ADR 0018)."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from espace_sante.acces.conformite import attestation
from espace_sante.acces.conformite.attestation import Attestation, AttestationRefusee
from espace_sante.acces.operation.actes import noter, role_pour
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.logiciels.erreurs import FicheRefusee
from espace_sante.identite.logiciels.fiche import Fiche, nouveau_client_id, relire
from espace_sante.identite.logiciels.gestion import oid_pris
from espace_sante.identite.models import (
    CertificatLogiciel,
    DecisionLogiciel,
    DemandeLogiciel,
    Logiciel,
    Structure,
    SuiteLogiciel,
)
from espace_sante.identite.operateurs.roles import Role
from espace_sante.kernel.codes import GenreActeur
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ids import uuid7
from espace_sante.traces.ecriture import Acte, Action, tracer_hors_dossier

ROLE: Final = Role.SECURITE
# Anybody may ask: more than this in an hour is no publisher.
PAR_HEURE: Final = 20
MOTIF_MAX: Final = 500


class DemandeRefusee(EspaceSanteError):
    """Codes `trop_de_demandes`, `demande_inconnue`, `demande_deja_jugee`, `motif_absent`."""


@dataclass(frozen=True, slots=True, repr=False)
class Identifiants:
    """What a publisher is given, once. `secret` is empty where only certificates serve."""

    client_id: str
    secret: str


@dataclass(frozen=True, slots=True)
class DemandeVue:
    """A demand, what was said of it, and what the worker did."""

    demande: DemandeLogiciel
    fiche: Fiche
    decision: DecisionLogiciel | None
    suite: SuiteLogiciel | None


def approuvees_aussitot() -> bool:
    """Outside production nobody has to approve: the sandbox opens at once (OID-31)."""
    return str(settings.ES_INSTANCE) != "production"


def demander(fiche: Fiche, *, contexte: Contexte) -> Identifiants:
    """Keep a demand; outside production the worker makes the program at once. Raises DemandeRefusee, FicheRefusee."""
    _exiger_possible(fiche)
    maintenant = datetime.now(UTC)
    recentes = DemandeLogiciel.objects.filter(quand__gt=maintenant - timedelta(hours=1)).count()
    if recentes >= PAR_HEURE:
        raise DemandeRefusee("trop_de_demandes", "Beaucoup de demandes arrivent. Réessayez dans une heure.")
    client_id = nouveau_client_id(fiche.produit)
    secret = secrets.token_urlsafe(32) if approuvees_aussitot() else ""
    with transaction.atomic():
        demande = DemandeLogiciel.objects.create(
            id=uuid7(),
            quand=maintenant,
            client_id=client_id,
            secret_hache=make_password(secret) if secret else "",
            fiche=msgspec.to_builtins(fiche),
        )
        tracer_changement("demande", client_id, contexte=contexte)
        if approuvees_aussitot():
            _faire_plus_tard(demande.id)
    return Identifiants(client_id, secret)


def _exiger_possible(fiche: Fiche) -> None:
    """What the worker would refuse is told at once (it judges again). Raises FicheRefusee."""
    fautes = {}
    if fiche.structure and not Structure.objects.filter(id=fiche.structure).exists():
        fautes["structure"] = "Cette structure n'est pas dans l'annuaire."
    if CertificatLogiciel.objects.filter(dn__in=[c.nom for c in fiche.certificats], fin=None).exists():
        fautes["certificats"] = "Ce certificat est déjà celui d'un logiciel."
    if fiche.service and oid_pris(fiche.service.solution_oid):
        fautes["solution_oid"] = "Cet OID est déjà celui d'un service."
    if fiche.attestation and not approuvees_aussitot():
        try:
            attestation.lire(fiche.attestation, siret=fiche.siret, produit=fiche.produit)
        except AttestationRefusee as refus:
            fautes["attestation"] = refus.message
    if fautes:
        raise FicheRefusee("fiche_invalide", "Corrigez les champs signalés.", champs=fautes)


def attestee(fiche: Fiche) -> Attestation | None:
    """The passed run that a demand shows, judged again; None when it shows none that is good now (OID-34)."""
    if not fiche.attestation:
        return None
    try:
        return attestation.lire(fiche.attestation, siret=fiche.siret, produit=fiche.produit)
    except AttestationRefusee:
        return None


def lister(acteur: Acteur, *, limite: int = 100) -> list[DemandeVue]:
    """The last demands. Raises RoleRequis."""
    role_pour(acteur, ROLE)
    dernieres = list(DemandeLogiciel.objects.order_by("-quand", "-id")[:limite])
    cles = [d.id for d in dernieres]
    decisions, suites = DecisionLogiciel.objects.in_bulk(cles), SuiteLogiciel.objects.in_bulk(cles)
    return [DemandeVue(d, relire(d.fiche), decisions.get(d.id), suites.get(d.id)) for d in dernieres]


def une(acteur: Acteur, demande_id: UUID) -> DemandeVue:
    """One demand. Raises RoleRequis, DemandeRefusee (`demande_inconnue`)."""
    role_pour(acteur, ROLE)
    d = DemandeLogiciel.objects.filter(id=demande_id).first()
    if d is None:
        raise DemandeRefusee("demande_inconnue", "Cette demande n'existe pas.")
    return DemandeVue(
        d,
        relire(d.fiche),
        DecisionLogiciel.objects.filter(demande_id=d.id).first(),
        SuiteLogiciel.objects.filter(demande_id=d.id).first(),
    )


def programmes(acteur: Acteur, *, limite: int = 500) -> list[Logiciel]:
    """Programs and their certificates, by name. Raises RoleRequis."""
    role_pour(acteur, ROLE)
    return list(Logiciel.objects.prefetch_related("certificats").order_by("nom", "client_id")[:limite])


def juger(acteur: Acteur, demande_id: UUID, *, accord: bool, motif: str, contexte: Contexte) -> None:
    """Approve or refuse a demand, once; a refusal says why. Raises RoleRequis, DemandeRefusee."""
    role = role_pour(acteur, ROLE)
    vue = une(acteur, demande_id)
    motif = " ".join(motif.split())[:MOTIF_MAX]
    if not accord and not motif:
        raise DemandeRefusee("motif_absent", "Dites pourquoi la demande n'est pas acceptée.")
    if vue.decision is not None or vue.suite is not None or approuvees_aussitot():
        raise DemandeRefusee("demande_deja_jugee", "Cette demande n'attend plus de réponse.")
    with transaction.atomic():
        try:
            with transaction.atomic():
                DecisionLogiciel.objects.create(
                    demande_id=demande_id,
                    operateur_id=UUID(acteur.client_id),
                    quand=datetime.now(UTC),
                    accord=accord,
                    motif=motif,
                )
        except IntegrityError:
            raise DemandeRefusee("demande_deja_jugee", "Cette demande n'attend plus de réponse.") from None
        acte = "logiciel_accepte" if accord else "logiciel_refuse"
        noter(acteur, contexte, acte, role, objet=vue.demande.client_id)
        tracer_changement(acte, vue.demande.client_id, contexte=contexte, par=acteur)
        _faire_plus_tard(demande_id)


def tracer_changement(
    acte: str, client_id: str, *, contexte: Contexte, par: Acteur | None = None, nom: str = ""
) -> None:
    """Trace a change of a program (OID-35), by an operator, a command (`nom`: the account of the machine) or itself."""
    qui = par or Acteur(
        GenreActeur.OPERATEUR if nom else GenreActeur.SERVICE, client_id=(nom or client_id)[:80]
    )
    tracer_hors_dossier(qui, contexte, Acte(Action.LOGICIEL, motif=f"{acte} {client_id}"[:60]))


def _faire_plus_tard(demande_id: UUID) -> None:
    from espace_sante.acces.operation.taches import executer_demande_logiciel

    executer_demande_logiciel.defer(demande_id=str(demande_id))
