"""Search inside documents against a naive search of the clear texts (DOC-57, DOC-58)."""

from __future__ import annotations

import itertools
import unicodedata

import pytest
from hypothesis import given
from hypothesis import settings as reglage
from hypothesis import strategies as st

from espace_sante.acces.indexation_texte import indexer_dossiers
from espace_sante.acces.tests.fabrique import (
    dossier,
    source,
)
from espace_sante.acces.tests.texte import deposer
from espace_sante.documents.filtre import Filtre, Restriction
from espace_sante.documents.nomenclatures import type_document
from espace_sante.documents.plein_texte import recherche, requete
from espace_sante.dossier.models import Dossier
from espace_sante.platform.crypto import CleDossier
from espace_sante.platform.postgres.rls import portee

_VOCABULAIRE = ["hôpital", "hôpitaux", "œdème", "oedemes", "grippe", "Grippes", "active", "actifs", "l’hypertension",
                "hypertendu", "cardiaque", "cardiologue", "7,2", "TA", "TAVI"]  # fmt: skip
_TYPES = ["11488-4", "57833-6", "REMB"]
_un_document = st.tuples(
    st.lists(st.sampled_from(_VOCABULAIRE), max_size=6),
    st.sampled_from(_TYPES),
    st.booleans(),
    st.booleans(),
    st.booleans(),
)
_graines = itertools.count(5000)


@pytest.mark.django_db
@pytest.mark.rule("DOC-57", "DOC-58")
@reglage(max_examples=25)
@given(
    st.lists(_un_document, min_size=1, max_size=8),
    st.lists(st.sampled_from([*_VOCABULAIRE, "car", "hyper", "ta", "act"]), min_size=1, max_size=3),
    st.sets(st.sampled_from(_TYPES), min_size=1),
    st.booleans(),
    st.booleans(),
)
def test_same_answer_as_a_naive_search_of_the_clear_texts(
    documents: list[tuple[list[str], str, bool, bool, bool]],
    cherches: list[str],
    types: set[str],
    tous_masques: bool,
    voit_invisible: bool,
) -> None:
    d, _ = dossier(next(_graines))
    attendus = set()
    for textes, type_code, masque, invisible, indexe_avant in documents:
        identifiant = deposer(
            d, " ".join(textes), type_code=type_code, masque_ps=masque, invisible_patient=invisible, titre="Zzz",
            auteurs=(source(None),),
        )  # fmt: skip
        if indexe_avant:
            indexer_dossiers([d])
        visible = type_code in types and (tous_masques or not masque) and (voit_invisible or not invisible)
        type_ = type_document(type_code)
        assert type_ is not None
        entete = _nu(f"Zzz Anne MOREL {type_.libelle}")
        if visible and all(_nu(c) in entete or any(_repond(c, t) for t in textes) for c in cherches):
            attendus.add(identifiant)
    limite = Restriction(types=tuple(types), tous_masques=tous_masques, voit_invisible_patient=voit_invisible)
    termes = requete.lire(" ".join(cherches))
    with portee(d):
        cle = CleDossier.ouvrir(Dossier.objects.get(dossier_id=d).cle_scellee, d.bytes)  # type: ignore[arg-type]
        trouve = recherche.chercher(d, limite, Filtre(), termes, cle, par_pertinence=True)
    assert {vu.id for vu in trouve.page.elements} == attendus
    assert trouve.page.total == len(attendus)


def _repond(cherche: str, ecrit: str) -> bool:
    """Written again straight from the promise: same family of word, or its beginning from three letters on."""
    familles = [
        {"hopital", "hopitaux"}, {"oedeme", "oedemes"}, {"grippe", "grippes"}, {"active", "actifs"},
        {"hypertension"}, {"hypertendu"}, {"cardiaque"}, {"cardiologue"}, {"7.2"}, {"ta"}, {"tavi"},
    ]  # fmt: skip
    court, long = (_nu(m) for m in (cherche, ecrit))
    if any(court in f and long in f for f in familles):
        return True
    debut = {
        "car": ("cardiaque", "cardiologue"),
        "hyper": ("hypertension", "hypertendu"),
        "act": ("active", "actifs"),
    }
    return long in debut.get(court, ())


def _nu(mot: str) -> str:
    sans = unicodedata.normalize("NFD", mot.lower().replace("œ", "oe").replace("l’", "").replace(",", "."))
    return "".join(c for c in sans if not unicodedata.combining(c))
