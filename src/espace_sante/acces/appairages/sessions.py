"""From a code to tokens, from one refresh token to the next, and their end (OID-28, RFC 6749 §4.1.3 and §6, RFC 9700).

A code serves once, a refresh token too: whoever shows one again may have stolen it, and everything that came of the
same authorization ends. Refusals are kept with the transaction, then raised.
"""

from __future__ import annotations

import hmac
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.conf import settings

from espace_sante.acces.appairages import droits, secrets
from espace_sante.acces.appairages.choix import droits_des
from espace_sante.acces.appairages.droits import Droit
from espace_sante.acces.models import Appairage, SessionAppairage
from espace_sante.dossier.models import Dossier
from espace_sante.identite import jetons_identite, revocations
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.jetons import DUREE_S, emettre_jeton, oublier
from espace_sante.identite.models import Logiciel
from espace_sante.kernel.codes import EtatProfil, GenreActeur
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.notifications import services as avis
from espace_sante.notifications.genres import Genre
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.ecriture import Acte, Action, Resultat, tracer


class JetonRefuse(EspaceSanteError):
    """No token (RFC 6749 §5.2): `code` is the OAuth error; detail `motif` is ours.

    Codes `invalid_grant`, `invalid_scope`. Motives `illisible`, `autre_client`, `deja_utilise`, `expire`,
    `autre_retour`, `pkce`, `autre_certificat`, `termine`, `dossier_ferme`, `portee`.
    """


@dataclass(frozen=True, slots=True)
class Remise:
    """What the service is given."""

    acteur: Acteur
    acces: str = field(repr=False)
    rafraichissement: str = field(repr=False)
    identite: str = field(repr=False)
    portees: frozenset[str]
    accordes: frozenset[Droit]


@dataclass(frozen=True, slots=True)
class Presente:
    """Who asks for tokens: the service that proved who it is, its certificate (`x5t#S256`) and its call."""

    service: Logiciel
    certificat: str
    contexte: Contexte


def echanger(qui: Presente, code: str, retour: str, verifieur: str) -> Remise:
    """The first tokens of an authorization. Raises JetonRefuse; a code that was shown wrong serves no more."""
    nomme = secrets.lire(secrets.Usage.CODE, code)
    if nomme is None:
        raise _refus("illisible")
    dossier_id, session_id = nomme
    with portee(dossier_id):
        session, appairage, refus = _charger(qui, dossier_id, session_id)
        if session is not None and appairage is not None and refus is None:
            refus = _juger_code(session, code, retour, verifieur)
            miennes = SessionAppairage.objects.filter(dossier_id=dossier_id, id=session_id)
            if refus == "deja_utilise":
                _couper(qui, appairage, session_id)
            elif refus != "illisible":
                miennes.update(code_utilise_le=datetime.now(UTC))
            if refus is None:
                miennes.update(certificat=qui.certificat)
                return _remettre(qui, session, appairage, frozenset())
            _tracer_refus(qui, dossier_id, refus)
    raise _refus(refus or "termine")


def rafraichir(qui: Presente, jeton: str, portees: frozenset[str] = frozenset()) -> Remise:
    """The next tokens; the former refresh token serves no more. Raises JetonRefuse.

    `portees`: fewer scopes than the consent, for this access token alone (empty: all of them).
    """
    nomme = secrets.lire(secrets.Usage.JETON, jeton)
    if nomme is None:
        raise _refus("illisible")
    dossier_id, session_id = nomme
    with portee(dossier_id):
        session, appairage, refus = _charger(qui, dossier_id, session_id)
        if session is not None and appairage is not None and refus is None:
            refus = _juger_jeton(qui, session, appairage, jeton, portees)
            if refus is None:
                return _remettre(qui, session, appairage, portees)
            if refus == "deja_utilise":
                _couper(qui, appairage, session_id)
            _tracer_refus(qui, dossier_id, refus)
    raise _refus(refus or "termine")


def rendre(qui: Presente, jeton: str) -> Acteur | None:
    """The service gives its refresh token back: everything of that authorization ends (RFC 7009). None: not its own."""
    nomme = secrets.lire(secrets.Usage.JETON, jeton)
    if nomme is None:
        return None
    dossier_id, session_id = nomme
    with portee(dossier_id):
        session, appairage, refus = _charger(qui, dossier_id, session_id)
        if session is None or appairage is None or refus is not None:
            return None
        terminer(dossier_id, session_id, datetime.now(UTC))
        tracer(dossier_id, _acteur(qui), qui.contexte, Acte(Action.APPAIRAGE_RETRAIT, motif="jeton_rendu"))
    return _acteur(qui)


def terminer(dossier_id: UUID, session_id: UUID, quand: datetime) -> None:
    """Every token of this authorization is worth nothing from now on, in every process (OID-20)."""
    SessionAppairage.objects.filter(dossier_id=dossier_id, id=session_id, terminee_le=None).update(
        terminee_le=quand, jeton=None
    )
    revocations.revoquer(session_id, quand + timedelta(seconds=DUREE_S))
    # Other processes hear of it with the COMMIT; the gate asks the database in any case.
    oublier(str(session_id))


def terminer_toutes(dossier_id: UUID, appairage_id: UUID, quand: datetime) -> None:
    """The same for every authorization of a pairing."""
    vivantes = SessionAppairage.objects.filter(
        dossier_id=dossier_id, appairage_id=appairage_id, terminee_le=None
    ).values_list("id", flat=True)
    for session_id in list(vivantes):
        terminer(dossier_id, session_id, quand)


def _charger(
    qui: Presente, dossier_id: UUID, session_id: UUID
) -> tuple[SessionAppairage | None, Appairage | None, str | None]:
    """The authorization and its pairing, locked, when they are in force and of this service."""
    session = (
        SessionAppairage.objects.select_for_update().filter(dossier_id=dossier_id, id=session_id).first()
    )
    if session is None:
        return None, None, "illisible"
    appairage = Appairage.objects.filter(dossier_id=dossier_id, id=session.appairage_id).first()
    if appairage is None or appairage.client_id != qui.service.client_id:
        # Says nothing to who tries another's: neither ended nor used.
        return None, None, "autre_client"
    if session.terminee_le is not None or appairage.retire_le is not None:
        return None, None, "termine"
    if not Dossier.objects.filter(dossier_id=dossier_id, etat=EtatProfil.ACTIVE.value).exists():
        return None, None, "dossier_ferme"
    return session, appairage, None


def _juger_code(session: SessionAppairage, code: str, retour: str, verifieur: str) -> str | None:
    if not hmac.compare_digest(bytes(session.code), secrets.empreinte(code)):
        return "illisible"
    if session.code_utilise_le is not None:
        return "deja_utilise"
    if session.code_expire_le <= datetime.now(UTC):
        return "expire"
    if session.retour != retour:
        return "autre_retour"
    return None if secrets.defi_tenu(session.defi, verifieur) else "pkce"


def _juger_jeton(
    qui: Presente, session: SessionAppairage, appairage: Appairage, jeton: str, portees: frozenset[str]
) -> str | None:
    if session.jeton is None:
        return "termine"
    if not hmac.compare_digest(bytes(session.jeton), secrets.empreinte(jeton)):
        return "deja_utilise"
    if session.jeton_expire_le is None or session.jeton_expire_le <= datetime.now(UTC):
        return "expire"
    if session.certificat and session.certificat != qui.certificat:
        return "autre_certificat"
    if not portees <= droits.portees(droits_des(appairage.lignes)):
        return "portee"
    return None


def _remettre(
    qui: Presente, session: SessionAppairage, appairage: Appairage, portees: frozenset[str]
) -> Remise:
    quand, dossier_id = datetime.now(UTC), session.dossier_id
    suivant, empreinte = secrets.faire(secrets.Usage.JETON, dossier_id, session.id)
    SessionAppairage.objects.filter(dossier_id=dossier_id, id=session.id).update(
        jeton=empreinte, jeton_expire_le=quand + timedelta(days=settings.ES_APPAIRAGE_JOURS)
    )
    accordes = droits_des(appairage.lignes)
    acteur = replace(
        _acteur(qui),
        dossier_id=dossier_id,
        session_id=session.id,
        portees=portees or droits.portees(accordes),
    )
    return Remise(
        acteur=acteur,
        acces=emettre_jeton(acteur, duree_s=settings.ES_APPAIRAGE_JETON_S, certificat=qui.certificat),
        rafraichissement=suivant,
        identite=jetons_identite.emettre(
            acteur.client_id,
            dossier_id,
            session.id,
            nonce=session.nonce,
            connecte_le=int(session.connecte_le.timestamp()),
        ),
        portees=acteur.portees,
        accordes=accordes,
    )


def _couper(qui: Presente, appairage: Appairage, session_id: UUID) -> None:
    """Shown twice: perhaps stolen. The authorization ends, and the holder is told."""
    quand = datetime.now(UTC)
    terminer(appairage.dossier_id, session_id, quand)
    avis.deposer(appairage.dossier_id, Genre.APPAIRAGE_COUPE, quand, service=appairage.nom)


def _tracer_refus(qui: Presente, dossier_id: UUID, motif: str) -> None:
    tracer(
        dossier_id,
        _acteur(qui),
        qui.contexte,
        Acte(Action.APPAIRAGE_ACCES, Resultat.REFUS, motif=f"jeton_{motif}"),
    )


def _acteur(qui: Presente) -> Acteur:
    return Acteur(GenreActeur.SERVICE, nom=qui.service.nom, client_id=qui.service.client_id)


def _refus(motif: str) -> JetonRefuse:
    code = "invalid_scope" if motif == "portee" else "invalid_grant"
    return JetonRefuse(code, "Ce code ou ce jeton n’est pas, ou plus, valable.", motif=motif)
