"""What operations do with programs, on the owner's connection (rules OID-31 to OID-34, ADR 0018).

The rooms above trace each act. Every server process hears at once of a program that may call no more.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Any, Final

import msgspec
from django.contrib.auth.hashers import make_password
from django.db import IntegrityError, transaction

from espace_sante.identite.logiciels.fiche import CERTIFICATS_MAX, Dn, Fiche, relire
from espace_sante.identite.logiciels.finalites import Declaration
from espace_sante.identite.logiciels.queries import annoncer
from espace_sante.identite.models import CertificatLogiciel, DemandeLogiciel, Logiciel, Structure
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ids import uuid7

PROPRIETAIRE: Final = "proprietaire"


class LogicielRefuse(EspaceSanteError):
    """Codes `logiciel_inconnu`, `logiciel_ferme`, `structure_inconnue`, `dn_pris`, `dn_en_trop`, `dn_inconnu`,
    `oid_pris`.
    """


def inscrire(demande: DemandeLogiciel, *, production: bool, base: str = PROPRIETAIRE) -> Logiciel:
    """Make the program of a demand, with its certificates. Raises LogicielRefuse: nothing is made.

    In production it stays at the stage `test`, where it gets no token, until `ouvrir_production` (OID-34).
    """
    fiche: Fiche = relire(demande.fiche)
    if fiche.structure and not Structure.objects.using(base).filter(id=fiche.structure).exists():
        raise LogicielRefuse("structure_inconnue", "Cette structure n'est pas dans l'annuaire.")
    declaration = fiche.service
    if declaration and oid_pris(declaration.solution_oid, base=base):
        raise LogicielRefuse("oid_pris", "Cet OID est déjà celui d'un service.")
    with transaction.atomic(using=base):
        logiciel = Logiciel.objects.using(base).create(
            client_id=demande.client_id, nom=fiche.produit, version=fiche.version, homologation=fiche.homologation,
            secret_hache="" if production else demande.secret_hache, portees=list(fiche.portees),
            structure_id=fiche.structure or None, actif=True, etape="test", editeur=fiche.raison_sociale,
            siret=fiche.siret, contact=fiche.contact, psc_client_id=fiche.psc_client_id, retours=list(fiche.retours),
            hotes_notification=list(fiche.notifications),
            **(_service(declaration) if declaration else {}),
        )  # fmt: skip
        for dn in fiche.certificats:
            ajouter_certificat(logiciel.client_id, dn, base=base)
    return logiciel


def _service(declaration: Declaration) -> dict[str, Any]:
    return {
        "service": True,
        "solution_oid": declaration.solution_oid,
        "presentation": declaration.presentation,
        "finalites": msgspec.to_builtins(declaration.finalites),
    }


def oid_pris(solution_oid: str, *, base: str = "default") -> bool:
    """Whether another service, even a closed one, has this OID: what is written tells its source by it (FHR-148)."""
    return Logiciel.objects.using(base).filter(solution_oid=solution_oid).exists()


def trouver(client_id: str, *, base: str = PROPRIETAIRE) -> Logiciel:
    """A program. Raises LogicielRefuse (`logiciel_inconnu`)."""
    trouve = Logiciel.objects.using(base).select_for_update().filter(client_id=client_id).first()
    if trouve is None:
        raise LogicielRefuse("logiciel_inconnu", "Aucun logiciel n'a cet identifiant.")
    return trouve


def suspendre(client_id: str, *, base: str = PROPRIETAIRE) -> None:
    """No new token, and living ones are refused at once (OID-32)."""
    _changer(client_id, base, actif=False)


def reprendre(client_id: str, *, base: str = PROPRIETAIRE) -> None:
    """The end of a suspension. Raises LogicielRefuse (`logiciel_ferme`)."""
    _changer(client_id, base, actif=True)


def fermer(client_id: str, *, base: str = PROPRIETAIRE) -> None:
    """For good: its certificates may serve another program."""
    with transaction.atomic(using=base):
        _changer(client_id, base, actif=False, etape="ferme", secret_hache="")
        CertificatLogiciel.objects.using(base).filter(logiciel=client_id, fin=None).update(
            fin=datetime.now(UTC)
        )


def ouvrir_production(client_id: str, conforme_le: date | None, *, base: str = PROPRIETAIRE) -> None:
    """The program may work in production, after its conformance run of that day (OID-34)."""
    _changer(client_id, base, etape="production", conforme_le=conforme_le)


def nouveau_secret(client_id: str, *, base: str = PROPRIETAIRE) -> str:
    """Another secret, shown once; the former is worth nothing."""
    secret = secrets.token_urlsafe(32)
    _changer(client_id, base, secret_hache=make_password(secret))
    return secret


def ajouter_certificat(client_id: str, dn: Dn, *, base: str = PROPRIETAIRE) -> None:
    """One more distinguished name, two at most at once (OID-33). Raises LogicielRefuse (`dn_en_trop`, `dn_pris`)."""
    with transaction.atomic(using=base):
        logiciel = trouver(client_id, base=base)
        tenus = CertificatLogiciel.objects.using(base).filter(logiciel=logiciel, fin=None)
        if tenus.filter(dn=dn.nom).exists():
            # The same name on a new certificate: only its end changes.
            tenus.filter(dn=dn.nom).update(expire_le=dn.expire_le or None, annonce_j=None)
            return
        if tenus.count() >= CERTIFICATS_MAX:
            raise LogicielRefuse(
                "dn_en_trop", "Deux certificats servent déjà : retirez l'ancien avant d'en ajouter un."
            )
        try:
            with transaction.atomic(using=base):
                CertificatLogiciel.objects.using(base).create(
                    id=uuid7(), logiciel=logiciel, dn=dn.nom, expire_le=dn.expire_le or None
                )
        except IntegrityError:
            raise LogicielRefuse("dn_pris", "Ce certificat est déjà celui d'un logiciel.") from None


def retirer_certificat(client_id: str, dn: str, *, base: str = PROPRIETAIRE) -> None:
    """This name proves nothing any more. Raises LogicielRefuse (`dn_inconnu`)."""
    faits = (
        CertificatLogiciel.objects.using(base)
        .filter(logiciel=client_id, dn=dn, fin=None)
        .update(fin=datetime.now(UTC))
    )
    if not faits:
        raise LogicielRefuse("dn_inconnu", "Ce logiciel n'a pas de certificat de ce nom.")


def changer_hotes(client_id: str, hotes: Sequence[str], *, base: str = PROPRIETAIRE) -> None:
    """The hosts that may be told of new documents from now on; a subscription to another one falls silent (FHR-168)."""
    _changer(client_id, base, hotes_notification=list(hotes))


def _changer(client_id: str, base: str, **valeurs: object) -> None:
    with transaction.atomic(using=base):
        logiciel = trouver(client_id, base=base)
        if logiciel.etape == "ferme":
            raise LogicielRefuse("logiciel_ferme", "Ce logiciel est fermé pour toujours.")
        Logiciel.objects.using(base).filter(client_id=client_id).update(**valeurs)
        annoncer(base=base)
