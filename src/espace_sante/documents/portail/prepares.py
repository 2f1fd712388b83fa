"""Deposits being prepared: kept sealed between the form and the confirmation, for their author alone. In a scope."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from espace_sante.documents import vie
from espace_sante.documents.ecriture import PROGRAMMER
from espace_sante.documents.models import DepotPrepare
from espace_sante.documents.portail.fichier import FichierExamine
from espace_sante.documents.portail.regles import Saisie
from espace_sante.platform.crypto import CleDossier
from espace_sante.platform.postgres.direct import lire

# As long as a professional's login at most (OID-08).
VIE: Final = timedelta(hours=4)
# What the daily job knows it by.
GENRE: Final = "prepare"


@dataclass(frozen=True, slots=True, repr=False)
class Prepare:
    """One of them. `fichier` is none while no acceptable file was sent. `cree_le` never changes: it dates the document."""

    id: UUID
    cree_le: datetime
    saisie: Saisie
    fichier: FichierExamine | None


def garder(dossier_id: UUID, par: str, prepare: Prepare, cle: CleDossier) -> None:
    """Write it, in place of what it was. It goes by itself when its time is over."""
    fichier = prepare.fichier
    dit = {"saisie": asdict(prepare.saisie), "fichier": None}
    if fichier:
        dit["fichier"] = {
            "nom": fichier.nom, "media": fichier.media, "converti": fichier.converti, "archive": fichier.archive
        }  # fmt: skip
    lire(
        "INSERT INTO documents_depotprepare (dossier_id, id, par, cree_le, saisie, fichier)"
        " VALUES (%s, %s, %s, %s, %s, %s) ON CONFLICT (dossier_id, id)"
        " DO UPDATE SET saisie = EXCLUDED.saisie, fichier = EXCLUDED.fichier RETURNING 1",
        [
            dossier_id, prepare.id, par, prepare.cree_le,
            cle.sceller(json.dumps(dit).encode(), prepare.id.bytes + b"saisie"),
            cle.sceller(fichier.contenu, prepare.id.bytes + b"fichier") if fichier else b"",
        ],
    )  # fmt: skip
    lire(PROGRAMMER, [dossier_id, prepare.id, GENRE, prepare.cree_le + VIE])


def retrouver(
    dossier_id: UUID, par: str, prepare_id: UUID, cle: CleDossier, *, quand: datetime
) -> Prepare | None:
    """That of this author, unless its time is over; None for anybody else's."""
    ligne = DepotPrepare.objects.filter(
        dossier_id=dossier_id, id=prepare_id, par=par, cree_le__gt=quand - VIE
    ).first()
    if ligne is None:
        return None
    dit = json.loads(cle.desceller(bytes(ligne.saisie), prepare_id.bytes + b"saisie"))
    fichier = None
    if dit["fichier"]:
        contenu = cle.desceller(bytes(ligne.fichier), prepare_id.bytes + b"fichier")
        fichier = FichierExamine(contenu=contenu, **dit["fichier"])
    return Prepare(prepare_id, ligne.cree_le, Saisie(**dit["saisie"]), fichier)


def oublier(dossier_id: UUID, par: str, prepare_id: UUID) -> None:
    """Deposited, or given up: nothing of it stays."""
    faits, _ = DepotPrepare.objects.filter(dossier_id=dossier_id, id=prepare_id, par=par).delete()
    if faits:
        vie.faite(dossier_id, prepare_id, GENRE)


def perimer(dossier_id: UUID, prepare_id: UUID) -> None:
    """Its time is over, whoever it belongs to (the daily job)."""
    DepotPrepare.objects.filter(dossier_id=dossier_id, id=prepare_id).delete()
