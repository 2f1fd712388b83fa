"""One victim with secrets, and every kind of stranger who tries to learn them."""

from __future__ import annotations

import base64
import json
import time
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.test import Client
from joserfc import jwt
from joserfc.jwk import OctKey, OKPKey

from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.models import Consentement
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, ins, lot, professionnel, titulaire
from espace_sante.documents.metadonnees import Auteur
from espace_sante.dossier.services import NouveauDossier, creer
from espace_sante.identite import jetons
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.annuaire import acteur_structure
from espace_sante.identite.models import Compte, Logiciel, Professionnel, Structure
from espace_sante.identite.portees import ALIMENTATION, CONSULTATION
from espace_sante.kernel.codes import EtatProfil, GenreActeur, ModeAuthentification
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import Ins
from espace_sante.kernel.traits import Traits
from espace_sante.platform.postgres.rls import portee
from espace_sante.web.pro.tests.atelier import averti, connecter

NOM, PRENOM, COURRIEL = "ZYGOMATIQUE", "Philomène-Opportune", "philomene@zygomatique.example"
TITRE, DESCRIPTION, AUTEUR = "Bilan xérodermique confidentiel", "Remarque quincaillière", "KALEIDOSCOPE"
STRUCTURE_AUTEUR, MARQUE = "Clinique des Ornithorynques", b"CONTENU-SECRET-7f3a9c51"


@dataclass(frozen=True, slots=True)
class Victime:
    """A record, its ids that a stranger may have come to know, and what he must never read."""

    dossier_id: UUID
    ins: Ins
    documents: tuple[UUID, ...]
    entrees: tuple[UUID, ...]
    unique_ids: tuple[str, ...]
    lot_id: UUID
    lot_unique_id: str
    consentement: UUID

    @property
    def ids(self) -> tuple[UUID, ...]:
        return (self.dossier_id, *self.documents, *self.entrees, self.lot_id, self.consentement)

    @property
    def secrets_de_documents(self) -> tuple[str, ...]:
        codes = [base64.b64encode(b"%PDF-1.4 " + MARQUE)[8:-4].decode(), MARQUE.decode(), MARQUE.hex()]
        numeros = [u.removeprefix("urn:uuid:") for u in (*self.unique_ids, self.lot_unique_id)]
        return (
            TITRE,
            "xérodermique",
            "x\\u00e9rodermique",
            DESCRIPTION,
            AUTEUR,
            STRUCTURE_AUTEUR,
            *codes,
            *numeros,
        )

    @property
    def secrets_d_identite(self) -> tuple[str, ...]:
        m = self.ins.matricule
        ecrit = f"{m[0]} {m[1:3]} {m[3:5]} {m[5:7]} {m[7:10]} {m[10:13]}"
        return (m, m[:13], ecrit, NOM, PRENOM, "Philom\\u00e8ne", COURRIEL)


def victime() -> Victime:
    """An open record with two documents, one of them masked, and a consent."""
    numero, dossier_id = ins(4242), uuid7()
    creer(
        NouveauDossier(
            dossier_id=dossier_id,
            ins=numero,
            traits=Traits(NOM, PRENOM, "1961-07-19", "F", "14118"),
            etat=EtatProfil.ACTIVE,
            etat_depuis=datetime.now(UTC),
            courriel=COURRIEL,
        )
    )
    Compte.objects.create(id=uuid7(), identifiant="victime", dossier_id=dossier_id, courriel=COURRIEL)
    depositaire = professionnel("99000000050", structure="1990000050")
    auteur = Auteur(
        "personne", idnat="899000000099", nom=AUTEUR, prenom="Z", structure_idnat="1990000099",
        structure_nom=STRUCTURE_AUTEUR,
    )  # fmt: skip
    deposes = tuple(
        document(
            contenu=b"%PDF-1.4 " + MARQUE + str(masque).encode(),
            titre=TITRE,
            description=DESCRIPTION,
            auteurs=(auteur,),
            masque_ps=masque,
        )
        for masque in (False, True)
    )
    un_lot = replace(lot(depositaire, *deposes), titre=TITRE)
    alimenter(depositaire, dossier_id, un_lot, contexte=CONTEXTE)
    accord = recueillir_consentement(depositaire, dossier_id, contexte=CONTEXTE)
    return Victime(
        dossier_id,
        numero,
        tuple(d.id for d in deposes),
        tuple(d.entree for d in deposes),
        tuple(d.metadonnees.unique_id for d in deposes),
        un_lot.id,
        un_lot.unique_id,
        accord.id,
    )


# ---------------------------------------------------------------------------------------------
# Programs


@dataclass(frozen=True, slots=True)
class Programme:
    """A caller of /fhir. `autorise`: the existence test (TD0.2) is open to it, with its identity traits (FHR-47)."""

    nom: str
    entetes: dict[str, str]
    autorise: bool = False


def _avec(acteur: Acteur, client_id: str = "lps", **autres: Any) -> Acteur:
    Logiciel.objects.get_or_create(client_id=client_id, defaults={"nom": client_id})
    return replace(acteur, client_id=client_id, **{"portees": CONSULTATION, **autres})


def _porteur(jeton: str, qualifiee: bool = True) -> dict[str, str]:
    return {"Authorization": f"Bearer {jeton}", **({"X-MES-Identite": "VALI"} if qualifiee else {})}


def consentir(acteur: Acteur, v: Victime) -> UUID:
    """The holder agreed to be read by that professional, by hand, whatever he is."""
    identifiant, quand = uuid7(), datetime.now(UTC)
    with portee(v.dossier_id):
        Consentement.objects.create(
            dossier_id=v.dossier_id,
            id=identifiant,
            genre="ponctuel",
            rpps=acteur.rpps,
            recueilli_le=quand,
            expire_le=quand + timedelta(hours=8),
            recueilli_par=acteur.rpps,
            recueilli_par_nom="x",
        )
    return identifiant


def consenti(v: Victime, rpps: str = "99000000060") -> Acteur:
    """The one professional who may read: what proves that the walk would see a leak."""
    acteur = _avec(professionnel(rpps, structure="1990000060"))
    consentir(acteur, v)
    return acteur


def temoin(v: Victime) -> Programme:
    return Programme("a professional with consent", _porteur(jetons.emettre_jeton(consenti(v))), True)


def programmes(v: Victime) -> Iterator[Programme]:
    """Every kind of program that must learn nothing of the documents."""
    bon = consenti(v, "99000000061")
    valable = jetons.emettre_jeton(bon)
    yield from _sans_jeton_valable(bon, valable)
    for nom, acteur in _refuses(v):
        yield Programme(nom, _porteur(jetons.emettre_jeton(acteur)), autorise=bool(acteur.portees & _PATIENT))
    yield Programme("no qualified identity", _porteur(valable, qualifiee=False), True)
    yield Programme("identity not qualified, said so", {**_porteur(valable), "X-MES-Identite": "PROV"}, True)


_PATIENT = frozenset({"user/Patient.r", "system/Patient.r"})


def _sans_jeton_valable(bon: Acteur, valable: str) -> Iterator[Programme]:
    yield Programme("nobody", {})
    yield Programme("basic", {"Authorization": "Basic " + base64.b64encode(b"lps:lps").decode()})
    yield Programme("not a token", _porteur("essai"))
    yield Programme("expired", _porteur(jetons.emettre_jeton(bon, duree_s=-1)))
    tete, charge, signature = valable.split(".")
    autre = json.loads(base64.urlsafe_b64decode(charge + "=="))
    autre["rpps"] = "99000000060"
    falsifiee = _b64(json.dumps(autre).encode())
    yield Programme("tampered", _porteur(f"{tete}.{falsifiee}.{signature}"))
    yield Programme("no signature", _porteur(f"{tete}.{charge}."))
    sans_algorithme = _b64(json.dumps({"alg": "none"}).encode())
    yield Programme("alg none", _porteur(f"{sans_algorithme}.{charge}."))
    reclamations = json.loads(base64.urlsafe_b64decode(charge + "=="))
    inconnue = OKPKey.generate_key("Ed25519")
    yield Programme("another key", _porteur(_signer(reclamations, inconnue)))
    publique = base64.urlsafe_b64decode(str(jetons.cle_publique()["x"]) + "==")
    symetrique = jwt.encode({"alg": "HS256"}, reclamations, OctKey.import_key(publique), algorithms=["HS256"])
    yield Programme("public key as secret", _porteur(symetrique))
    cle = jetons.cles_jetons.signataire().jwk
    yield Programme(
        "another issuer", _porteur(_signer({**reclamations, "iss": "https://autre.example"}, cle))
    )
    ailleurs = {**reclamations, "aud": f"{settings.ES_BASE_URL}/autre"}
    yield Programme("another audience", _porteur(_signer(ailleurs, cle)))
    yield Programme(
        "without expiry", _porteur(_signer({k: r for k, r in reclamations.items() if k != "exp"}, cle))
    )
    yield Programme("long expired", _porteur(_signer({**reclamations, "exp": int(time.time()) - 86400}, cle)))
    suspendu = _avec(bon, "suspendu")
    Logiciel.objects.filter(client_id="suspendu").update(actif=False)
    yield Programme("suspended client", _porteur(jetons.emettre_jeton(suspendu)))
    yield Programme("unknown client", _porteur(jetons.emettre_jeton(replace(bon, client_id="jamais-vu"))))
    yield Programme("without a scope", _porteur(jetons.emettre_jeton(replace(bon, portees=frozenset()))))
    depot_seul = replace(bon, portees=frozenset({"ITI-65", "ITI-105"}))
    yield Programme("scopes to feed only", _porteur(jetons.emettre_jeton(depot_seul)))


def _b64(brut: bytes) -> str:
    return base64.urlsafe_b64encode(brut).rstrip(b"=").decode()


def _signer(reclamations: dict[str, Any], cle: OKPKey) -> str:
    return jwt.encode({"alg": "Ed25519", "typ": "at+jwt"}, reclamations, cle, algorithms=["Ed25519"])


def _refuses(v: Victime) -> Iterator[tuple[str, Acteur]]:
    """Valid tokens of people and structures that the gate refuses."""
    yield "professional without consent", _avec(professionnel("99000000070", structure="1990000070"))
    un_facteur = _avec(professionnel("99000000071", structure="1990000070"), deux_facteurs=False)
    consentir(un_facteur, v)
    yield "one factor", un_facteur
    indirecte = _avec(
        professionnel("99000000072", structure="1990000070"),
        mode_authentification=ModeAuthentification.INDIRECTE,
    )
    consentir(indirecte, v)
    yield "indirect mode", indirecte
    sans_ligne = _avec(professionnel("99000000073", "999", structure="1990000070"))
    consentir(sans_ligne, v)
    yield "profession without a line", sans_ligne
    inactif = _avec(professionnel("99000000074", structure="1990000070", actif=False))
    consentir(inactif, v)
    yield "inactive professional", inactif
    radie = _avec(professionnel("99000000075", structure="1990000070"))
    consentir(radie, v)
    Professionnel.objects.filter(rpps=radie.rpps).delete()
    yield "professional no longer in the directory", radie
    retire = _avec(professionnel("99000000076", structure="1990000070"))
    _changer(v, consentir(retire, v), retire_le=datetime.now(UTC))
    yield "consent withdrawn", retire
    echu = _avec(professionnel("99000000077", structure="1990000070"))
    _changer(v, consentir(echu, v), expire_le=datetime.now(UTC) - timedelta(seconds=1))
    yield "consent expired", echu
    structure = Structure.objects.get(id="1990000070")
    seule = acteur_structure(structure, client_id="lps", portees=ALIMENTATION)
    yield "structure alone", seule
    yield "structure alone with wide scopes", replace(seule, portees=CONSULTATION)
    autre, _ = dossier(7)
    yield "another holder with a token", _avec(titulaire(autre))
    yield (
        "a service",
        _avec(Acteur(GenreActeur.SERVICE, "Service", dossier_id=v.dossier_id, deux_facteurs=True)),
    )
    yield "an operator", _avec(Acteur(GenreActeur.OPERATEUR, "Opérateur", deux_facteurs=True))


def _changer(v: Victime, consentement: UUID, **valeurs: Any) -> None:
    with portee(v.dossier_id):
        Consentement.objects.filter(dossier_id=v.dossier_id, id=consentement).update(**valeurs)


# ---------------------------------------------------------------------------------------------
# Browsers


@dataclass(frozen=True, slots=True)
class Visiteur:
    """A browser. `confirme`: the portal may show him the person's traits, once asked by matricule (ACC-09)."""

    nom: str
    client: Client
    confirme: bool = False


def visiteurs(v: Victime) -> Iterator[Visiteur]:
    """Every kind of browser that must learn nothing of the documents."""
    yield Visiteur("nobody", Client())
    faux = Client()
    faux.cookies["session"] = "0123456789abcdefghijklmnopqrstuv"
    yield Visiteur("a made-up session", faux)
    for rang, etat in enumerate(EtatProfil):
        autre, _ = dossier(100 + rang, etat)
        yield Visiteur(f"holder of a space {etat.value}", connecter(titulaire(autre)))
    yield Visiteur("holder of a space that does not exist", connecter(titulaire(uuid7())))
    for nom, acteur in _refuses(v):
        acteur = replace(acteur, client_id="", portees=frozenset(), dossier_id=None)
        if acteur.genre is GenreActeur.PROFESSIONNEL:
            yield Visiteur(nom, averti(acteur), confirme=True)
            yield Visiteur(f"{nom}, before the warning", connecter(acteur))
        else:
            yield Visiteur(nom, connecter(acteur))
