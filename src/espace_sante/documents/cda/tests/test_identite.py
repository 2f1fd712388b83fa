import pytest

from espace_sante.documents.cda.constats import Constat
from espace_sante.documents.cda.identite import comparer_identite, comparer_traits, meme_personne
from espace_sante.documents.cda.tests.exemple import INS, entete
from espace_sante.kernel.ins import OID_DEMO, OID_NIA, OID_NIR, OID_TEST, Ins
from espace_sante.kernel.traits import Traits

_TRAITS = Traits("Pat Trois", "Dominique", "1979-03-28", "F", "75056")
_LE_SIEN = Ins(INS, OID_TEST)
_AUTRE = Ins("180127511600128", OID_TEST)


def _comparer(
    *changements: tuple[str, str],
    admis: tuple[Ins, ...] = (_LE_SIEN,),
    traits: Traits | None = _TRAITS,
    production: bool = False,
    noms_refusent: bool = False,
) -> list[tuple[str, str]]:
    trouves: tuple[Constat, ...] = comparer_identite(
        entete(*changements), admis, traits, production=production, noms_refusent=noms_refusent
    )
    assert not any(INS in str(c) or "PAT-TROIS" in str(c) for c in trouves)
    return [(c.code, c.gravite) for c in trouves]


@pytest.mark.rule("CDA-23", "DOC-06")
def test_the_ins_must_be_that_of_the_record() -> None:
    assert _comparer() == []
    assert _comparer(admis=(_AUTRE, _LE_SIEN)) == []
    assert _comparer(admis=(_AUTRE,)) == [("ins-different", "error")]
    assert _comparer(admis=()) == [("ins-different", "error")]


@pytest.mark.rule("CDA-23")
def test_every_ins_of_the_header_must_be_that_of_the_record() -> None:
    deux = f'<id root="{OID_NIA}" extension="{_AUTRE.matricule}"/><id root="{OID_TEST}"'
    assert _comparer((f'<id root="{OID_TEST}"', deux)) == [("ins-different", "error")]
    assert _comparer((f'<id root="{OID_TEST}"', deux), admis=(_LE_SIEN, Ins(_AUTRE.matricule, OID_NIA))) == []


@pytest.mark.rule("CDA-28", "IDN-01")
def test_one_number_under_two_oids() -> None:
    nir = Ins(INS, OID_NIR)
    assert meme_personne(nir, _LE_SIEN, production=False)
    assert not meme_personne(nir, _LE_SIEN, production=True)
    for oid in (OID_NIA, OID_DEMO):
        assert not meme_personne(Ins(INS, oid), _LE_SIEN, production=False)
    assert not meme_personne(nir, Ins(_AUTRE.matricule, OID_TEST), production=False)
    assert _comparer(admis=(nir,)) == []
    assert _comparer(admis=(nir,), production=True) == [("ins-different", "error")]


@pytest.mark.rule("CDA-29")
@pytest.mark.parametrize(
    ("traits", "attendu"),
    [
        (Traits("PAT TROIS", "dominique", "1979-03-28", "F"), []),
        (Traits("PAT TROIS", "DOMINIQUE", "1979-03-29", "F"), [("traits-differents", "error")]),
        (Traits("PAT TROIS", "DOMINIQUE", "1979-03-28", "M"), [("traits-differents", "error")]),
        (Traits("AUTRE", "DOMINIQUE", "1979-03-28", "F"), [("traits-differents", "warning")]),
        (Traits("PAT TROIS", "AUTRE", "1979-03-28", "F"), [("traits-differents", "warning")]),
        (Traits("PAT TROIS", "DOMINIQUE", "1979", "F"), []),
    ],
)
def test_traits_against_the_record(traits: Traits, attendu: list[tuple[str, str]]) -> None:
    assert _comparer(traits=traits) == attendu


@pytest.mark.rule("CDA-29")
def test_the_strict_setting_refuses_names_too() -> None:
    traits = Traits("AUTRE", "DOMINIQUE", "1979-03-28", "F")
    assert _comparer(traits=traits, noms_refusent=True) == [("traits-differents", "error")]


@pytest.mark.rule("CDA-29")
def test_the_traits_of_a_header_at_deposit() -> None:
    du_document = entete().traits
    dossier = Traits("PAT-TROIS", "Dominique", "1979-03-28", "F", "75056")
    assert comparer_traits(du_document, dossier) == ()
    assert comparer_traits(None, dossier) == ()
    trouves = comparer_traits(du_document, Traits("AUTRE", "Dominique", "1979-03-29", "F"))
    assert [(c.code, c.gravite, c.regle) for c in trouves] == [
        ("traits-differents", "warning", "CDA-29"),
        ("traits-differents", "error", "CDA-29"),
    ]


@pytest.mark.rule("CDA-23")
def test_nothing_to_compare() -> None:
    assert _comparer(traits=None) == []
    assert _comparer((f'<id root="{OID_TEST}" extension="{INS}"/>', "")) == []
