"""Search inside documents through the gate: what is found, what never is (DOC-57, DOC-58)."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from espace_sante.acces import recherche_texte
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.indexation_texte import indexer_dossiers
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import (
    CONTEXTE,
    dossier,
    professionnel,
    titulaire,
)
from espace_sante.acces.tests.texte import chercher, deposer, trouves
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.models import Document, IndexTexte
from espace_sante.documents.plein_texte.recherche import Trouves
from espace_sante.documents.queries import Page
from espace_sante.dossier.models import Dossier
from espace_sante.identite.acteurs import Acteur
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.models import Trace


@pytest.mark.django_db
@pytest.mark.rule("DOC-57")
def test_a_document_is_found_at_once_then_by_the_index() -> None:
    d, _ = dossier()
    oui = deposer(d, "Découverte d’un œdème pulmonaire, hôpital prévenu.")
    deposer(d, "Grippe saisonnière, repos.")
    for _ in range(2):
        assert trouves(d, "oedemes") == [oui]
        assert trouves(d, "hopitaux PULMONAIRES") == [oui]
        assert trouves(d, "pulmonaire grippe") == []
    with portee(d):
        assert IndexTexte.objects.count() == 2


@pytest.mark.django_db
@pytest.mark.rule("DOC-57")
def test_title_author_and_type_are_searched_too_and_weigh_more() -> None:
    d, _ = dossier()
    titre = deposer(d, "Sans rapport", titre="Suivi du diabète")
    corps = deposer(d, "Un diabète ancien", titre="Courrier")
    assert trouves(d, "diabete") == [titre, corps]
    assert trouves(d, "diabete courrier") == [corps]
    assert set(trouves(d, "morel")) == {titre, corps}
    extraits = chercher(d, "diabete").extraits
    assert [m.texte for m in extraits[corps] if m.trouve] == ["diabète"]
    assert titre not in extraits


@pytest.mark.django_db
@pytest.mark.rule("DOC-57", "DOC-59")
def test_ranked_then_by_date_and_paged() -> None:
    d, _ = dossier()
    jour = datetime(2026, 3, 1, tzinfo=UTC)
    ancien = deposer(d, "grippe", creation=jour)
    recent = deposer(d, "grippe", creation=jour + timedelta(days=2))
    souvent = deposer(d, "grippe, grippe et encore grippe", creation=jour - timedelta(days=90))
    assert trouves(d, "grippe") == [souvent, recent, ancien]
    assert trouves(d, "grippe", limite=2, decalage=2) == [ancien]
    assert chercher(d, "grippe", limite=2).page.total == 3
    with ouvrir_mon_espace(titulaire(d), contexte=CONTEXTE) as espace:
        par_date = recherche_texte.rechercher(espace, Filtre(texte="grippe", limite=2), par_pertinence=False)
    assert [vu.id for vu in par_date.page.elements] == [recent, ancien]
    assert par_date.page.total == 3


@pytest.mark.django_db
@pytest.mark.rule("DOC-57")
def test_other_criteria_count_and_words_without_meaning_search_nothing() -> None:
    d, _ = dossier()
    compte_rendu = deposer(d, "grippe")
    ordonnance = deposer(d, "grippe", type_code="57833-6", titre="Ordonnance")
    assert trouves(d, "grippe", types=("57833-6",)) == [ordonnance]
    # Nothing that can be searched: an ordinary list, by title.
    assert set(trouves(d, "")) == {compte_rendu, ordonnance}
    assert trouves(d, "de la") == []


def _monde(graine: int, secret: str) -> tuple[UUID, Acteur, dict[str, UUID]]:
    """A record with one plain document and, of each kind that somebody may not see, one that holds `secret`."""
    d, numero = dossier(graine)
    faits = {
        "visible": deposer(d, "Surveillance du cancer", titre="Visible"),
        "masque": deposer(d, secret, titre="Masque"),
        "annonce": deposer(d, secret, titre="Annonce", invisible_patient=True),
        "remboursement": deposer(d, secret, titre="Soins", type_code="REMB"),
        "supprime": deposer(d, secret, titre="Supprime"),
    }
    with ouvrir_mon_espace(titulaire(d), contexte=CONTEXTE) as espace:
        espace.masquer(faits["masque"])
    with portee(d):
        Document.objects.filter(id=faits["supprime"]).update(statut="entered-in-error")
        Dossier.objects.filter(dossier_id=d).update(remboursements_masques=True)
    lecteur = professionnel("99000000055", structure="1990000055")
    recueillir_consentement(lecteur, numero, contexte=CONTEXTE)
    return d, lecteur, faits


def _vu_par(trouve: Trouves) -> object:
    return (
        trouve.page.total,
        [vu.titre for vu in trouve.page.elements],
        sorted(trouve.extraits.values(), key=str),
        trouve.en_attente,
    )


@pytest.mark.django_db
@pytest.mark.rule("DOC-58", "DOC-42", "DOC-46", "ACC-34")
@pytest.mark.parametrize("indexe", [True, False])
def test_what_the_asker_may_not_see_weighs_on_nothing(*, indexe: bool) -> None:
    """The same answer whether the documents that he may not see hold the word or not, indexed before or not."""
    reponses: dict[str, list[object]] = {"professionnel": [], "titulaire": []}
    for graine, secret in ((7, "cancer, cancer, un cancer du sein"), (8, "rien de tel")):
        d, lecteur, faits = _monde(graine, secret)
        if indexe:
            indexer_dossiers([d])
        with open_dossier(lecteur, d, contexte=CONTEXTE, identite_qualifiee=True) as ouvert:
            lisibles = {vu.id for vu in ouvert.lister(Filtre()).elements}
            fait = recherche_texte.rechercher(ouvert, Filtre(texte="cancer"))
        assert lisibles == {faits["visible"], faits["annonce"]}
        assert {vu.id for vu in fait.page.elements} == (lisibles if graine == 7 else {faits["visible"]})
        reponses["professionnel"].append(_vu_par(_sans(fait, faits["annonce"])))
        du_titulaire = chercher(d, "cancer")
        assert faits["annonce"] not in {vu.id for vu in du_titulaire.page.elements}
        assert {faits["masque"], faits["remboursement"]} & set(trouves(d, "cancer")) == (
            {faits["masque"], faits["remboursement"]} if graine == 7 else set()
        )
        reponses["titulaire"].append(_vu_par(_sans(du_titulaire, faits["masque"], faits["remboursement"])))
        with portee(d):
            # A deleted document is not even opened.
            assert not IndexTexte.objects.filter(document_id=faits["supprime"]).exists()
    for premier, second in reponses.values():
        assert premier == second


def _sans(trouve: Trouves, *ids: UUID) -> Trouves:
    """What is left when documents that this asker may see, and that differ between the two worlds, are put aside."""
    reste = tuple(vu for vu in trouve.page.elements if vu.id not in ids)
    ecartes = len(trouve.page.elements) - len(reste)
    page = Page(reste, trouve.page.total - ecartes, None)
    extraits = {i: e for i, e in trouve.extraits.items() if i not in ids}
    return Trouves(page, extraits, trouve.en_attente)


@pytest.mark.django_db
@pytest.mark.rule("AUD-01")
def test_the_trace_is_that_of_a_list_and_holds_no_word() -> None:
    d, _ = dossier()
    deposer(d, "Découverte d’un phéochromocytome")
    with portee(d):
        avant = Trace.objects.count()
    assert trouves(d, "pheochromocytome")
    with portee(d):
        nouvelles = list(Trace.objects.order_by("quand").values())[avant:]
    assert [t["action"] for t in nouvelles] == ["liste"]
    assert "pheochromocytome" not in str(nouvelles).lower()
