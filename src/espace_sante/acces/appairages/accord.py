"""The holder says yes or no to a service, changes his mind, takes it back (rules OID-28, CAT-25, CAT-29).

Every function works in the holder's opened space; each act is in his history, a yes is also told to him by a notice.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import UUID

from django.conf import settings
from django.db.models import QuerySet

from espace_sante.acces.appairages import secrets
from espace_sante.acces.appairages.choix import Ligne, lire_lignes
from espace_sante.acces.appairages.demandes import Demande, lignes_de, offres_de
from espace_sante.acces.appairages.sessions import terminer_toutes
from espace_sante.acces.models import Appairage, SessionAppairage
from espace_sante.acces.mon_espace import MonEspace
from espace_sante.identite.models import Logiciel
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ids import uuid7
from espace_sante.notifications import services as avis
from espace_sante.notifications.genres import Genre
from espace_sante.traces.ecriture import Acte, Action, Resultat

# A person's own list of what ended: enough to look back.
_ANCIENS_MAX: Final = 50


class AppairageImpossible(EspaceSanteError):
    """Codes `rien_coche`, `appairage_inconnu`."""


@dataclass(frozen=True, slots=True)
class AppairageVu:
    """A pairing as its holder sees it. `service` None: the program is no longer known."""

    id: UUID
    client_id: str
    nom: str
    lignes: frozenset[Ligne]
    cree_le: datetime
    modifie_le: datetime | None
    utilise_le: datetime | None
    retire_le: datetime | None
    service: Logiciel | None

    @property
    def suspendu(self) -> bool:
        """The service may not call at the moment."""
        return self.service is None or not self.service.actif or not self.service.service


def accorder(espace: MonEspace, demande: Demande, cochees: Iterable[str], connecte_le: datetime) -> str:
    """Pair the service with what was ticked, and nothing beyond what it asked for; the code to send it back with.

    Rights that this request does not speak of stay as they were. Raises AppairageImpossible (`rien_coche`).
    """
    choisies = lire_lignes(cochees) & demande.lignes
    if not choisies:
        raise AppairageImpossible("rien_coche", "Cochez au moins une case, ou refusez.")
    quand = datetime.now(UTC)
    en_force = _en_force(espace.dossier_id).filter(client_id=demande.service.client_id)
    appairage = en_force.select_for_update().first()
    if appairage is None:
        appairage = Appairage.objects.create(
            dossier_id=espace.dossier_id, id=uuid7(), client_id=demande.service.client_id, nom=demande.service.nom,
            lignes=_textes(choisies), cree_le=quand,
        )  # fmt: skip
        espace.consigner(_acte(Action.APPAIRAGE, appairage))
        avis.deposer(espace.dossier_id, Genre.APPAIRAGE, quand, service=appairage.nom)
    else:
        _remplacer(espace, appairage, (lire_lignes(appairage.lignes) - demande.lignes) | choisies, quand)
    session_id = uuid7()
    code, empreinte = secrets.faire(secrets.Usage.CODE, espace.dossier_id, session_id)
    SessionAppairage.objects.create(
        dossier_id=espace.dossier_id, id=session_id, appairage_id=appairage.id, cree_le=quand, code=empreinte,
        code_expire_le=quand + timedelta(seconds=settings.ES_APPAIRAGE_CODE_S), defi=demande.defi,
        retour=demande.retour, nonce=demande.nonce, connecte_le=connecte_le,
    )  # fmt: skip
    return code


def decliner(espace: MonEspace, demande: Demande) -> None:
    """The holder refused: nothing is kept but the trace."""
    espace.consigner(
        Acte(Action.APPAIRAGE, Resultat.REFUS, motif="refus_du_titulaire", document_titre=demande.service.nom)
    )


def lister(espace: MonEspace) -> list[AppairageVu]:
    """Pairings in force, the last one first, then those that ended."""
    tous = Appairage.objects.filter(dossier_id=espace.dossier_id)
    en_force = list(tous.filter(retire_le=None).order_by("-cree_le"))
    anciens = list(tous.filter(retire_le__isnull=False).order_by("-retire_le")[:_ANCIENS_MAX])
    services = Logiciel.objects.in_bulk({a.client_id for a in en_force})
    return [_vu(a, services.get(a.client_id)) for a in (*en_force, *anciens)]


def trouver(espace: MonEspace, appairage_id: UUID) -> AppairageVu:
    """One pairing in force. Raises AppairageImpossible (`appairage_inconnu`)."""
    appairage = _un(espace, appairage_id)
    return _vu(appairage, Logiciel.objects.filter(client_id=appairage.client_id).first())


def lignes_offertes(vu: AppairageVu) -> frozenset[Ligne]:
    """What the holder may tick now: what the service declares, and what he already gave."""
    declarees = lignes_de(offres_de(vu.service)) if vu.service is not None else frozenset()
    return declarees | vu.lignes


def changer(espace: MonEspace, appairage_id: UUID, cochees: Iterable[str]) -> bool:
    """Give or take back kinds one by one; from the next call of the service. False when nothing changed.

    Raises AppairageImpossible (`appairage_inconnu`, `rien_coche`).
    """
    appairage = _un(espace, appairage_id)
    vu = _vu(appairage, Logiciel.objects.filter(client_id=appairage.client_id).first())
    voulues = lire_lignes(cochees) & lignes_offertes(vu)
    if not voulues:
        raise AppairageImpossible("rien_coche", "Cochez au moins une case, ou retirez ce service.")
    return _remplacer(espace, appairage, voulues, datetime.now(UTC))


def retirer(espace: MonEspace, appairage_id: UUID) -> bool:
    """End a pairing: its tokens are worth nothing from now on, in every process. False when it was not in force."""
    appairage = _en_force(espace.dossier_id).filter(id=appairage_id).select_for_update().first()
    if appairage is None:
        return False
    quand = datetime.now(UTC)
    _en_force(espace.dossier_id).filter(id=appairage_id).update(retire_le=quand, retire_par="titulaire")
    terminer_toutes(espace.dossier_id, appairage_id, quand)
    espace.consigner(_acte(Action.APPAIRAGE_RETRAIT, appairage))
    return True


def _remplacer(espace: MonEspace, appairage: Appairage, lignes: frozenset[Ligne], quand: datetime) -> bool:
    if lignes == lire_lignes(appairage.lignes):
        return False
    _en_force(espace.dossier_id).filter(id=appairage.id).update(lignes=_textes(lignes), modifie_le=quand)
    espace.consigner(_acte(Action.APPAIRAGE_CHANGE, appairage))
    return True


def _un(espace: MonEspace, appairage_id: UUID) -> Appairage:
    trouve = _en_force(espace.dossier_id).filter(id=appairage_id).select_for_update().first()
    if trouve is None:
        raise AppairageImpossible("appairage_inconnu", "Ce service n’est pas, ou plus, relié à votre espace.")
    return trouve


def _en_force(dossier_id: UUID) -> QuerySet[Appairage]:
    return Appairage.objects.filter(dossier_id=dossier_id, retire_le=None)


def _acte(action: Action, appairage: Appairage) -> Acte:
    return Acte(action, document_titre=appairage.nom)


def _textes(lignes: frozenset[Ligne]) -> list[str]:
    return sorted(str(ligne) for ligne in lignes)


def _vu(a: Appairage, service: Logiciel | None) -> AppairageVu:
    return AppairageVu(
        a.id,
        a.client_id,
        a.nom,
        lire_lignes(a.lignes),
        a.cree_le,
        a.modifie_le,
        a.utilise_le,
        a.retire_le,
        service,
    )
