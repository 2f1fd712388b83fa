"""Observation and Device of a measure → what the room of measures keeps (FHR-142 to FHR-148). Pure.

What would not be kept is refused; the narrative (`text`) is not kept, since it only repeats the rest.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, Final

import orjson
from msgspec import UNSET, Raw, UnsetType

from espace_sante.interop.fhir import structs
from espace_sante.interop.fhir.constats import Constat, RefusFhir, en_422
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.erreurs_mesures import ErreurMesure
from espace_sante.interop.fhir.lecture import lire
from espace_sante.interop.fhir.mesures_codes import genre_de, lire_code, lire_extensions
from espace_sante.interop.fhir.mesures_personne import Personne, lire_personne
from espace_sante.interop.fhir.mesures_valeurs import lire_valeurs
from espace_sante.interop.fhir.structs_mesures import (
    LIRE_LOT,
    LIRE_OBSERVATION,
    BundleMesure,
    EntreeMesure,
    Observation,
)
from espace_sante.interop.fhir.valeurs import codages, intervalle, lire_date, present
from espace_sante.profil_medical.nouvelle import NouvelAppareil, NouvelleMesure
from espace_sante.profil_medical.regles import COMMENTAIRE_MAX, Ecart, MesureDonnee

MAX_OCTETS: Final = 100_000
_SOURCE_MAX: Final = 150
_CATEGORIE: Final = "http://terminology.hl7.org/CodeSystem/observation-category"
# An absent raw element is this very one: another would be written, empty.
_SANS_TEXTE: Final = Observation().text
_INSTANT: Final = timedelta(microseconds=1)
# Elements of R4 that say something which would not be kept, or which nothing here would honour.
_NON_GARDES: Final = (
    "implicitRules", "contained", "modifierExtension", "basedOn", "partOf", "focus", "encounter", "effectivePeriod",
    "effectiveTiming", "effectiveInstant", "dataAbsentReason", "specimen", "hasMember", "derivedFrom",
)  # fmt: skip
_APPAREIL_NON_GARDE: Final = ("implicitRules", "contained", "modifierExtension", "patient", "parent")

# Faults that the rules of measures find → our findings, and where.
_ECARTS: Final[dict[str, tuple[ErreurMesure, str]]] = {
    "mesure_calculee": (ErreurMesure.CALCULEE, "Observation.code"),
    "genre_different": (ErreurMesure.GENRE, "Observation.code"),
    "date_future": (ErreurMesure.DATE_FUTURE, "Observation.effectiveDateTime"),
    "avant_naissance": (ErreurMesure.AVANT_NAISSANCE, "Observation.effectiveDateTime"),
    "composant_inconnu": (ErreurMesure.COMPOSANT, "Observation.component"),
    "valeur_absente": (ErreurMesure.SANS_VALEUR, "Observation.value"),
    "unite_differente": (ErreurMesure.UNITE, "Observation.value"),
    "hors_bornes": (ErreurMesure.BORNES, "Observation.value"),
    "trop_de_decimales": (ErreurMesure.DECIMALES, "Observation.value"),
    "pression_inversee": (ErreurMesure.PRESSION, "Observation.component"),
    "moment_requis": (ErreurMesure.MOMENT_REQUIS, "Observation.extension"),
    "moment_interdit": (ErreurMesure.MOMENT_INTERDIT, "Observation.extension"),
    "jours_requis": (ErreurMesure.JOURS_REQUIS, "Observation.extension"),
    "jours_interdit": (ErreurMesure.JOURS_INTERDITS, "Observation.extension"),
}
_PLACES: Final = {"site": "Observation.bodySite", "methode": "Observation.method"}


@dataclass(frozen=True, slots=True)
class MesureLue:
    """An Observation that was read. `ordre`: the resource types of the Bundle, to answer in that order."""

    personne: Personne
    nouvelle: NouvelleMesure
    appareil_cite: str = ""
    ordre: tuple[str, ...] = ("Observation",)


def constats_de(ecarts: Iterable[Ecart]) -> list[Constat]:
    """Faults of a measure as findings."""
    constats = []
    for ecart in ecarts:
        champs: dict[str, Any] = dict(ecart.details)
        if ecart.code == "code_hors_jeu":
            place = _PLACES.get(ecart.element, "Observation.extension")
            constats.append(ErreurMesure.CODE.constat(place, **champs))
        else:
            erreur, place = _ECARTS[ecart.code]
            constats.append(erreur.constat(place, **champs))
    return constats


def lire_lot(corps: bytes, *, fictifs: bool) -> MesureLue:
    """The Bundle of a measure. Raises RefusFhir: 400 when it is no such Bundle, 422."""
    bundle = lire(corps, LIRE_LOT, BundleMesure)
    entrees = [] if isinstance(bundle.entry, UnsetType) else bundle.entry
    observations = [e for e in entrees if isinstance(e.resource, Observation)]
    appareils = [e for e in entrees if isinstance(e.resource, structs.Device)]
    postes = all(_est_un_post(e) for e in entrees)
    if (
        present(bundle.type) != "transaction"
        or len(observations) != 1
        or len(appareils) > 1
        or len(entrees) != 1 + len(appareils)
        or not postes
    ):
        raise RefusFhir([ErreurMesure.LOT.constat("Bundle")])
    observation = observations[0].resource
    assert isinstance(observation, Observation)  # noqa: S101 - chosen so
    constats: list[Constat] = []
    appareil, cite = None, _cite(observation)
    if appareils:
        appareil = _appareil(appareils[0], constats)
        if cite not in _noms(appareils[0]):
            constats.append(ErreurMesure.LIEN_APPAREIL.constat("Observation.device"))
        cite = ""
    lue = _observation(observation, constats, fictifs=fictifs, appareil=appareil)
    return MesureLue(lue[0], lue[1], cite, tuple(_type(e) for e in entrees))


def lire_observation(corps: bytes, *, fictifs: bool) -> tuple[MesureLue, str]:
    """One Observation that replaces a former one, and the id that it names. Raises RefusFhir."""
    observation = lire(corps, LIRE_OBSERVATION, Observation)
    cite, identifiant = _cite(observation), present(observation.id)
    personne, nouvelle = _observation(observation, [], fictifs=fictifs, appareil=None)
    return MesureLue(personne, nouvelle, cite), identifiant


def _observation(
    o: Observation, constats: list[Constat], *, fictifs: bool, appareil: NouvelAppareil | None
) -> tuple[Personne, NouvelleMesure]:
    """Every finding together (FHR-10); raises RefusFhir 422."""
    for nom in _NON_GARDES:
        valeur = getattr(o, nom)
        if valeur is not UNSET and not (isinstance(valeur, Raw) and not bytes(valeur)):
            constats.append(ErreurMesure.NON_GARDE.constat(f"Observation.{nom}"))
    _fixe(constats, "Observation.status", present(o.status), "final")
    categories = [] if isinstance(o.category, UnsetType) else o.category
    codes = {
        (present(c.system), present(c.code))
        for x in categories
        if isinstance(x.coding, list)
        for c in x.coding
    }
    if (_CATEGORIE, "vital-signs") not in codes:
        _fixe(constats, "Observation.category", "", "vital-signs")
    personne = lire_personne(o.subject, constats, fictifs=fictifs)
    origine = _source(o, constats)
    genre = genre_de(o.code)
    if genre is None:
        constats.append(ErreurMesure.INCONNUE.constat("Observation.code"))
    quand = lire_date(present(o.effectiveDateTime)) if present(o.effectiveDateTime) else None
    if quand is None:
        constats.append(_requis("Observation.effectiveDateTime"))
    elif isinstance(quand, Erreur):
        constats.append(quand.constat("Observation.effectiveDateTime"))
    extensions = lire_extensions(o.extension, constats)
    if len(extensions.motif) > COMMENTAIRE_MAX:
        constats.append(ErreurMesure.NON_GARDE.constat("Observation.extension"))
    if genre is None or quand is None or isinstance(quand, Erreur) or personne is None:
        raise RefusFhir(en_422(constats))
    valeurs = lire_valeurs(o, genre, constats)
    if constats:
        raise RefusFhir(en_422(constats))
    bornes = intervalle(present(o.effectiveDateTime))
    donnee = MesureDonnee(
        genre=genre,
        quand=quand,
        quand_fin=None if isinstance(bornes, Erreur) else bornes[1] - _INSTANT,
        valeurs=valeurs.nombres,
        unites=valeurs.unites,
        moment=extensions.moment,
        moment_libre=extensions.moment_libre,
        jours=extensions.jours,
        diabete=extensions.diabete,
        site=lire_code(o.bodySite, genre.jeu_site),
        methode=lire_code(o.method, genre.jeu_methode),
    )
    profils = (
        o.meta.profile
        if isinstance(o.meta, structs.ResourceMeta) and isinstance(o.meta.profile, list)
        else []
    )
    return personne, NouvelleMesure(
        donnee=donnee,
        ecrites=valeurs.ecrites,
        quand_ecrit=present(o.effectiveDateTime),
        commentaire=extensions.motif,
        source=origine,
        ressource=_gardee(o, genre.systeme, genre.code),
        profils=list(profils),
        appareil=appareil,
    )


def _gardee(o: Observation, systeme: str, code: str) -> str:
    """The resource as it will be given back, without what the product governs; glucose under its one code (MES-28)."""
    o.meta = o.id = o.subject = o.device = UNSET
    o.text = _SANS_TEXTE
    if not any(present(c.code) == code for c in codages(o.code)):
        o.code = structs.CodeableConcept(coding=[structs.Coding(system=systeme, code=code)])
    return structs.ECRIRE.encode(o).decode()


def source_permise(donnee: str, solution: str) -> bool:
    """Whether a source is the solution's own OID, or one under it (FHR-148). None given: the solution's is filled in."""
    return not donnee or (bool(solution) and (donnee == solution or donnee.startswith(f"{solution}.")))


def _source(o: Observation, constats: list[Constat]) -> str:
    """`meta.source` as a URI."""
    if not isinstance(o.meta, structs.ResourceMeta):
        return ""
    for nom in ("security", "tag"):
        if getattr(o.meta, nom) is not UNSET:
            constats.append(ErreurMesure.NON_GARDE.constat(f"Observation.meta.{nom}"))
    donnee = present(o.meta.source)
    if len(donnee) > _SOURCE_MAX:
        constats.append(ErreurMesure.NON_GARDE.constat("Observation.meta.source"))
    return donnee if not donnee or ":" in donnee else f"urn:oid:{donnee}"


def _appareil(entree: EntreeMesure, constats: list[Constat]) -> NouvelAppareil | None:
    d = entree.resource
    assert isinstance(d, structs.Device)  # noqa: S101 - chosen so
    for nom in _APPAREIL_NON_GARDE:
        if getattr(d, nom) is not UNSET:
            constats.append(ErreurMesure.NON_GARDE.constat(f"Device.{nom}"))
    identifiants = [] if isinstance(d.identifier, UnsetType) else d.identifier
    couples = [(present(i.system), present(i.value)) for i in identifiants]
    condition = (
        present(entree.request.ifNoneExist) if isinstance(entree.request, structs.EntryRequest) else ""
    )
    voulu = next((c for c in couples if all(c)), None)
    if condition:
        systeme, _, valeur = condition.removeprefix("identifier=").partition("|")
        voulu = next((c for c in couples if c == (systeme, valeur)), None)
    if voulu is None:
        constats.append(ErreurMesure.IDENTIFIANT_APPAREIL.constat("Device.identifier"))
        return None
    d.id = d.meta = UNSET
    d.text = structs.Device().text
    return NouvelAppareil(systeme=voulu[0], valeur=voulu[1], ressource=orjson.loads(structs.ECRIRE.encode(d)))


def _est_un_post(entree: EntreeMesure) -> bool:
    r = entree.request
    return (
        isinstance(r, structs.EntryRequest)
        and present(r.method) == "POST"
        and present(r.url).strip("/") == _type(entree)
        and (isinstance(entree.resource, structs.Device) or not present(r.ifNoneExist))
    )


def _type(entree: EntreeMesure) -> str:
    return type(entree.resource).__name__


def _noms(entree: EntreeMesure) -> set[str]:
    """How an Observation may name the Device of its Bundle."""
    d, url = entree.resource, present(entree.fullUrl)
    identifiant = present(d.id) if isinstance(d, structs.Device) else ""
    noms = {
        url,
        f"Device/{identifiant}" if identifiant else "",
        f"urn:uuid:{identifiant}" if identifiant else "",
    }
    return {*noms, f"Device/{url.removeprefix('urn:uuid:')}" if url else ""} - {""}


def _cite(o: Observation) -> str:
    return present(o.device.reference) if isinstance(o.device, structs.Reference) else ""


def _fixe(constats: list[Constat], chemin: str, lu: str, attendu: str) -> None:
    if lu != attendu:
        constats.append(Erreur.VALEUR_FIXE.constat(chemin, element=chemin, attendu=attendu))


def _requis(chemin: str) -> Constat:
    return Erreur.ELEMENT_OBLIGATOIRE.constat(chemin, element=chemin)
