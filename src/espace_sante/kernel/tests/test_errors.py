from espace_sante.kernel.errors import EspaceSanteError


def test_an_error_has_a_code_a_message_and_details() -> None:
    erreur = EspaceSanteError("trop_grand", "Le document est trop grand.", limite=5)
    assert (erreur.code, erreur.message, erreur.details) == (
        "trop_grand",
        "Le document est trop grand.",
        {"limite": 5},
    )
    assert str(erreur) == "trop_grand: Le document est trop grand."
