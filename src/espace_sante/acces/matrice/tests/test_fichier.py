"""The file of a matrix is taken whole or refused whole, with its lines (rules ACC-35, ACC-36)."""

from __future__ import annotations

import contextlib
from importlib.resources import files

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.acces.matrice import fichier
from espace_sante.acces.matrice.erreurs import MatriceInvalide
from espace_sante.acces.matrice.lignes import Case, Cle, Groupe
from espace_sante.documents import nomenclatures

ENTETE = "profession_code,profession_system,type_code,consultation,origin,rule"
BONNE = "10,TRE_G15,SYNTH,O,official,annexe"


def _refus(contenu: bytes | str) -> list[tuple[int, str]]:
    with pytest.raises(MatriceInvalide) as refus:
        fichier.lire(contenu if isinstance(contenu, bytes) else contenu.encode())
    return list(refus.value.details["lignes"])


@pytest.mark.rule("ACC-35")
def test_the_format_of_the_rulebook_is_read() -> None:
    lecture = fichier.lire(
        f"{ENTETE}\n{BONNE}\n21,TRE_G15,SYNTH,N,sourced,\n93,TRE_R95,SYNTH,O,illustrative,x\n".encode()
    )
    assert lecture.cases == (
        Case(Cle(Groupe("TRE_G15", "10"), "SYNTH"), True, "official", "annexe"),
        Case(Cle(Groupe("TRE_G15", "21"), "SYNTH"), False, "sourced"),
        Case(Cle(Groupe("TRE_R95", "93"), "SYNTH"), True, "illustrative", "x"),
    )


@pytest.mark.rule("ACC-36")
@pytest.mark.parametrize(
    ("ligne", "raison"),
    [
        ("999,TRE_G15,SYNTH,O,official,", "profession inconnue"),
        ("10,TRE_G99,SYNTH,O,official,", "profession inconnue"),
        ("10,TRE_G15,INCONNU,O,official,", "type de document inconnu"),
        ("10,TRE_G15,SYNTH,o,official,", "consultation doit valoir O ou N"),
        ("10,TRE_G15,SYNTH,OUI,official,", "consultation doit valoir O ou N"),
        ("10,TRE_G15,SYNTH,,official,", "consultation doit valoir O ou N"),
        ("10,TRE_G15,SYNTH,O,officiel,", "origin doit valoir official, sourced ou illustrative"),
        ("21,TRE_G15,SYNTH,O,official," + "x" * 256, "rule : au plus 255 caractères, sur une ligne"),
        (BONNE, "couple déjà donné à la ligne 2"),
        ("10,TRE_G15,SYNTH", "3 colonnes au lieu de 6"),
        ("10,TRE_G15,SYNTH,O,official,,,", "8 colonnes au lieu de 6"),
        ('10,TRE_G15,"SYNTH,O,official,', "ligne illisible : guillemets ou champ démesuré"),
        ("10,TRE_G15,SYNTH,O,official," + "x" * 200_000, "ligne illisible : guillemets ou champ démesuré"),
    ],
)
def test_one_bad_line_refuses_all_and_is_named(ligne: str, raison: str) -> None:
    assert _refus(f"{ENTETE}\n{BONNE}\n\n{ligne}\n")[0] == (4, raison)


@pytest.mark.rule("ACC-36")
def test_every_bad_line_is_named_up_to_a_hundred() -> None:
    assert [n for n, _ in _refus(f"{ENTETE}\n999,TRE_G15,SYNTH,O,,\n{BONNE}\n10,TRE_G15,RIEN,O,,\n")] == [
        2,
        4,
    ]
    lignes = _refus(ENTETE + "\n" + "999,TRE_G15,SYNTH,O,,\n" * 250)
    assert len(lignes) == 101
    assert lignes[-1][1] == "… et 150 autres lignes refusées"


@pytest.mark.rule("ACC-36")
@pytest.mark.parametrize(
    ("contenu", "ligne", "raison"),
    [
        (b"", 1, "colonnes absentes"),
        (b"\n\n", 1, "colonnes absentes"),
        (ENTETE.encode(), 1, "aucune cellule"),
        (f"{ENTETE}\n\n ,,,,,\n".encode(), 1, "aucune cellule"),
        (f"{ENTETE}\n{BONNE}\n21,TRE_G15,SYNTH,O,official,arrêté\n".encode("latin-1"), 3, "UTF-8"),
        (f"{ENTETE}\n{BONNE}\n".encode("utf-16"), 1, "UTF-8"),
        (f"{ENTETE}\n{BONNE}\n".encode("utf-16-le"), 1, "UTF-8"),
        (b"PK\x03\x04\x00\x00", 1, "UTF-8"),
        (f"{ENTETE}\n{BONNE}\n".replace(",", ";").encode(), 1, "colonnes absentes"),
        (f"{ENTETE},origin\n{BONNE},official\n".encode(), 1, "une colonne est donnée deux fois"),
        (f"{ENTETE},commentaire\n{BONNE},x\n".encode(), 1, "colonnes inconnues : commentaire"),
        (f"{ENTETE},savoir_faire\n{BONNE},SM999\n".encode(), 2, "savoir-faire inconnu"),
    ],
)
def test_other_files_are_refused_and_not_guessed(contenu: bytes, ligne: int, raison: str) -> None:
    ((numero, texte),) = _refus(contenu)
    assert numero == ligne
    assert raison in texte


@pytest.mark.rule("ACC-36")
def test_a_huge_file_is_refused_before_it_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    with pytest.raises(MatriceInvalide) as refus:
        fichier.lire(b"x" * (fichier.TAILLE_MAXIMALE + 1))
    assert refus.value.code == "matrice_trop_grande"
    monkeypatch.setattr(fichier, "LIGNES_MAXIMALES", 2)
    couples = "".join(f"10,TRE_G15,{t},O,official,\n" for t in list(nomenclatures.types())[:3])
    assert _refus(f"{ENTETE}\n{couples}") == [(4, "plus de 2 cellules")]


@pytest.mark.rule("ACC-36", "ACC-37")
def test_missing_couples_are_a_warning_by_profession() -> None:
    lecture = fichier.lire(f"{ENTETE},savoir_faire\n{BONNE},\n21,TRE_G15,SYNTH,O,official,,G\n".encode())
    tous = set(nomenclatures.types())
    assert {g: set(t) for g, t in lecture.absents.items()} == {
        Groupe("TRE_G15", "10"): tous - {"SYNTH"},
        Groupe("TRE_G15", "21"): tous,
    }
    assert lecture.nombre_absents == 2 * len(tous) - 1


@pytest.mark.rule("ACC-35")
def test_the_marker_of_a_spreadsheet_and_its_line_ends_are_understood() -> None:
    assert fichier.lire(b"\xef\xbb\xbf" + f"{ENTETE}\r\n{BONNE}\r\n".encode()).cases[0].consultation


def test_three_columns_are_enough_when_the_profession_is_in_one_system() -> None:
    """The contract of the command; what does not claim to be official is not."""
    (case,) = fichier.lire(b"profession_code,type_code,consultation\n10,SYNTH,O\n").cases
    assert case == Case(Cle(Groupe("TRE_G15", "10"), "SYNTH"), True, "illustrative")


@pytest.mark.rule("ACC-43")
def test_a_physician_who_would_read_the_attestation_of_residence_is_signalled() -> None:
    assert fichier.lire(f"{ENTETE}\n10,TRE_G15,ATTEST-RESID,O,official,\n".encode()).avertissements
    assert not fichier.lire(f"{ENTETE}\n10,TRE_G15,ATTEST-RESID,N,official,\n".encode()).avertissements


@pytest.mark.rule("ACC-43", "ACC-46")
def test_the_sample_says_what_is_known_of_physicians_and_dental_surgeons() -> None:
    lecture = fichier.lire(
        files("espace_sante.acces").joinpath("data", "matrice_illustrative.csv").read_bytes()
    )
    assert lecture.nombre_absents == 0
    ouverts = {c.cle.type_code for c in lecture.cases if c.cle.groupe == fichier.MEDECIN and c.consultation}
    en_usage = {t.code for t in nomenclatures.types().values() if t.statut == "official" and t.classe != "99"}
    assert ouverts == en_usage - {"ATTEST-RESID"}
    dentiste = {
        c.cle.type_code for c in lecture.cases if c.cle.groupe == Groupe("TRE_G15", "40") and c.consultation
    }
    assert dentiste
    assert dentiste < ouverts


_CASES = st.lists(
    st.builds(
        Case,
        st.builds(
            Cle,
            st.sampled_from(
                [Groupe("TRE_G15", "10"), Groupe("TRE_G15", "10", "SM03"), Groupe("TRE_R95", "93")]
            ),
            st.sampled_from(sorted(nomenclatures.types())[:12]),
        ),
        st.booleans(),
        st.sampled_from(["official", "sourced", "illustrative"]),
        st.text(st.characters(codec="utf-8"), max_size=30).map(str.strip).filter(str.isprintable),
    ),
    min_size=1,
    unique_by=lambda c: c.cle,
)


@pytest.mark.rule("ACC-35")
@given(_CASES)
def test_what_is_written_is_read_back(cases: list[Case]) -> None:
    assert set(fichier.lire(fichier.ecrire(cases).encode()).cases) == set(cases)


@given(st.binary(max_size=300) | st.text(max_size=300).map(str.encode))
def test_no_file_does_anything_but_be_refused(contenu: bytes) -> None:
    for debut in (b"", f"{ENTETE}\n{BONNE}\n".encode()):
        with contextlib.suppress(MatriceInvalide):
            assert fichier.lire(debut + contenu).cases
