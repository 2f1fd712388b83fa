"""A holder's own account: password, lockout, one-time code (rules IDN-35 to IDN-39)."""

from __future__ import annotations

import re
import secrets
import uuid
from datetime import timedelta
from uuid import UUID

from django.conf import settings
from django.contrib.auth import authenticate
from django.contrib.auth.hashers import check_password
from django.contrib.auth.password_validation import validate_password
from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import F
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import constant_time_compare, salted_hmac

from espace_sante.identite import blocage, essais
from espace_sante.identite.essais import ConnexionRefusee as ConnexionRefusee
from espace_sante.identite.models import AncienMotDePasse, CodeUsageUnique, Compte
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.ins import Ins, InsInvalide
from espace_sante.platform import courriel

ESSAIS_CODE = 5
_IDENTIFIANT = re.compile(r"[a-z0-9._-]{8,100}")
_IBAN = re.compile(r"[a-z]{2}[0-9]{2}[a-z0-9]{11,30}")
_SORTES = (r"[a-zà-öø-ÿ]", r"[A-ZÀ-ÖØ-Þ]", r"[0-9]", r"[^\w\s]|_")


class CodeRefuse(EspaceSanteError):
    """Codes `code_incorrect`, `code_expire` (over, used or replaced), `code_epuise` (five tries) (IDN-37)."""


class CompteRefuse(EspaceSanteError):
    """An identifier or password breaks IDN-35 or IDN-36. Codes `identifiant_refuse`, `mot_de_passe_refuse`."""


def authentifier(request: HttpRequest, identifiant: str, mot_de_passe: str) -> Compte:
    """First factor. Raises ConnexionRefusee; an unknown identifier costs the same hashing (IDN-38)."""
    # What cannot be an identifier is looked for under a text that the database takes (no NUL), and is unknown.
    identifiant = identifiant.replace("\x00", "\ufffd").strip().lower()[:100]
    essais.exiger_libre(request, identifiant)
    compte = authenticate(request, identifiant=identifiant, password=mot_de_passe[:128])
    if isinstance(compte, Compte):
        return compte
    raise _echec(request, identifiant)


def envoyer_code(compte: Compte) -> None:
    """Replace the code of this account by a new one and send it (IDN-37). Raises CourrielNonEnvoye."""
    code = f"{secrets.randbelow(1_000_000):06d}"
    CodeUsageUnique.objects.update_or_create(
        compte=compte,
        defaults={
            "code_hache": _hacher(compte.id, code),
            "expire_le": timezone.now() + timedelta(minutes=settings.ES_CODE_DUREE_MIN),
            "essais": 0,
        },
    )
    courriel.envoyer(
        compte.courriel,
        "Votre code de connexion",
        f"Votre code de connexion est : {code}\n\n"
        f"Il est valable {settings.ES_CODE_DUREE_MIN} minutes et ne sert qu'une fois.\n"
        "Ne le donnez à personne : aucun service ne vous le demandera par téléphone ou par message.\n\n"
        "Vous n'avez pas demandé ce code ? Ne faites rien, puis changez votre mot de passe.\n",
    )


def verifier_code(request: HttpRequest, compte_id: UUID, code: str) -> Compte:
    """Second factor; a good code is used up. Raises CodeRefuse, ConnexionRefusee (`compte_bloque`).

    Wrong codes count with wrong passwords for the lockout: starting again does not give more tries (IDN-39).
    """
    chiffres = "".join(code.split())
    compte = Compte.objects.filter(id=compte_id).first()
    if compte is None:
        raise CodeRefuse("code_expire", "Ce code ne peut plus servir. Demandez un nouveau code.")
    essais.exiger_libre(request, compte.identifiant)
    with transaction.atomic():
        # The try is counted before it is judged, in one statement: parallel guesses cannot share one.
        compte_tente = CodeUsageUnique.objects.filter(
            compte_id=compte_id, essais__lt=ESSAIS_CODE, expire_le__gt=timezone.now()
        ).update(essais=F("essais") + 1)
        ligne = CodeUsageUnique.objects.filter(compte_id=compte_id).first()
    if ligne is None or not compte_tente:
        epuise = ligne is not None and ligne.essais >= ESSAIS_CODE
        code_refus = "code_epuise" if epuise else "code_expire"
        raise CodeRefuse(code_refus, "Ce code ne peut plus servir. Demandez un nouveau code.")
    if not constant_time_compare(ligne.code_hache, _hacher(compte_id, chiffres)):
        essais.compter(request, compte.identifiant)
        refus = _echec(request, compte.identifiant)
        if refus.code == "compte_bloque":
            raise refus
        if ligne.essais >= ESSAIS_CODE:
            raise CodeRefuse("code_epuise", "Ce code ne peut plus servir. Demandez un nouveau code.")
        raise CodeRefuse(
            "code_incorrect", "Ce code n'est pas le bon.", essais_restants=ESSAIS_CODE - ligne.essais
        )
    supprimes, _ = CodeUsageUnique.objects.filter(compte_id=compte_id, code_hache=ligne.code_hache).delete()
    if not supprimes or not compte.is_active:
        raise CodeRefuse("code_expire", "Ce code ne peut plus servir. Demandez un nouveau code.")
    essais.oublier(compte.identifiant)
    return compte


def creer_compte(dossier_id: UUID, identifiant: str, mot_de_passe: str, adresse: str) -> Compte:
    """A new account. Raises CompteRefuse (IDN-35, IDN-36)."""
    valider_identifiant(identifiant)
    valider_mot_de_passe(mot_de_passe, identifiant)
    if Compte.objects.filter(identifiant=identifiant).exists():
        raise CompteRefuse("identifiant_refuse", "Cet identifiant est déjà pris.")
    compte = Compte(id=uuid.uuid4(), identifiant=identifiant, dossier_id=dossier_id, courriel=adresse)
    compte.set_password(mot_de_passe)
    compte.save(force_insert=True)
    return compte


def changer_mot_de_passe(compte_id: UUID, nouveau: str, *personnel: str) -> None:
    """A new password, none of the last ones (IDN-36). Raises CompteRefuse(`mot_de_passe_refuse`), nothing changed.

    The caller has asked the current one, or a one-time code when it was forgotten (IDN-45, IDN-47).
    """
    with transaction.atomic():
        compte = Compte.objects.select_for_update().get(id=compte_id)
        valider_mot_de_passe(nouveau, compte.identifiant, *personnel)
        anciens = list(compte.anciens_mots_de_passe.order_by("-quitte_le", "-id"))
        # The present one is the first of those remembered.
        gardes = anciens[: settings.ES_MOTS_DE_PASSE_RETENUS - 1]
        if any(check_password(nouveau, h) for h in (compte.password, *(a.hache for a in gardes))):
            raise CompteRefuse(
                "mot_de_passe_refuse", "Vous avez déjà utilisé ce mot de passe. Choisissez-en un autre."
            )
        AncienMotDePasse.objects.filter(id__in=[a.id for a in anciens if a not in gardes]).delete()
        AncienMotDePasse.objects.create(compte=compte, hache=compte.password, quitte_le=timezone.now())
        compte.set_password(nouveau)
        compte.save(update_fields=["password"])


def valider_identifiant(identifiant: str) -> None:
    """Raises CompteRefuse(`identifiant_refuse`) (IDN-35)."""
    if not _IDENTIFIANT.fullmatch(identifiant):
        raise CompteRefuse(
            "identifiant_refuse",
            "L'identifiant compte 8 à 100 caractères : lettres minuscules sans accent, chiffres, point, tirets.",
        )
    if _IBAN.fullmatch(identifiant) or _est_matricule(identifiant):
        raise CompteRefuse("identifiant_refuse", "L'identifiant ne doit pas être un numéro personnel.")


def valider_mot_de_passe(mot_de_passe: str, *personnel: str) -> None:
    """Raises CompteRefuse(`mot_de_passe_refuse`); `personnel` holds what it must not contain (IDN-36)."""
    if len(mot_de_passe) > 128 or not all(re.search(sorte, mot_de_passe) for sorte in _SORTES):
        raise CompteRefuse(
            "mot_de_passe_refuse",
            "Le mot de passe compte 9 à 128 caractères, avec une minuscule, une majuscule, un chiffre et un signe.",
        )
    bas = mot_de_passe.lower()
    if any(len(p) >= 3 and p.lower() in bas for p in personnel):
        raise CompteRefuse(
            "mot_de_passe_refuse", "Le mot de passe ne doit pas contenir vos données personnelles."
        )
    try:
        validate_password(mot_de_passe)
    except ValidationError:
        raise CompteRefuse(
            "mot_de_passe_refuse", "Ce mot de passe est trop court ou trop courant. Choisissez-en un autre."
        ) from None


def _est_matricule(texte: str) -> bool:
    try:
        Ins.lire(texte.upper(), verifier_cle=False)
    except InsInvalide:
        return bool(re.fullmatch(r"[1-478][0-9]{4}([0-9]{2}|2[ab])[0-9]{6}", texte))
    return True


def _hacher(compte_id: UUID, code: str) -> str:
    # Keyed: six digits would be found at once from a plain hash. The code opens one account only.
    return salted_hmac("espace-sante/code", f"{compte_id}|{code}", algorithm="sha256").hexdigest()


def _echec(request: HttpRequest, identifiant: str) -> ConnexionRefusee:
    return essais.echec(request, identifiant, lambda duree: _prevenir(identifiant, duree))


def _prevenir(identifiant: str, duree: timedelta) -> None:
    compte = Compte.objects.filter(identifiant=identifiant).first()
    if compte is not None:
        attente = blocage.en_mots(duree)
        courriel.envoyer_en_fond(
            compte.courriel,
            f"Votre connexion est bloquée pour {attente}",
            "Il y a eu cinq essais de connexion refusés avec votre identifiant.\n"
            f"Par sécurité, la connexion est bloquée pendant {attente}.\n\n"
            "Ce n'était pas vous ? Changez votre mot de passe à votre prochaine connexion.\n",
        )
