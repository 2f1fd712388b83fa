"""What a publisher says of his software, read whole with every fault (rules OID-19, OID-30, OID-31). Pure."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any, Final
from urllib.parse import urlsplit

import msgspec

from espace_sante.identite.logiciels.erreurs import FicheRefusee
from espace_sante.identite.logiciels.finalites import Declaration
from espace_sante.identite.portees import ALIMENTATION, ALIMENTATION_SMART, INTROSPECTION, PERSONNE, couvertes
from espace_sante.kernel.errors import EspaceSanteError
from espace_sante.kernel.identifiants import IdentifiantInvalide, struct_idnat
from espace_sante.kernel.traits import plier
from espace_sante.platform import certificats
from espace_sante.platform.appel_sortant import AppelRefuse, lire_adresse
from espace_sante.platform.certificats import CertificatRefuse

CERTIFICATS_MAX: Final = 2
_RETOURS_MAX: Final = 10
HOTES_MAX: Final = 10
_LOCAUX: Final = frozenset({"127.0.0.1", "localhost", "::1"})
_COURRIEL: Final = re.compile(r"[^@\s]{1,64}@[^@\s.]+(?:\.[^@\s.]+)+")
_TEXTES: Final = {"raison_sociale": 120, "produit": 120, "version": 40, "contact": 100}
_FACULTATIFS: Final = {"homologation": 60, "psc_client_id": 80, "attestation": 4_000}
DEMANDABLES: Final = PERSONNE | ALIMENTATION | ALIMENTATION_SMART | {INTROSPECTION}


class Dn(msgspec.Struct, frozen=True):
    """A distinguished name; `expire_le` (ISO) when the certificate itself was given."""

    nom: str
    expire_le: str = ""


class Fiche(msgspec.Struct, frozen=True, kw_only=True):
    """One registration. `metadonnees`: codes that the publisher's deposits have by default.

    `service`: of a service that people pair with. `attestation`: what a test service said of the software (OID-34).
    `notifications`: hosts that may be told of new documents (FHR-168).
    """

    raison_sociale: str
    siret: str
    produit: str
    version: str
    contact: str
    homologation: str = ""
    psc_client_id: str = ""
    structure: str = ""
    ins_qualifiee: bool = False
    portees: tuple[str, ...] = ()
    retours: tuple[str, ...] = ()
    certificats: tuple[Dn, ...] = ()
    metadonnees: dict[str, str] = {}
    attestation: str = ""
    notifications: tuple[str, ...] = ()
    service: Declaration | None = None


def lire(donnees: Mapping[str, str], portees: list[str], *, production: bool, service: bool = False) -> Fiche:
    """The registration that was typed. Raises FicheRefusee with every field to correct.

    `service`: people give it its scopes, by what it declares (identite.logiciels.finalites).
    """
    fautes: dict[str, str] = {}
    valeurs: dict[str, Any] = {}
    for nom, maximum in {**_TEXTES, **_FACULTATIFS}.items():
        valeurs[nom] = " ".join(donnees.get(nom, "").split())
        if len(valeurs[nom]) > maximum or "\x00" in valeurs[nom]:
            fautes[nom] = f"Écrivez {maximum} caractères au plus."
        elif not valeurs[nom] and nom in _TEXTES:
            fautes[nom] = "Remplissez ce champ."
    if "contact" not in fautes and not _COURRIEL.fullmatch(valeurs["contact"]):
        fautes["contact"] = "Donnez une adresse électronique, par exemple equipe@editeur.fr."
    valeurs["siret"] = "".join(donnees.get("siret", "").split())
    if not siret_valide(valeurs["siret"]):
        fautes["siret"] = "Un SIRET compte 14 chiffres ; l'un d'eux n'est pas le bon."
    for nom, lecture in (
        ("structure", _structure),
        ("retours", lambda texte: _retours(texte, production=production)),
        ("certificats", _certificats),
        ("notifications", lire_hotes),
    ):
        try:
            valeurs[nom] = lecture(donnees.get(nom, ""))
        except EspaceSanteError as faute:
            fautes[nom] = faute.message
    if production and not valeurs.get("certificats") and "certificats" not in fautes:
        fautes["certificats"] = "En production, un certificat est nécessaire."
    if not service and (not portees or not couvertes(portees, DEMANDABLES)):
        fautes["portees"] = "Choisissez au moins une portée de la liste."
    valeurs["metadonnees"] = {
        c: donnees[c].strip()[:60] for c in ("etablissement", "cadre") if donnees.get(c, "").strip()
    }
    valeurs["ins_qualifiee"] = donnees.get("ins_qualifiee") == "oui"
    if fautes:
        raise FicheRefusee("fiche_invalide", "Corrigez les champs signalés.", champs=fautes)
    return Fiche(**valeurs, portees=tuple(sorted(set(portees))))


def relire(brut: Mapping[str, Any]) -> Fiche:
    """A registration as it was kept."""
    return msgspec.convert(brut, Fiche)


def nouveau_client_id(produit: str) -> str:
    """A name for machines, from the product's: readable, and never given twice."""
    racine = re.sub(r"[^a-z0-9]+", "-", plier(produit).lower()).strip("-")[:40] or "logiciel"
    return f"{racine}-{secrets.token_hex(4)}"


def siret_valide(numero: str) -> bool:
    """Fourteen digits and Luhn's key."""
    if len(numero) != 14 or not (numero.isascii() and numero.isdigit()):
        return False
    doubles = (int(c) * (2 if rang % 2 == 0 else 1) for rang, c in enumerate(numero))
    return sum(d - 9 if d > 9 else d for d in doubles) % 10 == 0


def retour_admis(adresse: str, *, production: bool) -> bool:
    """A return address that may be registered (OID-30): https, or http on this machine outside production."""
    try:
        lue = urlsplit(adresse)
        _ = lue.port
    except ValueError:
        return False
    if not lue.hostname or lue.fragment or lue.username is not None or "*" in adresse or len(adresse) > 255:
        return False
    return lue.scheme == "https" or (lue.scheme == "http" and lue.hostname in _LOCAUX and not production)


def _retours(texte: str, *, production: bool) -> tuple[str, ...]:
    adresses = tuple(dict.fromkeys(texte.split()))
    if len(adresses) > _RETOURS_MAX or not all(retour_admis(a, production=production) for a in adresses):
        raise FicheRefusee(
            "fiche_invalide",
            "Donnez une adresse https par ligne, complète, sans joker ni fragment, dix au plus.",
        )
    return adresses


def lire_hotes(texte: str) -> tuple[str, ...]:
    """Hosts of notifications, one a word, each in the form that calls are compared in. Raises FicheRefusee (FHR-168)."""
    try:
        lus = [lire_adresse(f"https://{h}") for h in texte.split()]
    except AppelRefuse:
        lus = []
    hotes = tuple(dict.fromkeys(a.hote for a in lus))
    if len(lus) != len(texte.split()) or len(hotes) > HOTES_MAX or any(a.chemin != "/" for a in lus):
        raise FicheRefusee(
            "fiche_invalide",
            f"Donnez un nom d’hôte par ligne, avec son port s’il n’est pas 443, {HOTES_MAX} au plus.",
        )
    return hotes


def _structure(texte: str) -> str:
    texte = "".join(texte.split())
    if not texte or (len(texte) == 10 and texte.startswith("1")):
        return texte
    try:
        return struct_idnat(texte)
    except IdentifiantInvalide:
        raise FicheRefusee(
            "fiche_invalide", "Donnez le FINESS de la structure, en neuf caractères."
        ) from None


def _certificats(texte: str) -> tuple[Dn, ...]:
    """Certificates in PEM, or distinguished names, one a line; two at most (OID-33)."""
    texte = texte.strip()
    if "-----BEGIN" in texte:
        morceaux = [f"-----BEGIN{m}" for m in texte.split("-----BEGIN")[1:]]
        lus = [certificats.lire_pem(m) for m in morceaux[: CERTIFICATS_MAX + 1]]
        dns = tuple(dict.fromkeys(Dn(c.dn, c.expire_le.isoformat()) for c in lus))
    else:
        dns = tuple(
            dict.fromkeys(
                Dn(certificats.dn_canonique(ligne)) for ligne in texte.splitlines() if ligne.strip()
            )
        )
    if len(dns) > CERTIFICATS_MAX:
        raise CertificatRefuse("dn_en_trop", "Deux certificats au plus servent en même temps.")
    return dns
