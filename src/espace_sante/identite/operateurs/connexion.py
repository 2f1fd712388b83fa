"""Login of an operator: password, then the code of an authenticator application (IDN-36, IDN-38, IDN-39, HLP-21)."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from django.contrib.auth.hashers import check_password, make_password
from django.db.models import Q
from django.http import HttpRequest

from espace_sante.identite import essais
from espace_sante.identite.comptes import CompteRefuse, valider_mot_de_passe
from espace_sante.identite.essais import ConnexionRefusee
from espace_sante.identite.models import FacteursOperateur
from espace_sante.identite.operateurs import totp


class CodeOperateurRefuse(ConnexionRefusee):
    """Code `code_incorrect`: wrong, too old, or used already. The person may try the next one."""


@dataclass(frozen=True, slots=True)
class PremierFacteur:
    """The password was right; opens nothing by itself."""

    operateur_id: UUID
    courriel: str
    a_enroler: bool


def authentifier(request: HttpRequest, courriel: str, mot_de_passe: str) -> PremierFacteur:
    """First factor. Raises ConnexionRefusee; unknown, ended and wrong cost and say the same (IDN-38)."""
    courriel = courriel.replace("\x00", "\ufffd").strip().lower()[:100]
    essais.exiger_libre(request, _cle(courriel))
    facteurs = _facteurs(Q(operateur__courriel=courriel))
    if facteurs is None:
        # The same work as for somebody: the time of the answer tells nothing.
        make_password(mot_de_passe[:128])
    elif check_password(mot_de_passe[:128], facteurs.mot_de_passe) and _utilisable(facteurs):
        return PremierFacteur(facteurs.operateur_id, courriel, facteurs.enrole_le is None)
    essais.compter(request, _cle(courriel))
    raise essais.echec(request, _cle(courriel))


def enroler(
    request: HttpRequest, operateur_id: UUID, secret: str, code: str, nouveau: str, confirmation: str
) -> FacteursOperateur:
    """Choose one's own password and second factor, once; a code proves that the application has the secret.

    Raises CompteRefuse (`mot_de_passe_refuse`), CodeOperateurRefuse, ConnexionRefusee; nothing is changed.
    """
    facteurs = _facteurs(Q(operateur=operateur_id, enrole_le=None))
    if facteurs is None or not _utilisable(facteurs):
        raise _refus_neutre()
    courriel = facteurs.operateur.courriel
    essais.exiger_libre(request, _cle(courriel))
    valider_mot_de_passe(nouveau, *facteurs.operateur.nom.split(), courriel.split("@")[0])
    if nouveau != confirmation:
        raise CompteRefuse("mot_de_passe_refuse", "Les deux mots de passe ne sont pas les mêmes.")
    if check_password(nouveau, facteurs.mot_de_passe):
        raise CompteRefuse("mot_de_passe_refuse", "Choisissez un autre mot de passe que celui reçu.")
    maintenant = datetime.now(UTC)
    pas = totp.pas_du_code(secret, code, maintenant, facteurs.dernier_pas)
    if pas is None:
        raise _code_refuse(request, courriel)
    # One enrolment wins: the condition is checked with the write.
    faits = FacteursOperateur.objects.filter(
        operateur=operateur_id, enrole_le=None, mot_de_passe=facteurs.mot_de_passe
    ).update(
        mot_de_passe=make_password(nouveau), provisoire_jusqua=None, enrole_le=maintenant, changes_le=maintenant,
        totp_scelle=totp.sceller(secret, operateur_id), dernier_pas=pas,
    )  # fmt: skip
    if not faits:
        raise _refus_neutre()
    essais.oublier(_cle(courriel))
    return FacteursOperateur.objects.select_related("operateur").get(operateur=operateur_id)


def verifier_code(request: HttpRequest, operateur_id: UUID, code: str) -> FacteursOperateur:
    """Second factor; a code serves once, even for two requests at the same time (RFC 6238, 5.2).

    Raises CodeOperateurRefuse, ConnexionRefusee. Wrong codes count with wrong passwords (IDN-39).
    """
    facteurs = _facteurs(Q(operateur=operateur_id, enrole_le__isnull=False))
    if facteurs is None or facteurs.totp_scelle is None:
        raise _refus_neutre()
    courriel = facteurs.operateur.courriel
    essais.exiger_libre(request, _cle(courriel))
    secret = totp.desceller(bytes(facteurs.totp_scelle), operateur_id)
    pas = totp.pas_du_code(secret, code, datetime.now(UTC), facteurs.dernier_pas)
    pris = pas is not None and FacteursOperateur.objects.filter(
        operateur=operateur_id, dernier_pas__lt=pas, changes_le=facteurs.changes_le
    ).update(dernier_pas=pas)
    if not pris:
        raise _code_refuse(request, courriel)
    essais.oublier(_cle(courriel))
    return facteurs


def _facteurs(condition: Q) -> FacteursOperateur | None:
    return (
        FacteursOperateur.objects.select_related("operateur")
        .filter(condition, operateur__desactive_le=None)
        .first()
    )


def _utilisable(facteurs: FacteursOperateur) -> bool:
    return facteurs.provisoire_jusqua is None or facteurs.provisoire_jusqua > datetime.now(UTC)


def _code_refuse(request: HttpRequest, courriel: str) -> ConnexionRefusee:
    essais.compter(request, _cle(courriel))
    refus = essais.echec(request, _cle(courriel))
    if refus.code == "compte_bloque":
        return refus
    return CodeOperateurRefuse(
        "code_incorrect", "Ce code n'est pas le bon, ou il a déjà servi. Attendez le suivant."
    )


def _refus_neutre() -> ConnexionRefusee:
    return ConnexionRefusee("identifiants_incorrects", "Cette connexion ne peut pas continuer. Recommencez.")


def _cle(courriel: str) -> str:
    # Apart from the holders' identifiers: holding one must not hold the other.
    return f"operateur:{courriel}"
