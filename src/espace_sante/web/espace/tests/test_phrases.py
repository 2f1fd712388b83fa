"""One sentence for each Action × Resultat, and never a sentence without somebody in it."""

from __future__ import annotations

import itertools
import re
from dataclasses import replace
from datetime import UTC, datetime
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from espace_sante.acces.alimentation import MESSAGES
from espace_sante.acces.dicah import CODES
from espace_sante.kernel.codes import GenreActeur, ModeAcces
from espace_sante.traces.ecriture import Action, Resultat
from espace_sante.traces.queries import GROUPES, TraceVue
from espace_sante.web.composants import sprite
from espace_sante.web.espace.phrases import FAITS, PRECISIONS, REFUS, Lecteur, acteur, phrase
from espace_sante.web.espace.raisons import RAISONS
from espace_sante.web.espace.signes import ICONES
from espace_sante.web.espace.tierce_personne import tiers

ID = UUID(int=7)
TRACE = TraceVue(
    id=UUID(int=1),
    quand=datetime(2026, 3, 3, 13, 5, tzinfo=UTC),
    acteur_genre="professionnel",
    acteur_id="99000000001",
    acteur_nom="Dr Anne Morel",
    profession="Médecin généraliste",
    structure_nom="Cabinet des Halles",
    structure_commune="Caen",
    action="lecture",
    resultat="fait",
    motif="",
    lettres="",
    document_ids=[ID],
    document_type="11502-2",
    document_titre="Analyse de sang du 2 mars",
    mode="normal",
    porte="fhir",
    logiciel="",
    logiciel_nom="",
)
TITULAIRE = replace(TRACE, acteur_genre="titulaire", acteur_nom="Lou Martin", profession="", porte="web")


@pytest.mark.rule("AUD-05")
def test_the_sentence_of_the_design() -> None:
    vue = phrase(TRACE)
    assert vue.texte == (
        "Le Dr Anne Morel, médecin généraliste à Caen, a ouvert «\u00a0Analyse de sang du 2 mars\u00a0»."
    )
    assert vue.document_id == ID
    assert vue.lieu == "Cabinet des Halles, par un logiciel de santé"
    assert phrase(TITULAIRE).texte == "Vous avez ouvert «\u00a0Analyse de sang du 2 mars\u00a0»."


@pytest.mark.parametrize(
    ("commune", "lieu"), [("Le Mans", "au Mans"), ("Les Ulis", "aux Ulis"), ("Laon", "à Laon")]
)
def test_places_take_their_article(commune: str, lieu: str) -> None:
    assert f", médecin généraliste {lieu}, a " in phrase(replace(TRACE, structure_commune=commune)).texte


@pytest.mark.rule("AUD-05", "ACC-04")
@pytest.mark.parametrize("code", CODES.values())
def test_a_refusal_is_said_plainly_with_its_reason(code: str) -> None:
    refus = replace(
        TRACE, action="ouverture", resultat="refus", motif=code, document_titre="", document_ids=[]
    )
    vue = phrase(refus)
    assert vue.refus
    assert vue.texte == (
        "Le Dr Anne Morel, médecin généraliste à Caen, a demandé à ouvrir votre dossier."
        f" Demande refusée\u00a0: {RAISONS[code]}."
    )
    assert vue.document_id is None


def test_every_action_has_both_sentences_and_every_refusal_its_words() -> None:
    assert set(FAITS) == set(REFUS) == set(ICONES) == set(Action)
    assert {"alerte", *ICONES.values()} <= sprite.noms()
    assert set(CODES.values()) | set(MESSAGES) <= set(RAISONS) | {"dossier_indisponible"}


@pytest.mark.rule("AUD-05", "AUD-06")
@pytest.mark.parametrize(
    ("action", "resultat", "genre"), list(itertools.product(Action, Resultat, GenreActeur))
)
def test_each_act_of_each_kind_of_actor_makes_one_french_sentence(
    action: Action, resultat: Resultat, genre: GenreActeur
) -> None:
    vue = phrase(replace(TRACE, action=action.value, resultat=resultat.value, acteur_genre=genre.value))
    texte = vue.texte
    assert texte.endswith(".")
    assert "{" not in texte
    assert "  " not in texte
    assert ".." not in texte
    assert "None" not in texte
    assert (" avez " if genre is GenreActeur.TITULAIRE else " a ") in texte
    assert vue.refus is (resultat is Resultat.REFUS)


@pytest.mark.rule("AUD-06")
@given(
    genre=st.sampled_from(GenreActeur),
    action=st.sampled_from(Action),
    resultat=st.sampled_from(Resultat),
    textes=st.lists(st.sampled_from(["", " ", "X"]), min_size=5, max_size=5),
)
def test_no_sentence_without_an_actor(
    genre: GenreActeur, action: Action, resultat: Resultat, textes: list[str]
) -> None:
    nom, numero, profession, structure, commune = textes
    trace = replace(
        TRACE, acteur_genre=genre.value, action=action.value, resultat=resultat.value, acteur_nom=nom,
        acteur_id=numero, profession=profession, structure_nom=structure, structure_commune=commune,
    )  # fmt: skip
    vue = phrase(trace)
    assert vue.sujet.strip(" ,«»") not in {"", "Le", "L’établissement", "Le service"}
    assert acteur(trace).strip()
    assert vue.texte.startswith(vue.sujet)


def test_an_untitled_document_is_named_by_its_type() -> None:
    assert "biologiques" in phrase(replace(TRACE, document_titre="")).document
    assert phrase(replace(TRACE, document_titre="", document_type="?")).document == "un document"


@pytest.mark.rule("AUD-02", "AUD-05")
def test_a_software_is_called_by_its_name() -> None:
    connu = replace(TRACE, logiciel="lps-42", logiciel_nom="Cabinet Facile")
    assert phrase(connu).lieu == "Cabinet des Halles, avec le logiciel «\u00a0Cabinet Facile\u00a0»"
    oublie = replace(TRACE, logiciel="lps-42")
    assert "«\u00a0lps-42\u00a0»" in phrase(oublie).lieu
    service = replace(connu, acteur_genre="service", acteur_nom="", acteur_id="lps-42")
    assert phrase(service).sujet == "Le service Cabinet Facile"


def test_a_name_that_only_looks_titled_keeps_its_letters() -> None:
    assert phrase(replace(TRACE, acteur_nom="Michelle Petit")).sujet.startswith("Michelle Petit, ")
    assert phrase(replace(TRACE, acteur_nom="Pr Le Goff")).sujet.startswith("Le Pr Le Goff, ")


@pytest.mark.rule("AUD-05")
def test_consent_and_emergency_are_told_apart() -> None:
    accord = replace(TRACE, action="consentement", document_titre="", document_ids=[])
    assert phrase(replace(accord, motif="ponctuel")).texte.endswith(
        " a enregistré votre accord pour ouvrir votre dossier lors de cette consultation."
    )
    assert phrase(replace(accord, motif="equipe")).texte.endswith(
        " a enregistré votre accord pour que toute son équipe de soins ouvre votre dossier."
    )
    assert "en urgence" in phrase(replace(TRACE, mode=ModeAcces.BRIS_DE_GLACE.value)).texte


@pytest.mark.rule("AUD-03")
def test_each_kind_of_actor_is_named_as_what_it_is() -> None:
    """Eight kinds of the rule, and the fund: each has its own words, and exactly one group of the filters."""
    sujets = {
        genre: phrase(
            replace(
                TRACE, acteur_genre=genre.value, acteur_nom="Paul Martin", profession="", structure_commune=""
            )
        ).sujet
        for genre in GenreActeur
    }
    assert sujets == {
        GenreActeur.TITULAIRE: "Vous",
        GenreActeur.PROFESSIONNEL: "Paul Martin",
        GenreActeur.STRUCTURE: "L’établissement Paul Martin",
        GenreActeur.OPERATEUR: "L’assistance (Paul Martin)",
        GenreActeur.DELEGUE: "Paul Martin, qui vous aide,",
        GenreActeur.SERVICE: "Le service Paul Martin",
        GenreActeur.SYSTEME: "Le système (Paul Martin)",
        GenreActeur.ENROLEMENT: "L’inscription des assurés (Paul Martin)",
        GenreActeur.ASSURANCE_MALADIE: "L’Assurance maladie",
    }
    ranges = sorted(g for groupe in GROUPES.values() for g in groupe)
    assert ranges == sorted(g.value for g in GenreActeur)


@pytest.mark.rule("AUD-03", "AUD-10")
@pytest.mark.parametrize("genre", GenreActeur)
def test_for_another_reader_nothing_speaks_to_the_holder(genre: GenreActeur) -> None:
    lecteur = Lecteur(GenreActeur.PROFESSIONNEL, "99000000009")
    motifs = ["", *{motif for _, motif in PRECISIONS}]
    for action, resultat, motif in itertools.product(Action, Resultat, motifs):
        trace = replace(
            TRACE, action=action.value, resultat=resultat.value, acteur_genre=genre.value, motif=motif
        )
        vue = phrase(trace, lecteur)
        assert not vue.mien
        assert vue.document_id is None
        _a_un_tiers(vue.texte)
    for raison in RAISONS.values():
        _a_un_tiers(tiers(raison))


def _a_un_tiers(texte: str) -> None:
    assert not re.search(r"\bvo(us|tre|s)\b", texte, re.IGNORECASE), texte
    assert not re.search(r"\b(de|à) les?\b|(patient|lui) (n’)?\w+ez\b", texte), texte


@pytest.mark.rule("AUD-10")
def test_own_acts_are_marked_for_whoever_reads() -> None:
    siens = {
        Lecteur(GenreActeur.TITULAIRE): replace(TRACE, acteur_genre="titulaire", acteur_id="dossier"),
        Lecteur(GenreActeur.PROFESSIONNEL, "99000000001"): TRACE,
        Lecteur(GenreActeur.DELEGUE, "d1"): replace(TRACE, acteur_genre="delegue", acteur_id="d1"),
    }
    for lecteur, trace in siens.items():
        vue = phrase(trace, lecteur)
        assert (vue.mien, vue.sujet) == (True, "Vous")
        assert vue.avant.startswith("avez ")
        autres = [t for t in siens.values() if t is not trace]
        assert not any(phrase(t, lecteur).mien for t in autres)
    pro = Lecteur(GenreActeur.PROFESSIONNEL, TRACE.acteur_id)
    lecture = replace(TRACE, action="historique", motif="siens", document_titre="", document_ids=[])
    assert phrase(lecture, pro).texte == "Vous avez consulté les traces de vos propres actes dans le dossier."
    # A delegate's act is never told as the holder's own (PRX-32).
    aide = replace(TRACE, acteur_genre="delegue", acteur_id="d1", acteur_nom="Paul Martin")
    assert phrase(aide).sujet == "Paul Martin, qui vous aide,"
    assert not phrase(aide).mien
    assert phrase(aide, Lecteur(GenreActeur.DELEGUE, "d2")).sujet == "Paul Martin, qui aide le patient,"
