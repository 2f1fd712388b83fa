"""The sample client against a started product: all that a publisher does, and what the product refuses him."""

from __future__ import annotations

import ast
import contextlib
import sys

import pytest

from tests.editeurs.bac import CLIENT, LECTURE, Bac

PDF = b"%PDF-1.4 un"


def test_it_is_short_and_needs_httpx_only() -> None:
    texte = CLIENT.read_text(encoding="utf-8")
    assert len(texte.splitlines()) <= 150
    importes = set()
    for noeud in ast.walk(ast.parse(texte)):
        if isinstance(noeud, ast.Import):
            importes |= {a.name.split(".")[0] for a in noeud.names}
        elif isinstance(noeud, ast.ImportFrom):
            importes.add(str(noeud.module).split(".")[0])
    assert importes - sys.stdlib_module_names == {"httpx"}


@pytest.mark.lent
@pytest.mark.rule(
    "FHR-57", "FHR-92", "FHR-100", "FHR-110", "FHR-117", "FHR-124", "FHR-131", "DOC-07", "DOC-30"
)
def test_a_document_from_its_deposit_to_its_deletion(bac: Bac) -> None:
    auteur, confrere = bac.dossier(0), bac.dossier(1)
    assert auteur.existence()["total"] == 1
    premier = auteur.deposer(PDF, "Essai du client")
    simple = auteur.deposer_simplement(PDF + b" simple", "Essai simplifié")
    second = auteur.deposer(PDF + b" corrige", "Essai corrigé", remplace=premier)
    vus = {d["id"]: d for d in auteur.chercher(status="current", _count="7")}
    assert {second, simple} <= set(vus)
    assert premier not in vus
    assert {d["id"] for d in auteur.chercher(status="superseded")} >= {premier}
    assert auteur.lire(vus[second]) == PDF + b" corrige"
    assert auteur.lire(vus[simple]) == PDF + b" simple"
    etiquettes = [e["coding"][0]["code"] for e in auteur.masquer(second)["securityLabel"]]
    assert etiquettes == ["MASQUE_PS", "N"]
    # The author still has it; his colleague, who may read the record or not, never.
    assert second in {d["id"] for d in auteur.chercher(status="current")}
    with contextlib.suppress(bac.client.Refus):
        assert second not in {d["id"] for d in confrere.chercher(status="current")}
    assert auteur.supprimer(second)["status"] == "entered-in-error"
    assert second not in {d["id"] for d in auteur.chercher()}
    with pytest.raises(bac.client.Refus) as disparu:
        auteur.lire(vus[second])
    assert (disparu.value.statut, disparu.value.codes) == (410, ["supprime"])


@pytest.mark.lent
@pytest.mark.rule("OID-11", "OID-14", "OID-18")
def test_its_tokens_are_those_of_a_person_or_of_a_structure(bac: Bac) -> None:
    rpps, structure = bac.professionnel()
    logiciels = {x["client_id"]: x["client_secret"] for x in bac.comptes["logiciels"]}
    echange = bac.client.jeton(
        bac.serveur, "lps-demonstration", logiciels["lps-demonstration"], LECTURE, bac.jeton_psc(rpps)
    )
    dossier = bac.client.Dossier(bac.serveur, echange, bac.ins, rpps, structure)
    numero = dossier.deposer(PDF + b" echange", "Par échange de jeton")
    assert numero in {d["id"] for d in dossier.chercher()}
    client_id = next(c for c in logiciels if c.startswith("structure-"))
    seule = bac.client.jeton(bac.serveur, client_id, logiciels[client_id], "ITI-65")
    for demande in ("ITI-67", "ITI-65 ITI-68"):
        with pytest.raises(bac.client.Refus) as refus:
            bac.client.jeton(bac.serveur, client_id, logiciels[client_id], demande)
        assert refus.value.codes == ["invalid_scope"]
    with pytest.raises(bac.client.Refus) as refus:
        bac.client.Dossier(bac.serveur, seule, bac.ins, rpps, structure).chercher()
    assert (refus.value.statut, refus.value.codes) == (403, ["insufficient_scope"])


@pytest.mark.lent
@pytest.mark.rule("FHR-08", "FHR-29", "FHR-61")
def test_its_refusals_carry_the_codes_of_the_catalogue(bac: Bac) -> None:
    dossier = bac.dossier()
    trouves = dossier.chercher()
    avant, absent = len(trouves), trouves[0]["id"][:32] + "0" * 32
    ferme = next(t["ins"] for t in bac.comptes["titulaires"] if t["etat"] == "CLOTURE")
    rpps, structure = bac.professionnel()
    for attendu, geste in (
        ("media-different", lambda: dossier.deposer(b"ceci n'est pas un PDF", "Faux")),
        ("remplace-inconnu", lambda: dossier.deposer(PDF, "Suite", remplace="0" * 64)),
        ("introuvable", lambda: dossier.masquer(absent)),
        ("dicah-d", lambda: dossier.masquer("0" * 64)),
        ("element-protege", lambda: dossier.changer(absent, "/description", "autre")),
        ("date-invalide", lambda: dossier.chercher(date="hier")),
        ("dossier-inactif", lambda: bac.dossier(ins=ferme).deposer(PDF, "Fermé")),
        ("dicah-d", lambda: bac.dossier(ins=ferme).chercher()),
        (
            "jeton-invalide",
            lambda: bac.client.Dossier(bac.serveur, "x.y.z", bac.ins, rpps, structure).chercher(),
        ),
    ):
        with pytest.raises(bac.client.Refus) as refus:
            geste()
        assert attendu in refus.value.codes, (attendu, refus.value.codes)
        assert refus.value.requete
    assert len(dossier.chercher()) == avant
