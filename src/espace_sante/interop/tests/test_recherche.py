"""Search parameters, as ITI-67 sends them."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from uuid import UUID

import pytest

from espace_sante.documents.filtre import Curseur, Filtre
from espace_sante.interop.fhir import curseur
from espace_sante.interop.fhir.capacites import ressource as capacites
from espace_sante.interop.fhir.constats import RefusFhir
from espace_sante.interop.fhir.curseur import Reprise
from espace_sante.interop.fhir.parametres import COMPTE_MAX
from espace_sante.interop.fhir.recherche import PARAMETRES, Recherche, lire_recherche
from espace_sante.interop.fhir.valeurs import PARIS
from espace_sante.interop.tests.fabrique import INS, MAINTENANT, refus

_PATIENT = ("patient.identifier", f"{INS.urn}|{INS.matricule}")
_DOSSIER = UUID("01931a2b-0000-7000-8000-0123456789ab")


def _lire(*parametres: tuple[str, str], strict: bool = False) -> Recherche:
    return lire_recherche([_PATIENT, *parametres], maintenant=MAINTENANT, fictifs=True, strict=strict)


def _refus(*parametres: tuple[str, str], strict: bool = False) -> RefusFhir:
    return refus(lambda: _lire(*parametres, strict=strict))


@pytest.mark.rule("FHR-106")
@pytest.mark.parametrize(
    ("nom", "valeur"),
    [
        ("patient", f"Patient/{_DOSSIER}"),
        ("subject", str(_DOSSIER)),
        ("patient", f"https://serveur.fr/fhir/Patient/{_DOSSIER}"),
    ],
)
def test_the_patient_by_id(nom: str, valeur: str) -> None:
    lue = lire_recherche([(nom, valeur)], maintenant=MAINTENANT, fictifs=True)
    assert (lue.dossier_id, lue.ins) == (_DOSSIER, None)


@pytest.mark.rule("FHR-106")
@pytest.mark.parametrize("nom", ["patient.identifier", "subject.identifier", "patient:identifier"])
def test_the_patient_by_ins(nom: str) -> None:
    lue = lire_recherche([(nom, _PATIENT[1])], maintenant=MAINTENANT, fictifs=True)
    assert lue.ins == INS
    # The link that goes back names no number.
    assert lue.utilises == ()


@pytest.mark.rule("FHR-106")
def test_a_patient_is_needed_unless_the_document_is_named() -> None:
    refuse = refus(lambda: lire_recherche([("type", "11488-4")], maintenant=MAINTENANT, fictifs=True))
    assert [c.code for c in refuse.constats] == ["critere-patient"]
    assert refuse.statut == 400
    document = UUID("01931a2b-0000-7000-8000-00000000000a")
    par_id = lire_recherche([("_id", _DOSSIER.hex + document.hex)], maintenant=MAINTENANT, fictifs=True)
    assert (par_id.dossier_id, par_id.filtre.ids) == (_DOSSIER, (document,))
    par_unique_id = lire_recherche([("identifier", "urn:oid:1.2.3")], maintenant=MAINTENANT, fictifs=True)
    assert par_unique_id.filtre.identifiants == ("urn:oid:1.2.3",)


@pytest.mark.rule("FHR-42", "FHR-51")
@pytest.mark.parametrize(
    "valeur", ["279035121518989", "urn:oid:1.2.3|279035121518989", "279*", f"{INS.urn}|12"]
)
def test_an_ins_needs_its_system_and_form(valeur: str) -> None:
    refuse = refus(
        lambda: lire_recherche([("patient.identifier", valeur)], maintenant=MAINTENANT, fictifs=True)
    )
    assert refuse.statut == 400
    fictif = refus(lambda: lire_recherche([_PATIENT], maintenant=MAINTENANT, fictifs=False))
    assert [c.code for c in fictif.constats] == ["ins-fictif"]


@pytest.mark.rule("FHR-111")
def test_without_criteria_everything_is_asked_for() -> None:
    filtre = _lire().filtre
    assert filtre.statuts == ()
    assert filtre.bornes == ()
    assert filtre.recents is None, "the two years are the portal's own first view (ACC-64)"
    assert (filtre.tri, filtre.descendant, filtre.limite) == ("creation", True, 50)


@pytest.mark.rule("FHR-108")
def test_commas_are_or_and_repetition_is_and() -> None:
    assert _lire(("type", "11488-4,http://loinc.org|11502-2")).filtre.types == ("11488-4", "11502-2")
    assert _lire(("type", "11488-4,11502-2"), ("type", "11502-2")).filtre.types == ("11502-2",)
    assert _lire(("type", "11488-4"), ("type", "11502-2")).vide


@pytest.mark.rule("FHR-108")
@pytest.mark.parametrize(
    ("nom", "valeur", "champ"),
    [
        ("category", "10", "classes"),
        ("setting", "x|ETABLISSEMENT", "cadres"),
        ("facility", "SA01", "etablissements"),
        ("format", "urn:ihe:iti:xds-sd:pdf:2008", "formats"),
        ("event", "A1", "evenements"),
        ("author.identifier", "urn:oid:1.2.250.1.71.4.2.1|899000000001", "auteurs"),
        ("status", "current", "statuts"),
    ],
)
def test_each_token(nom: str, valeur: str, champ: str) -> None:
    lue = _lire((nom, valeur))
    assert getattr(lue.filtre, champ) == (valeur.rpartition("|")[2],)
    assert not lue.vide


@pytest.mark.rule("FHR-108")
@pytest.mark.parametrize(
    ("nom", "valeur"),
    [
        ("type", "http://snomed.info/sct|11488-4"),
        ("category", "http://loinc.org|10"),
        ("status", "entered-in-error"),
        ("status", "final"),
        ("identifier", "n'importe quoi"),
    ],
)
@pytest.mark.rule("FHR-116")
def test_what_cannot_match_gives_nothing_and_no_error(nom: str, valeur: str) -> None:
    assert _lire((nom, valeur)).vide


@pytest.mark.rule("FHR-114")
@pytest.mark.parametrize(
    "valeur",
    ["urn:oid:1.2.250.1", "1.2.250.1", "urn:ietf:rfc:3986|urn:oid:1.2.250.1", "|urn:oid:1.2.250.1"],
)
def test_identifiers_that_are_equal(valeur: str) -> None:
    assert _lire(("identifier", valeur)).filtre.identifiants == ("urn:oid:1.2.250.1",)


@pytest.mark.rule("FHR-115")
@pytest.mark.parametrize(
    ("valeur", "operateur", "debut", "fin"),
    [
        ("2026", "eq", datetime(2026, 1, 1, tzinfo=PARIS), datetime(2027, 1, 1, tzinfo=PARIS)),
        ("ge2026-02", "ge", datetime(2026, 2, 1, tzinfo=PARIS), datetime(2026, 3, 1, tzinfo=PARIS)),
        ("lt2026-02-28", "lt", datetime(2026, 2, 28, tzinfo=PARIS), datetime(2026, 3, 1, tzinfo=PARIS)),
        (
            "sa2026-02-28T10:00:00Z", "sa",
            datetime(2026, 2, 28, 10, tzinfo=UTC), datetime(2026, 2, 28, 10, 0, 1, tzinfo=UTC),
        ),
        # The + of an offset, unescaped in a URL, reaches the server as a space.
        (
            "eb2026-02-28T10:00:00 01:00", "eb",
            datetime(2026, 2, 28, 9, tzinfo=UTC), datetime(2026, 2, 28, 9, 0, 1, tzinfo=UTC),
        ),
    ],
)  # fmt: skip
def test_dates_have_their_precision(valeur: str, operateur: str, debut: datetime, fin: datetime) -> None:
    (borne,) = _lire(("creation", valeur)).filtre.bornes
    assert (borne.champ, borne.operateur, borne.debut, borne.fin) == ("creation", operateur, debut, fin)


@pytest.mark.rule("FHR-115")
def test_about_widens_the_interval() -> None:
    (borne,) = _lire(("date", "ap2026-11-12")).filtre.bornes
    assert borne.operateur == "eq"
    assert borne.debut < datetime(2026, 11, 12, tzinfo=PARIS) < borne.fin
    assert borne.fin > datetime(2026, 11, 13, tzinfo=PARIS)


@pytest.mark.rule("FHR-115")
@pytest.mark.parametrize(
    "valeur",
    ["hier", "2026-13", "2026-02-30", "xx2026", "ge", "2026-1-1", "9999-12-31T23:59:59-12:00", "0000"],
)
@pytest.mark.parametrize("nom", ["creation", "date", "period", "period-start", "period-end", "_lastUpdated"])
def test_a_malformed_date_is_refused(nom: str, valeur: str) -> None:
    refuse = _refus((nom, valeur))
    assert refuse.statut == 400
    assert [c.code for c in refuse.constats] == ["date-invalide"]


@pytest.mark.rule("FHR-23")
def test_count() -> None:
    assert _lire(("_count", "0")).filtre.limite == 0
    assert _lire(("_count", "20")).filtre.limite == 20
    assert _lire(("_count", "5000")).filtre.limite == COMPTE_MAX
    for valeur in ("-1", "vingt", "1.5", "2e1", "٣"):
        assert [c.code for c in _refus(("_count", valeur)).constats] == ["count-invalide"]


@pytest.mark.rule("FHR-26")
def test_sort() -> None:
    assert (_lire(("_sort", "date")).filtre.tri, _lire(("_sort", "date")).filtre.descendant) == (
        "date",
        False,
    )
    filtre = _lire(("_sort", "-period")).filtre
    assert (filtre.tri, filtre.descendant) == ("periode_debut", True)
    assert [c.code for c in _lire(("_sort", "couleur")).avertissements] == ["parametre-inconnu"]
    assert _refus(("_sort", "couleur"), strict=True).statut == 400


@pytest.mark.rule("FHR-21")
def test_an_unknown_parameter_is_ignored_aloud_or_refused_when_strict() -> None:
    lue = _lire(("couleur", "bleu"), ("type", "11488-4"))
    assert [(c.code, c.gravite) for c in lue.avertissements] == [("parametre-inconnu", "warning")]
    assert lue.utilises == (("type", "11488-4"),)
    refuse = _refus(("couleur", "bleu"), strict=True)
    assert [c.code for c in refuse.constats] == ["parametre-inconnu"]
    assert refuse.statut == 400


@pytest.mark.rule("FHR-109")
def test_decorated_names_are_aliases(vectors: Path) -> None:
    for nom in (
        "PDSm_isArchived",
        "PDSm_DocumentReference_period-start",
        "PDSm_DocumentReference_period-end",
    ):
        publie = vectors / "fhir/pdsm/CapabilityStatement-PDSm-GestionnaireDePartageDeDocuments.json"
        assert nom in publie.read_text(encoding="utf-8-sig")
        assert _lire((nom, "true" if "Archived" in nom else "2026")).avertissements == ()
    assert _lire(("isArchived", "true")).filtre.archive is True


@pytest.mark.rule("FHR-09")
@pytest.mark.parametrize("valeur", ["a\x00b", "a\nb", " "])
def test_control_characters_never_reach_the_database(valeur: str) -> None:
    assert _refus(("type", valeur)).statut == 400


@pytest.mark.rule("FHR-02", "FHR-03")
def test_every_parameter_of_the_statement_is_served() -> None:
    valeurs = {"_id": "x", "_lastUpdated": "2026", "creation": "2026", "date": "2026", "isArchived": "true"}
    valeurs |= dict.fromkeys(("period", "period-start", "period-end"), "2026")
    valeurs |= dict.fromkeys(("patient", "subject"), str(_DOSSIER))
    valeurs |= dict.fromkeys(("patient.identifier", "subject.identifier"), _PATIENT[1])
    for nom in PARAMETRES:
        assert _lire((nom, valeurs.get(nom, "a"))).avertissements == (), nom
    statement = capacites("https://h/fhir", max_requete=1, max_document=1, max_documents=1)
    declares = {p["name"] for p in statement["rest"][0]["resource"][0]["searchParam"]}
    assert declares == set(PARAMETRES)
    assert statement["fhirVersion"] == "4.0.1"
    assert statement["kind"] == "instance"
    assert json.dumps(statement)


# --- cursor


_CLE = b"k" * 32
_FILTRE = Filtre(types=("11488-4",), statuts=(), limite=20, tri="type_code", descendant=False)


def _curseur(n: int) -> Curseur:
    return Curseur(f"v{n}", UUID(int=n), MAINTENANT, 42)


@pytest.mark.rule("FHR-24")
def test_a_cursor_comes_back_whole() -> None:
    bornes = _lire(("creation", "ge2026"), ("period", "2026-02")).filtre.bornes
    filtre = Filtre(types=("a", "b"), bornes=bornes, apres=_curseur(1))
    reprise = Reprise(_DOSSIER, filtre, (None, _curseur(2)))
    texte = curseur.sceller(reprise, cle=_CLE, appelant="c|p", maintenant=1000)
    assert curseur.ouvrir(texte, Filtre, cle=_CLE, appelant="c|p", maintenant=1000 + 15 * 60) == reprise
    assert _DOSSIER.hex not in texte


@pytest.mark.rule("FHR-24")
def test_late_altered_or_another_callers() -> None:
    texte = curseur.sceller(Reprise(_DOSSIER, _FILTRE), cle=_CLE, appelant="c|p", maintenant=1000)
    ouvrir = partial(curseur.ouvrir, forme=Filtre)
    assert refus(lambda: ouvrir(texte, cle=_CLE, appelant="c|p", maintenant=1901)).statut == 410
    assert refus(lambda: ouvrir(texte, cle=_CLE, appelant="c|q", maintenant=1000)).statut == 403
    for faux in (texte[:-4], "A" + texte[1:], "", "é", "a" * 5000, texte + "A"):
        if faux[:1] == texte[:1] and faux == texte:
            continue
        assert refus(lambda faux=faux: ouvrir(faux, cle=_CLE, appelant="c|p", maintenant=1000)).statut == 400
