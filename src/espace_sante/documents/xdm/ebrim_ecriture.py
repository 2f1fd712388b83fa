"""Writing METADATA.XML: one SubmitObjectsRequest, entry after entry, so that it may be longer than memory (XDM-02)."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final
from uuid import UUID
from xml.sax.saxutils import escape, quoteattr

from espace_sante.documents.metadonnees import Auteur, Code
from espace_sante.documents.xdm import vocabulaire as v
from espace_sante.documents.xdm.acteurs import DANS_CLASSIFICATION, cx, echapper, noms_propres, slots, xcn
from espace_sante.documents.xdm.modele import EntreeXdm, PatientXdm, SoumissionXdm
from espace_sante.kernel.traits import Traits

_STATUTS: Final = {"current": v.APPROUVE, "superseded": v.PERIME, "archived": v.ARCHIVE}
_VISIBILITE: Final = Code("", "urn:oid:1.2.250.1.213.1.1.4.13")
_NIVEAU: Final = "urn:oid:2.16.840.1.113883.5.25"
# XML 1.0 has no way to write these.
_INTERDITS: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def debut(patient: PatientXdm, soumission: SoumissionXdm) -> str:
    """Opening of the file and the SubmissionSet."""
    s, ref = soumission, _urn(soumission.id)
    return (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        f'<lcm:SubmitObjectsRequest xmlns:lcm="{v.LCM}" xmlns:rim="{v.RIM}"><rim:RegistryObjectList>\n'
        f"<rim:RegistryPackage id={_attr(ref)} status={_attr(v.APPROUVE)}>"
        + _slot("submissionTime", [v.dtm(s.date)])
        + _nom("Name", s.titre)
        + _classification(ref, "auteur", v.SS_AUTEUR, slots_=slots(s.auteur, DANS_CLASSIFICATION))
        + (_code(ref, "designation", v.SS_DESIGNATION, s.designation) if s.designation else "")
        + _externe(ref, "unique", v.SS_ID_UNIQUE, "XDSSubmissionSet.uniqueId", v.unique_id_xds(s.unique_id))
        + _externe(ref, "source", v.SS_ID_SOURCE, "XDSSubmissionSet.sourceId", v.unique_id_xds(s.source_id))
        + _externe(ref, "patient", v.SS_ID_PATIENT, "XDSSubmissionSet.patientId", cx(patient.ins))
        + "</rim:RegistryPackage>"
        f"<rim:Classification id={_attr(f'{ref}-noeud')} classifiedObject={_attr(ref)}"
        f' classificationNode="{v.SOUMISSION}"/>\n'
    )


def entree(patient: PatientXdm, soumission: SoumissionXdm, document: EntreeXdm) -> str:
    """One DocumentEntry, its place in the submission, and what it replaces."""
    m, ref = document.metadonnees, _urn(document.id)
    morceaux = [
        f"<rim:ExtrinsicObject id={_attr(ref)} mimeType={_attr(m.mime)} objectType={_attr(v.DOCUMENT)}"
        f" status={_attr(_STATUTS[document.statut])}>",
        *_slots(patient, document),
        _nom("Name", m.titre),
        _nom("Description", m.description),
        *(
            _classification(ref, f"auteur{n}", v.AUTEUR, slots_=slots(a, DANS_CLASSIFICATION))
            for n, a in enumerate(m.auteurs)
        ),
        _code(ref, "classe", v.CLASSE, m.classe),
        *(_code(ref, f"confidentialite-{c.code}", v.CONFIDENTIALITE, c) for c in _etiquettes(document)),
        *(_code(ref, f"evenement{n}", v.EVENEMENT, c) for n, c in enumerate(m.evenements)),
        _code(ref, "format", v.FORMAT, m.format),
        _code(ref, "etablissement", v.ETABLISSEMENT, m.etablissement),
        _code(ref, "cadre", v.CADRE, m.cadre),
        _code(ref, "type", v.TYPE, m.type),
        _externe(ref, "patient", v.ID_PATIENT, "XDSDocumentEntry.patientId", cx(patient.ins)),
        _externe(ref, "unique", v.ID_UNIQUE, "XDSDocumentEntry.uniqueId", v.unique_id_xds(m.unique_id)),
        "</rim:ExtrinsicObject>",
        f"<rim:Association id={_attr(f'{ref}-membre')} associationType={_attr(v.A_MEMBRE)}"
        f" sourceObject={_attr(_urn(soumission.id))} targetObject={_attr(ref)}>"
        + _slot("SubmissionSetStatus", ["Original"])
        + "</rim:Association>",
    ]
    if cible := uuid_de(m.remplace):
        morceaux.append(
            f"<rim:Association id={_attr(f'{ref}-remplace')} associationType={_attr(v.REMPLACE)}"
            f" sourceObject={_attr(ref)} targetObject={_attr(_urn(cible))}/>"
        )
    return "".join(morceaux) + "\n"


def fin() -> str:
    """End of the file."""
    return "</rim:RegistryObjectList></lcm:SubmitObjectsRequest>\n"


def uuid_de(reference: str) -> UUID | None:
    """The entryUUID that a reference is, if it is one."""
    try:
        return UUID(reference.removeprefix("urn:uuid:")) if reference else None
    except ValueError:
        return None


def _slots(patient: PatientXdm, document: EntreeXdm) -> Iterator[str]:
    m = document.metadonnees
    yield _slot("creationTime", [v.dtm(m.creation)])
    yield _slot("languageCode", [m.langue])
    yield _slot("serviceStartTime", [v.dtm(m.periode_debut)])
    if m.periode_fin:
        yield _slot("serviceStopTime", [v.dtm(m.periode_fin)])
    yield _slot("sourcePatientId", [cx(patient.ins)])
    if patient.traits:
        yield _slot("sourcePatientInfo", _pid(patient.traits))
    yield _slot("hash", [m.sha1.hex()])
    yield _slot("size", [str(m.taille)])
    yield _slot("URI", [document.uri])
    propres = [(f"{v.PROPRE}date", v.dtm(m.date))]
    if m.authentificateur:
        yield from _slots_auteur(m.authentificateur, "authentificateur")
        if nom := xcn(m.authentificateur):
            yield _slot("legalAuthenticator", [nom])
    if m.depositaire:
        yield from _slots_auteur(m.depositaire, "depositaire")
    if m.remplace and uuid_de(m.remplace) is None:
        propres.append((f"{v.PROPRE}remplace", m.remplace))
    for nom, valeur in propres:
        yield _slot(nom, [valeur])


def _slots_auteur(auteur: Auteur, prefixe: str) -> Iterator[str]:
    for nom, valeur in slots(auteur, noms_propres(prefixe)):
        yield _slot(nom, [valeur])


def _pid(traits: Traits) -> list[str]:
    return [
        f"PID-5|{echapper(traits.nom_naissance)}^{echapper(traits.prenoms)}^^^^^L",
        f"PID-7|{traits.date_naissance.replace('-', '')}",
        f"PID-8|{'U' if traits.sexe == 'I' else traits.sexe}",
        f"PID-23|{echapper(traits.lieu_naissance)}",
    ]


def _etiquettes(document: EntreeXdm) -> list[Code]:
    m = document.metadonnees
    mises = {
        "MASQUE_PS": m.masque_ps,
        "INVISIBLE_PATIENT": m.invisible_patient,
        "INVISIBLE_REPRESENTANTS_LEGAUX": m.invisible_representants,
    }
    visibilite = [Code(code, _VISIBILITE.systeme) for code, mise in mises.items() if mise]
    return [Code(m.confidentialite, _NIVEAU), *visibilite]


def _urn(identifiant: UUID) -> str:
    return f"urn:uuid:{identifiant}"


def _attr(valeur: str) -> str:
    return quoteattr(_INTERDITS.sub("\ufffd", valeur))


def _texte(valeur: str) -> str:
    return escape(_INTERDITS.sub("\ufffd", valeur), {"\r": "&#13;"})


def _slot(nom: str, valeurs: Iterable[str]) -> str:
    ecrites = "".join(f"<rim:Value>{_texte(valeur)}</rim:Value>" for valeur in valeurs)
    return f"<rim:Slot name={_attr(nom)}><rim:ValueList>{ecrites}</rim:ValueList></rim:Slot>"


def _nom(balise: str, texte: str) -> str:
    return f"<rim:{balise}><rim:LocalizedString value={_attr(texte)}/></rim:{balise}>" if texte else ""


def _code(ref: str, place: str, schema: str, code: Code) -> str:
    codage = [("codingScheme", v.schema_de_codage(code.systeme))]
    return _classification(ref, place, schema, code.code, codage, code.libelle)


def _classification(
    ref: str, place: str, schema: str, code: str = "", slots_: Iterable[tuple[str, str]] = (), libelle: str = ""
) -> str:  # fmt: skip
    return (
        f"<rim:Classification id={_attr(f'{ref}-{place}')} classificationScheme={_attr(schema)}"
        f" classifiedObject={_attr(ref)} nodeRepresentation={_attr(code)}>"
        + "".join(_slot(nom, [valeur]) for nom, valeur in slots_)
        + _nom("Name", libelle)
        + "</rim:Classification>"
    )


def _externe(ref: str, place: str, schema: str, nom: str, valeur: str) -> str:
    return (
        f"<rim:ExternalIdentifier id={_attr(f'{ref}-id-{place}')} registryObject={_attr(ref)}"
        f" identificationScheme={_attr(schema)} value={_attr(valeur)}>{_nom('Name', nom)}"
        "</rim:ExternalIdentifier>"
    )
