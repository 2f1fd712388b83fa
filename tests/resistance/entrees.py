"""Bodies that a server must refuse, each with the status and the code that say why."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from espace_sante.documents.cda.tests.exemple import document as cda
from espace_sante.documents.metadonnees import Auteur
from espace_sante.interop.client import depot_iti105, lot_de_documents, lot_iti65, metadonnees_de_cda
from espace_sante.interop.tests.fabrique import PDF, SOURCE, metadonnees, octets, poser
from espace_sante.kernel.ins import OID_TEST, Ins

Json = dict[str, Any]
FHIR = "application/fhir+json"
# The person of the example CDA; the professional of `acces.tests.fabrique` is SOURCE.
INS = Ins("279035121518989", OID_TEST)
PERSONNE = Ins("190010100100126", OID_TEST)


@dataclass(frozen=True, slots=True)
class Cas:
    """A bad request. `brut` is made from a valid body; `statut` is that of ITI-65. ITI-105 answers 422 where the
    other answers 400, but for what cannot be parsed and what only the record tells (`partout`)."""

    nom: str
    code: str
    brut: Callable[[Json], bytes]
    statut: int = 400
    partout: bool = False
    media: str = FHIR
    entetes: tuple[tuple[str, str], ...] = ()
    # FHR-40 asks for a trace of every refusal.
    trace: bool = True

    def attendu(self, porte: str) -> int:
        return 422 if porte == "ITI-105" and self.statut == 400 and not self.partout else self.statut


def fiche(corps: Json) -> Json:
    """The DocumentReference of either door."""
    ressource: Json = corps["entry"][1]["resource"] if corps["resourceType"] == "Bundle" else corps
    return ressource


def piece(corps: Json) -> Json:
    jointe: Json = fiche(corps)["content"][0]["attachment"]
    return jointe


def corps_valide(porte: str, contenu: bytes = PDF, **autres: object) -> Json:
    """A deposit that is accepted as it is."""
    m = metadonnees(contenu, **autres)
    if porte == "ITI-65":
        return lot_iti65(contenu, INS, SOURCE, metadonnees=m)
    return depot_iti105(contenu, INS, metadonnees=m)


def corps_cda(porte: str, contenu: bytes) -> Json:
    """A deposit of a CDA with the metadata of the good one, and the hash and size of the one given."""
    m, _ = metadonnees_de_cda(cda())
    m = replace(m, taille=len(contenu), sha1=hashlib.sha1(contenu).digest())
    if porte == "ITI-65":
        return lot_iti65(contenu, INS, SOURCE, metadonnees=m)
    return depot_iti105(contenu, INS, metadonnees=m)


def changer(*changements: Callable[[Json], object]) -> Callable[[Json], bytes]:
    """The valid body with changes made in place."""

    def faire(corps: Json) -> bytes:
        for changement in changements:
            changement(corps)
        return octets(corps)

    return faire


def remplacer(avant: bytes, apres: bytes) -> Callable[[Json], bytes]:
    """The valid body with a piece of its text replaced."""

    def faire(corps: Json) -> bytes:
        texte = octets(corps)
        assert avant in texte
        return texte.replace(avant, apres, 1)

    return faire


def _fiche(chemin: str, valeur: object) -> Callable[[Json], object]:
    return lambda corps: poser(chemin, valeur)(fiche(corps))


def _codage(code: str, systeme: str) -> Json:
    return {"coding": [{"system": systeme, "code": code}]}


PROFOND = b'{"resourceType":"Bundle","type":"transaction","entry":' + b"[" * 50_000 + b"]" * 50_000 + b"}"
_IMBRIQUE = b'{"url":"u","extension":[' * 2000 + b'{"url":"u","valueString":"x"}' + b"]}" * 2000

STRUCTURE = [
    Cas("tronque", "json-illisible", lambda c: octets(c)[:-30], partout=True),
    Cas("vide", "json-illisible", lambda c: b" ", partout=True),
    Cas("texte seul", "type-invalide", lambda c: b'"bonjour"', partout=True),
    Cas("liste", "type-invalide", lambda c: b"[" + octets(c) + b"]", partout=True),
    Cas("deux objets", "json-illisible", lambda c: octets(c) * 2, partout=True),
    Cas("nombre infini", "json-illisible", remplacer(b'"status": "current"', b'"status": NaN'), partout=True),
    Cas("latin-1", "utf8-invalide", remplacer(b"Compte rendu", b"Compte rendu d\xe9"), partout=True),
    Cas("utf-16", "utf8-invalide", lambda c: json.dumps(c).encode("utf-16"), partout=True),
    Cas("controle", "caractere-interdit", remplacer(b"Compte rendu", b"Compte\\u0000rendu"), partout=True),
    Cas(
        "cle double", "cle-en-double", remplacer(b'"date": ', b'"date": "2020-01-01", "date": '), partout=True
    ),
    Cas("element inconnu", "element-inconnu", changer(_fiche("inventaire", "x")), partout=True),
    Cas("mauvais type", "type-invalide", changer(_fiche("date", 12)), partout=True),
    Cas("objet vide", "valeur-vide", changer(_fiche("type", {})), partout=True),
    Cas("liste vide", "valeur-vide", changer(_fiche("author", [])), partout=True),
    Cas("null", "valeur-vide", changer(_fiche("description", None)), partout=True),
    Cas("trop profond", "json-trop-profond", lambda c: PROFOND, partout=True),
    Cas(
        "extensions emboitees",
        "json-trop-profond",
        remplacer(b'"status": "current"', b'"status": "current", "extension": [' + _IMBRIQUE + b"]"),
        partout=True,
    ),
    Cas("base64", "base64-invalide", remplacer(b'"data": "', b'"data": "*'), partout=True),
]
MEDIAS = [
    Cas("texte", "format-non-lu", octets, 415, media="text/plain"),
    Cas("formulaire", "format-non-lu", octets, 415, media="multipart/form-data; boundary=x"),
    Cas("latin-1 annonce", "format-non-lu", octets, 415, media=f"{FHIR}; charset=iso-8859-1"),
    Cas(
        "gzip",
        "format-non-lu",
        lambda c: gzip.compress(octets(c)),
        415,
        entetes=(("Content-Encoding", "gzip"),),
    ),
]
METADONNEES = [
    Cas("type inconnu", "type-inconnu", changer(_fiche("type", _codage("00000-0", "http://loinc.org")))),
    Cas("type sans systeme", "type-sans-systeme", changer(_fiche("type", {"coding": [{"code": "11488-4"}]}))),
    Cas("unique id", "identifiant-unique", changer(_fiche("masterIdentifier.value", "pas un identifiant"))),
    Cas("date sans decalage", "date-sans-decalage", changer(_fiche("date", "2024-01-01T10:00:00"))),
    Cas("date impossible", "date-invalide", changer(_fiche("date", "2024-02-30"))),
    Cas(
        "creation future",
        "date-future",
        changer(lambda c: piece(c).update(creation=_demain())),
    ),
    Cas("empreinte", "empreinte-differente", changer(lambda c: piece(c).update(hash=_sha1(b"autre")))),
    Cas("taille", "taille-differente", changer(lambda c: piece(c).update(size=len(PDF) + 1))),
    Cas("media annonce", "media-different", changer(lambda c: _medias(c, "image/png"))),
    Cas("media interdit", "media-non-admis", changer(lambda c: _medias(c, "application/zip"))),
    Cas("ins mal forme", "ins-forme", changer(lambda c: _sujets(c, f"{INS.urn}|123"))),
    Cas(
        "ins de personne",
        "patient-inconnu",
        changer(lambda c: _sujets(c, f"{PERSONNE.urn}|{PERSONNE.matricule}")),
        partout=True,
    ),
    Cas("archive", "archive-a-la-creation", changer(lambda c: fiche(c).update(extension=[_ARCHIVE]))),
    Cas("docStatus", "element-interdit", changer(_fiche("docStatus", "final"))),
    Cas(
        "deux contenus",
        "element-multiple",
        changer(lambda c: fiche(c)["content"].append(dict(fiche(c)["content"][0]))),
    ),
    Cas(
        "remplace un inconnu",
        "remplace-inconnu",
        changer(
            _fiche(
                "relatesTo", [{"code": "replaces", "target": {"reference": "DocumentReference/" + "0" * 64}}]
            )
        ),
        partout=True,
    ),
    Cas("source", "source-non-credible", lambda c: octets(_autre_source(c)), 403),
]
_ARCHIVE = {
    "url": "https://interop.esante.gouv.fr/ig/fhir/pdsm/StructureDefinition/pdsm-ext-is-archived",
    "valueBoolean": True,
}


def _demain() -> str:
    return (datetime.now(UTC) + timedelta(days=1)).isoformat()


def _sha1(contenu: bytes) -> str:
    return base64.b64encode(hashlib.sha1(contenu).digest()).decode()


def _medias(corps: Json, mime: str) -> None:
    piece(corps)["contentType"] = mime
    if corps["resourceType"] == "Bundle":
        corps["entry"][2]["resource"]["contentType"] = mime


def _sujets(corps: Json, jeton: str) -> None:
    reference = {"reference": f"Patient?identifier={jeton}"}
    fiche(corps)["subject"] = reference
    fiche(corps)["contained"][0]["identifier"] = [
        {"system": jeton.partition("|")[0], "value": jeton.partition("|")[2]}
    ]
    if corps["resourceType"] == "Bundle":
        corps["entry"][0]["resource"]["subject"] = reference


def _autre_source(corps: Json) -> Json:
    autre = Auteur("personne", idnat="899000000777", nom="AUTRE", structure_idnat="1990000777")
    return lot_iti65(PDF, INS, autre, metadonnees=metadonnees())


# Mandatory elements (tables A.5.1 and FHR-93), and what makes the message of the lot (FHR-58, FHR-67).
OBLIGATOIRES = {
    "ITI-65": [
        *(
            f"entry.1.resource.{chemin}"
            for chemin in (
                "contained", "masterIdentifier", "masterIdentifier.value", "status", "type", "type.coding.0.code",
                "type.coding.0.system", "category", "category.0.coding.0.code", "subject", "date", "author",
                "securityLabel", "content", "content.0.attachment", "content.0.attachment.contentType",
                "content.0.attachment.language", "content.0.attachment.url", "content.0.attachment.size",
                "content.0.attachment.hash", "content.0.attachment.title", "content.0.attachment.creation",
                "content.0.format", "content.0.format.code", "context", "context.period", "context.facilityType",
                "context.practiceSetting", "context.sourcePatientInfo", "resourceType",
            )
        ),
        *(
            f"entry.0.resource.{chemin}"
            for chemin in (
                "contained", "extension", "extension.0", "extension.1", "status", "mode", "code", "subject", "date",
                "source", "entry", "resourceType",
            )
        ),
        "entry.2.resource.data", "entry.2.resource.contentType", "entry.2.resource.resourceType",
        "entry.0", "entry.1", "entry.2", "entry.0.resource", "entry.1.resource", "entry.2.resource",
        "entry.1.request", "entry.1.fullUrl", "entry.2.fullUrl", "entry", "type", "meta",
    ],
    "ITI-105": [
        "contained", "masterIdentifier", "masterIdentifier.value", "status", "type", "type.coding.0.code",
        "type.coding.0.system", "subject", "date", "author", "content", "content.0.attachment",
        "content.0.attachment.contentType", "content.0.attachment.data", "content.0.attachment.title",
    ],
}  # fmt: skip


def oter(objet: Any, chemin: str) -> None:
    """Take one element out, with the containers that it leaves empty (an empty one is another fault)."""
    parents: list[tuple[Any, Any]] = []
    *avant, dernier = [int(m) if m.isdigit() else m for m in chemin.split(".")]
    for morceau in avant:
        parents.append((objet, morceau))
        objet = objet[morceau]
    del objet[dernier]
    for parent, morceau in reversed(parents):
        if parent[morceau]:
            break
        del parent[morceau]


BOMBE = (
    '<?xml version="1.0"?><!DOCTYPE lolz [<!ENTITY lol "lol">'
    + "".join(f'<!ENTITY lol{n} "{f"&lol{n - 1 or str()};" * 10}">' for n in range(1, 10))
    + "]>"
).encode()


def _prologue(texte: bytes) -> Callable[[bytes], bytes]:
    return lambda contenu: contenu.replace(b'<?xml version="1.0" encoding="UTF-8"?>', texte, 1)


def _dedans(avant: bytes, apres: bytes) -> Callable[[bytes], bytes]:
    def faire(contenu: bytes) -> bytes:
        assert avant in contenu
        return contenu.replace(avant, apres, 1)

    return faire


_TITRE = b"<title>Conclusion</title>"
# Each content, and the finding that refuses it (CDA-02, CDA-23, CDA-24).
CONTENUS: list[tuple[str, str, Callable[[bytes], bytes]]] = [
    ("doctype", "cda-doctype", _prologue(b"<!DOCTYPE ClinicalDocument>")),
    ("entite", "cda-doctype", _prologue(b'<!DOCTYPE x [<!ENTITY e "x">]>')),
    ("entite externe", "cda-doctype", _prologue(b'<!DOCTYPE x [<!ENTITY e SYSTEM "file:///etc/passwd">]>')),
    ("dtd externe", "cda-doctype", _prologue(b'<!DOCTYPE x SYSTEM "http://127.0.0.1:9/x.dtd">')),
    (
        "entite parametre",
        "cda-doctype",
        _prologue(b'<!DOCTYPE x [<!ENTITY % p SYSTEM "http://127.0.0.1:9/p">%p;]>'),
    ),
    (
        "doctype apres un commentaire",
        "cda-doctype",
        _prologue(b"<?xml version='1.0'?><!-- x --> <!DOCTYPE x>"),
    ),
    ("milliard de rires", "cda-doctype", _prologue(BOMBE)),
    (
        "utf-16 avec doctype",
        "cda-doctype",
        lambda c: _prologue(b"<!DOCTYPE ClinicalDocument>")(c).decode().encode("utf-16"),
    ),
    ("entite non declaree", "cda-illisible", _dedans(_TITRE, b"<title>&inconnue;</title>")),
    ("coupe", "cda-illisible", lambda c: c[: len(c) // 2]),
    ("coupe a la fin", "cda-illisible", lambda c: c[:-5]),
    ("esperluette", "cda-illisible", _dedans(_TITRE, b"<title>a & b</title>")),
    ("emboite", "cda-trop-profond", _dedans(_TITRE, b"<title>" + b"<a>" * 300 + b"</a>" * 300 + b"</title>")),
    (
        "emboite loin",
        "cda-trop-profond",
        _dedans(_TITRE, b"<title>" + b"<a>" * 90_000 + b"</a>" * 90_000 + b"</title>"),
    ),
    ("autre personne", "ins-different", _dedans(INS.matricule.encode(), b"190010100100126")),
    (
        "sans ins",
        "ins-absent",
        _dedans(b'<id root="1.2.250.1.213.1.4.10" extension="279035121518989"/>', b""),
    ),
]


def deux(second: Json) -> Json:
    """A lot of two documents whose second one is changed: {"titre": …} and the like are metadata."""
    return lot_de_documents([(PDF, metadonnees()), (PDF, metadonnees(**second))], INS, SOURCE)
