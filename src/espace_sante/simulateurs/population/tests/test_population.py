"""People, structures and accounts of the fictitious population."""

from __future__ import annotations

import csv
import re
import tracemalloc
from collections import Counter
from importlib.resources import files
from itertools import islice

import pytest

from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.identifiants import Rpps, lire_structure
from espace_sante.kernel.ins import OID_TEST, Ins
from espace_sante.kernel.traits import plier
from espace_sante.simulateurs.population import JOUR_DE_REFERENCE, generer
from espace_sante.simulateurs.population.foyers import AGE_MAXIMAL, MAJORITE, age
from espace_sante.simulateurs.population.matricules import CAPACITE

GRAINE = 7
DEUX_CENTS = generer(200, GRAINE)
TITULAIRES = tuple(DEUX_CENTS.titulaires())
MILLIERS = tuple(generer(6000, GRAINE).titulaires())


@pytest.mark.rule("IDN-01", "IDN-04", "IDN-05")
def test_matricules_uniques_avec_bonne_cle_sous_l_oid_de_test() -> None:
    assert len({t.ins.matricule for t in MILLIERS}) == len(MILLIERS)
    for titulaire in MILLIERS:
        assert titulaire.ins.oid == OID_TEST
        assert Ins.lire(titulaire.ins.matricule, OID_TEST) == titulaire.ins
    corses = [t for t in MILLIERS if t.traits.lieu_naissance[:2] in ("2A", "2B")]
    assert {t.ins.matricule[5:7] for t in corses} == {"2A", "2B", "20"}
    assert all((t.ins.matricule[5:7] == "20") == (t.naissance.year < 1976) for t in corses)


@pytest.mark.rule("IDN-09", "IDN-11")
def test_traits_complets_et_coherents_avec_le_matricule() -> None:
    for t in MILLIERS:
        traits, matricule = t.traits, t.ins.matricule
        assert traits.nom_naissance == "-".join(plier(p) for p in traits.nom_naissance.split("-"))
        assert matricule[0] == ("2" if traits.sexe == "F" else "1")
        assert matricule[1:3] == traits.date_naissance[2:4]
        assert len(traits.lieu_naissance) == 5
        mois = traits.date_naissance[5:7] or "20"
        assert matricule[3:5] == mois
    assert any(len(t.traits.date_naissance) == 4 for t in MILLIERS)
    assert any(t.traits.lieu_naissance.startswith("99") for t in MILLIERS)
    assert any(len(t.nom_utilise) > 30 for t in MILLIERS)
    assert any(t.nom_utilise != t.traits.nom_naissance.title() for t in MILLIERS)


def test_capacite_de_cent_mille_personnes() -> None:
    assert CAPACITE >= 100_000
    with pytest.raises(ValueError, match="population"):
        generer(CAPACITE + 1, GRAINE)


def test_ages_de_zero_a_cent_quatre_ans() -> None:
    ages = [age(t.naissance, JOUR_DE_REFERENCE) for t in MILLIERS]
    assert min(ages) == 0
    assert 95 < max(ages) <= AGE_MAXIMAL
    mineurs = sum(a < MAJORITE for a in ages) / len(ages)
    anciens = sum(a >= 65 for a in ages) / len(ages)
    assert 0.15 < mineurs < 0.30
    assert 0.15 < anciens < 0.28
    assert 0.45 < sum(t.traits.sexe == "F" for t in MILLIERS) / len(MILLIERS) < 0.58


def test_etats_dans_les_parts_voulues() -> None:
    parts = Counter(t.etat for t in MILLIERS)
    assert 0.53 < parts[EtatProfil.ACTIVE] / len(MILLIERS) < 0.57
    assert 0.33 < parts[EtatProfil.CREE_AUTO] / len(MILLIERS) < 0.37
    presents = {t.etat for t in TITULAIRES}
    assert presents == set(EtatProfil) - {EtatProfil.SUPPRIME}
    for t in MILLIERS:
        assert t.etat_depuis.date() <= JOUR_DE_REFERENCE
        assert t.etat_depuis.date() > t.naissance
        assert bool(t.motif) == (t.etat in (EtatProfil.CLOTURE, EtatProfil.SUSPENDU))
        assert t.a_un_dossier == (
            t.etat not in (EtatProfil.OPPOSE, EtatProfil.NOTIFIE, EtatProfil.NON_NOTIFIE)
        )


@pytest.mark.rule("PRX-01")
def test_un_mineur_a_un_representant_majeur_de_son_foyer() -> None:
    par_id = {t.dossier_id: t for t in MILLIERS}
    for t in MILLIERS:
        mineur = age(t.naissance, JOUR_DE_REFERENCE) < MAJORITE
        assert bool(t.representants) == mineur
        for representant in (par_id[r] for r in t.representants):
            assert representant.foyer == t.foyer
            ecart = age(representant.naissance, t.naissance)
            assert 18 <= ecart <= 46
        if mineur:
            assert not t.identifiant
            assert not t.mot_de_passe


@pytest.mark.rule("IDN-35", "IDN-36")
def test_identifiants_et_mots_de_passe_admissibles() -> None:
    comptes = [t for t in MILLIERS if t.identifiant]
    assert len({t.identifiant for t in comptes}) == len(comptes)
    for t in comptes:
        assert t.etat is EtatProfil.ACTIVE
        assert re.fullmatch(r"[a-z0-9._-]{8,100}", t.identifiant)
        assert "@" not in t.identifiant
        assert t.courriel.endswith(".example")
        secret = t.mot_de_passe
        assert len(secret) >= 9
        assert all(re.search(classe, secret) for classe in ("[a-z]", "[A-Z]", "[0-9]", "[^A-Za-z0-9]"))
        for personnel in (t.prenom_utilise, t.nom_utilise, t.identifiant, str(t.naissance.year)):
            assert plier(personnel) not in plier(secret)


def test_identifiants_de_dossier_de_version_sept() -> None:
    assert len({t.dossier_id for t in MILLIERS}) == len(MILLIERS)
    assert all(t.dossier_id.version == 7 for t in MILLIERS)


def test_les_dix_comptes_composes() -> None:
    composes = TITULAIRES[:10]
    assert all(t.presentation for t in composes)
    assert not any(t.presentation for t in TITULAIRES[10:])
    ages = [age(t.naissance, JOUR_DE_REFERENCE) for t in composes]
    assert ages[:4] == [47, 16, 0, 92]
    attendus = ["ACTIVE", "ACTIVE", "CREE_AUTO", "ACTIVE", "OPPOSE", "CLOTURE", "CREE_AUTO", "ACTIVE"]
    assert [t.etat for t in composes[:8]] == attendus
    assert composes[1].representants == (composes[0].dossier_id,)
    assert composes[2].representants == (composes[7].dossier_id,)
    assert composes[8].ins.matricule[5:7] == "2B"
    assert composes[9].traits.date_naissance == str(composes[9].naissance.year)


@pytest.mark.rule("IDN-49", "IDN-53")
def test_annuaire() -> None:
    pros = DEUX_CENTS.professionnels
    assert len(pros) >= 40
    assert len({p.rpps for p in pros}) == len(pros)
    for p in pros:
        assert Rpps(p.rpps).numero.startswith("990")
        assert p.mssante.endswith(".example")
    professions = {(s.profession_systeme, s.profession_code) for p in pros for s in p.situations}
    assert len(professions) >= 14
    assert {"TRE_G15", "TRE_R94", "TRE_R95"} == {systeme for systeme, _ in professions}
    assert len({s.savoir_faire for p in pros for s in p.situations if s.profession_code == "10"}) >= 8
    assert any(not p.actif for p in pros)
    assert [len(p.situations) for p in pros].count(2) == 1
    assert sum(p.regulation for p in pros) == 1


def test_specialites_de_la_liste_officielle() -> None:
    texte = files("espace_sante.identite").joinpath("data", "professions.csv").read_text(encoding="utf-8")
    officielles = {
        (ligne["author_specialty_code"], ligne["author_specialty_oid"], ligne["label_fr"])
        for ligne in csv.DictReader(texte.splitlines())
    }
    for p in DEUX_CENTS.professionnels:
        for s in p.situations:
            assert (s.specialite_code, s.specialite_systeme, s.specialite_libelle) in officielles


def test_structures_secretariats_equipes() -> None:
    structures = {s.id: s for s in DEUX_CENTS.structures}
    assert len(structures) == 12
    for s in structures.values():
        assert str(lire_structure(s.id)) == s.finess
        assert s.finess.startswith("99")
    assert {s.structure_id for s in DEUX_CENTS.secretariats} <= set(structures)
    connus = {p.rpps for p in DEUX_CENTS.professionnels}
    for equipe in DEUX_CENTS.equipes:
        assert equipe.structure_id in structures
        assert len(equipe.membres) >= 3
        assert set(equipe.membres) <= connus


def test_meme_graine_memes_personnes_autre_graine_autres_personnes() -> None:
    assert tuple(generer(200, GRAINE).titulaires()) == TITULAIRES
    autres = tuple(generer(200, GRAINE + 1).titulaires())
    assert {t.ins.matricule for t in autres[10:]} != {t.ins.matricule for t in TITULAIRES[10:]}
    # A larger population begins with the smaller one.
    assert MILLIERS[:200] == TITULAIRES


def test_le_flux_ne_garde_personne_en_memoire() -> None:
    flux = generer(100_000, GRAINE).titulaires()
    for _ in islice(flux, 300):
        pass
    tracemalloc.start()
    for _ in islice(flux, 3000):
        pass
    restant, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert restant < 200_000
