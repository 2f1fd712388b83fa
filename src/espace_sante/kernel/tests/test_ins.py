import pickle

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.kernel.ins import OID_DEMO, OID_NIA, OID_NIR, OID_TEST, OIDS, Ins, InsInvalide, cle

_departements = st.one_of(st.integers(1, 99).map(lambda n: f"{n:02d}"), st.sampled_from(["2A", "2B"]))
_mois = st.one_of(st.integers(1, 12), st.integers(20, 42), st.integers(50, 99)).map(lambda n: f"{n:02d}")
matricules13 = st.builds(
    lambda sexe, annee, mois, departement, reste: f"{sexe}{annee:02d}{mois}{departement}{reste:06d}",
    st.sampled_from("12"),
    st.integers(0, 99),
    _mois,
    _departements,
    st.integers(0, 999_999),
)


@pytest.mark.rule("IDN-01")
def test_same_digits_under_two_oids_are_two_identifiers() -> None:
    nir, essai = Ins("279035121518989", OID_NIR), Ins("279035121518989", OID_TEST)
    assert nir != essai
    assert len({nir, essai, Ins("279035121518989", OID_NIR)}) == 2
    assert nir.urn == "urn:oid:1.2.250.1.213.1.4.8"


@pytest.mark.rule("IDN-01")
@pytest.mark.parametrize("oid", ["", "1.2.250.1.213.1.4.13", "1.2.250.1.213.1.4.80"])
def test_other_oids_are_refused(oid: str) -> None:
    with pytest.raises(InsInvalide) as refus:
        Ins.lire("279035121518989", oid)
    assert refus.value.code == "oid_inconnu"


@pytest.mark.rule("IDN-02")
def test_only_test_and_demonstration_oids_are_fictitious() -> None:
    assert {oid for oid in OIDS if Ins("279035121518989", oid).fictif} == {OID_TEST, OID_DEMO}


@pytest.mark.rule("IDN-03")
@pytest.mark.parametrize(
    "texte",
    [
        "",
        "2790351215189",
        "27903512151898",
        "2790351215189890",
        "279035121518-89",
        "A79035121518989",
        "²79035121518989",
        "٢79035121518989",
        "2790351215189 8",
    ],
)
def test_anything_but_fifteen_characters_is_refused(texte: str) -> None:
    with pytest.raises(InsInvalide) as refus:
        Ins.lire(texte)
    assert refus.value.code == "ins_format"


@pytest.mark.rule("IDN-03")
@given(matricules13, st.lists(st.integers(0, 15), max_size=6), st.sampled_from(" \t\n\u00a0\u202f"))
def test_spaces_and_small_letters_do_not_matter(corps: str, places: list[int], blanc: str) -> None:
    matricule = corps + cle(corps)
    tape = matricule.lower()
    for place in places:
        tape = tape[:place] + blanc + tape[place:]
    assert Ins.lire(tape).matricule == matricule


@pytest.mark.rule("IDN-04", "INS-02")
@pytest.mark.parametrize("texte", ["180127511600128", "279035121518989", "146026322000196"])
def test_published_matricules_are_accepted(texte: str) -> None:
    assert Ins.lire(texte).cle_valide


@pytest.mark.rule("IDN-04", "INS-02", "INS-03")
@pytest.mark.parametrize(
    "texte", ["180127511600129", "288091234567823", "253097812634581", "123456789012345"]
)
def test_published_wrong_keys_are_refused(texte: str) -> None:
    with pytest.raises(InsInvalide) as refus:
        Ins.lire(texte)
    assert refus.value.code == "cle_invalide"


@pytest.mark.rule("INS-02")
def test_known_keys() -> None:
    assert cle("1234567890123") == "11"
    assert cle("2790351215189") == "89"


@pytest.mark.rule("IDN-04")
@given(matricules13)
def test_exactly_one_key_in_a_hundred_is_accepted(corps: str) -> None:
    bonnes = [n for n in range(100) if Ins.lire(f"{corps}{n:02d}", verifier_cle=False).cle_valide]
    assert bonnes == [int(cle(corps))]
    assert 1 <= bonnes[0] <= 97


@pytest.mark.rule("IDN-04")
@given(matricules13.filter(lambda corps: corps[6] not in "AB"), st.integers(0, 12), st.integers(1, 9))
def test_one_wrong_digit_is_always_seen(corps: str, place: int, ecart: int) -> None:
    faux = corps[:place] + str((int(corps[place]) + ecart) % 10) + corps[place + 1 :]
    assert cle(faux) != cle(corps)


@pytest.mark.rule("IDN-05", "INS-02")
def test_corsica() -> None:
    assert cle("297022A020778") == "78"
    assert Ins.lire("297022a02077878").cle_valide
    assert cle("297022A020778") == cle("2970219020778")
    assert cle("297022B020778") == cle("2970218020778")


@pytest.mark.rule("IDN-05")
@pytest.mark.parametrize(
    "corps", ["2970A22020778", "29702A2020778", "297021A020778", "297022C020778", "297022A02077B"]
)
def test_letters_at_other_places_are_refused(corps: str) -> None:
    with pytest.raises(InsInvalide) as refus:
        cle(corps)
    assert refus.value.code == "ins_format"


@pytest.mark.rule("IDN-06")
@given(st.integers(0, 99))
def test_months(mois: int) -> None:
    corps = f"180{mois:02d}75116001"
    admis = 1 <= mois <= 12 or 20 <= mois <= 42 or mois >= 50
    if admis:
        assert Ins.lire(corps + cle(corps)).matricule.startswith(corps)
    else:
        with pytest.raises(InsInvalide) as refus:
            Ins.lire(corps + cle(corps))
        assert refus.value.code == "ins_format"


@pytest.mark.rule("IDN-07")
@pytest.mark.parametrize("premier", "0123456789")
def test_first_digit_depends_on_the_oid(premier: str) -> None:
    corps = f"{premier}801275116001"
    for oid, admis in ((OID_NIR, "12"), (OID_NIA, "123478"), (OID_TEST, "123478"), (OID_DEMO, "123478")):
        if premier in admis:
            assert Ins.lire(corps + cle(corps), oid).oid == oid
        else:
            with pytest.raises(InsInvalide):
                Ins.lire(corps + cle(corps), oid)


@pytest.mark.rule("INS-03")
def test_wrong_key_is_kept_only_when_asked() -> None:
    for recu in ("221042545611404", "123456789012345"):
        assert not Ins.lire(recu, OID_TEST, verifier_cle=False).cle_valide


@pytest.mark.rule("INS-15")
@given(matricules13)
def test_nothing_printable_shows_the_number(corps: str) -> None:
    ins = Ins.lire(corps + cle(corps))
    assert corps not in f"{ins} {ins!r} {[ins]}"
    with pytest.raises(InsInvalide) as refus:
        Ins.lire(corps + "00")
    assert corps not in f"{refus.value} {refus.value!r} {refus.value.details}"


def test_values_travel_between_processes() -> None:
    ins = Ins.lire("279035121518989", OID_TEST)
    assert pickle.loads(pickle.dumps(ins)) == ins
