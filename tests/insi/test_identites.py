"""From an answer of INSi to a holder's record: traits, matricules, status, traces (INS-08 to INS-20)."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import psycopg
import pytest
import time_machine
from django.db import DatabaseError, connection, connections, transaction

from espace_sante.acces import identification
from espace_sante.acces.identification import MotifInsi, Proposition
from espace_sante.acces.tests import fabrique
from espace_sante.dossier.services import DonneesRefusees, NouveauDossier, creer
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.contexte import Contexte
from espace_sante.identite.index import trouver_dossier
from espace_sante.identite.insi import ecriture
from espace_sante.identite.insi.erreurs import (
    DemandeRefusee,
    EcartsAApprouver,
    IdentiteRefusee,
    InsDejaAttribue,
    InsiIndisponible,
)
from espace_sante.identite.insi.modeles import CodeCR, DemandeTraits
from espace_sante.identite.insi.statuts import Attribut, PieceIdentite, StatutIdentite
from espace_sante.identite.models import AppelInsi, FusionAFaire, IndexIns, Titulaire
from espace_sante.kernel.codes import EtatProfil, GenreActeur
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import OID_NIR, OID_PROVISOIRE, OID_TEST, Ins, InsInvalide, cle
from espace_sante.kernel.traits import Traits
from espace_sante.platform.postgres.rls import portee
from espace_sante.simulateurs.insi.personnes import Historique, Personne
from espace_sante.traces.models import Trace
from tests.insi.conftest import Insi

pytestmark = pytest.mark.django_db
OPERATEUR = Acteur(GenreActeur.OPERATEUR, nom="Alix", client_id="op-1")
CONTEXTE = Contexte("cli")
TRAITS = Traits("Exemple", "Paule Jeanne", "1985-03-01", "F", "75056")


def ouvrir(ins: Ins, traits: Traits = TRAITS, statut: StatutIdentite = StatutIdentite.PROVISOIRE) -> UUID:
    dossier_id = uuid7()
    creer(
        NouveauDossier(
            dossier_id=dossier_id, ins=ins, traits=traits, etat=EtatProfil.ACTIVE, etat_depuis=datetime.now(UTC)
        )
    )  # fmt: skip
    with portee(dossier_id):
        Titulaire.objects.filter(dossier_id=dossier_id).update(statut_identite=statut.value)
    return dossier_id


def tenue(dossier_id: UUID) -> ecriture.IdentiteTenue:
    with portee(dossier_id):
        return ecriture.lire(dossier_id)


def connue(insi: Insi, ins: Ins, **change: Any) -> None:
    insi.personnes.append(
        Personne(**{
            "matricule": ins.matricule, "nom": "EXEMPLE", "prenoms": "PAULE JEANNE", "sexe": "F",
            "naissance": "1985-03-01", "lieu": "75056",
        } | change)
    )  # fmt: skip


def proposer(dossier_id: UUID, **plus: Any) -> Proposition:
    return identification.proposer(OPERATEUR, CONTEXTE, dossier_id, **plus)


def motifs(dossier_id: UUID) -> list[tuple[str, str, str]]:
    with portee(dossier_id):
        lignes = Trace.objects.filter(dossier_id=dossier_id).order_by("id")
        return [(t.action, t.motif, t.acteur_id) for t in lignes]


@pytest.mark.rule("INS-01", "INS-04", "INS-08", "INS-11", "INS-20", "IDN-10")
def test_equal_traits_are_taken_and_the_way_to_qualified(insi: Insi) -> None:
    ins = fabrique.ins(80)
    connue(insi, ins)
    dossier_id = ouvrir(ins)
    proposition = proposer(dossier_id)
    assert proposition.ecarts == ()
    assert tenue(dossier_id).etat.statut is StatutIdentite.PROVISOIRE
    etat = identification.retenir(OPERATEUR, CONTEXTE, proposition)
    assert etat.statut is StatutIdentite.RECUPEREE
    apres = tenue(dossier_id)
    # As received, not as we had typed it.
    assert apres.traits == Traits("EXEMPLE", "PAULE JEANNE", "1985-03-01", "F", "75056")
    assert apres.source == "insi"
    assert apres.verifiee_le is not None
    etat = identification.valider(OPERATEUR, CONTEXTE, dossier_id, PieceIdentite.PASSEPORT)
    assert etat.qualifiee
    assert tenue(dossier_id).piece == "passeport"
    assert motifs(dossier_id) == [
        ("insi", "recuperation:00", "op-1"),
        ("identite", "recuperee", "op-1"),
        ("identite", "qualifiee", "op-1"),
    ]


@pytest.mark.rule("INS-11", "IDN-18")
def test_differences_are_shown_then_approved(insi: Insi) -> None:
    ins = fabrique.ins(81)
    connue(insi, ins, naissance="1985-00-00")
    dossier_id = ouvrir(ins, replace(TRAITS, prenoms="Paule", lieu_naissance=""))
    proposition = proposer(dossier_id)
    assert [(e.trait, e.ici, e.insi) for e in proposition.ecarts] == [
        ("prenoms", "Paule", "PAULE JEANNE"),
        ("date_naissance", "1985-03-01", "1985-00-00"),
        ("lieu_naissance", "", "75056"),
    ]
    for approbation in ("", "autre", proposition.empreinte[:-1]):
        with pytest.raises(EcartsAApprouver):
            identification.retenir(OPERATEUR, CONTEXTE, proposition, approuvee=approbation)
    assert tenue(dossier_id).traits.prenoms == "Paule"
    identification.retenir(OPERATEUR, CONTEXTE, proposition, approuvee=proposition.empreinte)
    assert tenue(dossier_id).traits.date_naissance == "1985-00-00"


@pytest.mark.rule("INS-09", "IDN-16", "INS-20")
@pytest.mark.parametrize(
    ("traits", "issue", "codes"),
    [
        (Traits("Inconnue", "Zoé", "1985-03-01", "F", ""), CodeCR.AUCUNE, ["01"]),
        (Traits("Identique", "Rose", "1981-04-03", "F", "69383"), CodeCR.PLUSIEURS, ["02", "02"]),
        (Traits("Multiple", "Jean Luc", "1970-01-20", "M", ""), CodeCR.TROUVEE, ["02", "00"]),
    ],
)
def test_nobody_and_several_change_nothing(
    insi: Insi, traits: Traits, issue: CodeCR, codes: list[str]
) -> None:
    dossier_id = ouvrir(fabrique.ins(82), traits)
    avant = tenue(dossier_id)
    proposition = proposer(dossier_id)
    assert proposition.issue is issue
    assert tenue(dossier_id) == avant
    assert [m for _, m, _ in motifs(dossier_id)] == [f"recuperation:{c}" for c in codes]
    if issue is not CodeCR.TROUVEE:
        with pytest.raises(IdentiteRefusee):
            identification.retenir(OPERATEUR, CONTEXTE, proposition)


@pytest.mark.rule("INS-16", "IDN-08", "FHR-48", "INS-08")
def test_a_new_matricule_keeps_the_record_and_the_old_one_finds_it(insi: Insi) -> None:
    ancien, avant, nouveau = fabrique.ins(83), fabrique.ins(84), fabrique.ins(85)
    connue(insi, nouveau, anciens=(Historique(avant.matricule, "2010-01-15", "2012-02-29"),))
    dossier_id = ouvrir(ancien)
    identification.retenir(OPERATEUR, CONTEXTE, proposer(dossier_id))
    assert tenue(dossier_id).ins == nouveau
    assert {h.ins for h in tenue(dossier_id).anciens} == {ancien, avant}
    assert {trouver_dossier(i) for i in (ancien, avant, nouveau)} == {dossier_id}
    actuels = {bytes(i.ins_hache): i.actuel for i in IndexIns.objects.all()}
    from espace_sante.identite.index import hacher

    assert [actuels[hacher(i)] for i in (ancien, avant, nouveau)] == [False, False, True]
    # Again, and back: nothing is lost, nothing is doubled.
    insi.personnes[-1] = Personne(
        matricule=ancien.matricule, nom="EXEMPLE", prenoms="PAULE JEANNE", sexe="F", naissance="1985-03-01",
        lieu="75056",
    )  # fmt: skip
    identification.retenir(OPERATEUR, CONTEXTE, proposer(dossier_id, a_la_demande=True))
    assert tenue(dossier_id).ins == ancien
    assert trouver_dossier(nouveau) == dossier_id


@pytest.mark.rule("INS-16", "INS-17", "IDN-22")
def test_a_matricule_of_another_record_opens_a_merge_by_hand(insi: Insi) -> None:
    nouveau = fabrique.ins(86)
    autre = ouvrir(nouveau, replace(TRAITS, nom_naissance="Autre"))
    dossier_id = ouvrir(fabrique.ins(87))
    connue(insi, nouveau)
    avant = tenue(dossier_id)
    for _ in range(2):
        with pytest.raises(InsDejaAttribue):
            identification.retenir(OPERATEUR, CONTEXTE, proposer(dossier_id, a_la_demande=True))
    assert tenue(dossier_id) == avant
    assert trouver_dossier(nouveau) == autre
    fusion = FusionAFaire.objects.get()
    assert (fusion.dossier_id, fusion.autre_id) == (dossier_id, autre)


@pytest.mark.rule("INS-17", "LIF-01")
def test_a_second_record_for_one_matricule_is_refused() -> None:
    ins = fabrique.ins(88)
    premier = ouvrir(ins)
    with pytest.raises(InsDejaAttribue):
        ouvrir(ins, replace(TRAITS, nom_naissance="Autre"))
    assert trouver_dossier(ins) == premier
    assert IndexIns.objects.count() == 1


@pytest.mark.rule("INS-03")
def test_a_wrong_key_at_creation(settings: Any) -> None:
    bon = fabrique.ins(89).matricule
    faux = Ins(bon[:13] + f"{(int(bon[13:]) % 97) + 1:02d}", OID_TEST)
    with pytest.raises(InsInvalide) as refus:
        ouvrir(faux)
    assert refus.value.code == "cle_invalide"
    assert not IndexIns.objects.exists()
    settings.ES_INS_CLE_CREATION = "avertit"
    assert trouver_dossier(faux) is None
    dossier_id = ouvrir(faux)
    assert trouver_dossier(faux) == dossier_id


@pytest.mark.rule("INS-18", "IDN-08", "IDN-14")
def test_a_provisional_number_is_never_qualified(settings: Any, insi: Insi) -> None:
    brut = "7850375056001"
    numero = Ins.lire(brut + cle(brut), OID_PROVISOIRE, provisoire=True)
    with pytest.raises(DonneesRefusees) as refus:
        ouvrir(numero)
    assert refus.value.code == "numero_provisoire"
    settings.ES_NUMEROS_PROVISOIRES = True
    dossier_id = uuid7()
    creer(
        NouveauDossier(
            dossier_id=dossier_id, ins=numero, traits=TRAITS, etat=EtatProfil.ACTIVE, etat_depuis=datetime.now(UTC)
        )
    )  # fmt: skip
    assert tenue(dossier_id).etat.statut is StatutIdentite.PROVISOIRE
    # Software cannot name it: what it sends is not an INS.
    with pytest.raises(InsInvalide):
        Ins.lire(numero.matricule, numero.urn)
    # The INS comes one day: the record follows, the number still finds it.
    ins = fabrique.ins(90)
    connue(insi, ins)
    identification.retenir(OPERATEUR, CONTEXTE, proposer(dossier_id))
    assert tenue(dossier_id).ins == ins
    assert tenue(dossier_id).etat.statut is StatutIdentite.RECUPEREE
    assert trouver_dossier(numero) == trouver_dossier(ins) == dossier_id


@pytest.mark.rule("INS-14")
def test_one_search_a_day_unless_somebody_asks(insi: Insi) -> None:
    ins = fabrique.ins(91)
    connue(insi, ins)
    dossier_id = ouvrir(ins)
    with time_machine.travel(datetime(2026, 11, 22, 10, tzinfo=UTC), tick=False):
        proposer(dossier_id)
        with pytest.raises(DemandeRefusee) as refus:
            proposer(dossier_id)
        assert refus.value.code == "deja_demande"
        assert len(insi.recues) == 1
        proposer(dossier_id, a_la_demande=True)
    # The civil day of Paris, not of Greenwich.
    with time_machine.travel(datetime(2026, 11, 22, 23, 30, tzinfo=UTC), tick=False):
        proposer(dossier_id)
        assert len(insi.recues) == 3
        # Yesterday is forgotten, and nothing that is kept names anybody.
        ligne = AppelInsi.objects.get()
    texte = "|".join(("EXEMPLE", "PAULE JEANNE", "F", "1985-03-01", "75056"))
    assert bytes(ligne.empreinte) != hashlib.sha256(texte.encode()).digest()


@pytest.mark.rule("INS-14", "INS-10", "IDN-17")
def test_a_failure_gives_the_day_back_and_changes_nothing(insi: Insi) -> None:
    dossier_id = ouvrir(fabrique.ins(92), replace(TRAITS, nom_naissance="Faute Technique"))
    for _ in range(2):
        with pytest.raises(InsiIndisponible):
            proposer(dossier_id, dormir=lambda _: None)
    assert tenue(dossier_id).etat.statut is StatutIdentite.PROVISOIRE
    assert motifs(dossier_id) == [("insi", "recuperation:siram_40/insi_102", "op-1")] * 2
    dossier_id = ouvrir(fabrique.ins(93), replace(TRAITS, nom_naissance="Faute Autorisation"))
    with pytest.raises(InsiIndisponible):
        proposer(dossier_id)
    with pytest.raises(DemandeRefusee):
        proposer(dossier_id)


@pytest.mark.rule("INS-20")
def test_a_call_about_nobody_s_record_is_traced_too_without_traits(insi: Insi) -> None:
    with connections["default"].cursor() as c:
        c.execute("SELECT pg_current_xact_id()")
    identification.interroger(
        OPERATEUR,
        CONTEXTE,
        DemandeTraits("Ordinaire", ("Claire",), "F", "1979-03-14"),
        MotifInsi.FRANCECONNECT,
    )
    assert [t for t in _hors_dossier() if t[0] == "op-1"] == [("op-1", "insi", "franceconnect:00", "cli")]


def _hors_dossier() -> list[tuple[str, ...]]:
    """Append-only for the application, which may not read them: the owner's grant lives as long as this test."""
    return list(_lues())


def _lues() -> Iterator[tuple[str, ...]]:
    role = connections["default"].settings_dict["USER"]
    parametres = connections["proprietaire"].get_connection_params()
    retenus = {c: parametres[c] for c in ("dbname", "user", "password", "host", "port") if parametres.get(c)}
    with psycopg.connect(**retenus, autocommit=True) as cx:
        cx.execute(f"GRANT SELECT ON traces_tracehorsdossier TO {role}")
        try:
            with connection.cursor() as c:
                c.execute("SELECT acteur_id, action, motif, porte FROM traces_tracehorsdossier")
                yield from c.fetchall()
        finally:
            cx.execute(f"REVOKE SELECT ON traces_tracehorsdossier FROM {role}")


@pytest.mark.rule("INS-04", "IDN-15")
def test_a_doubt_takes_the_status_away_even_past_the_code(insi: Insi) -> None:
    ins = fabrique.ins(94)
    connue(insi, ins)
    dossier_id = ouvrir(ins, statut=StatutIdentite.QUALIFIEE)
    assert (
        identification.marquer(OPERATEUR, CONTEXTE, dossier_id, Attribut.DOUTEUX).statut.value == "PROVISOIRE"
    )
    with pytest.raises(IdentiteRefusee):
        identification.retenir(OPERATEUR, CONTEXTE, proposer(dossier_id))
    with pytest.raises(IdentiteRefusee):
        identification.valider(OPERATEUR, CONTEXTE, dossier_id, PieceIdentite.PASSEPORT)
    with (
        pytest.raises(DatabaseError, match="titulaire_qualifie_sans_doute"),
        transaction.atomic(),
        portee(dossier_id),
    ):
        Titulaire.objects.filter(dossier_id=dossier_id).update(statut_identite="QUALIFIEE")
    identification.lever(OPERATEUR, CONTEXTE, dossier_id, Attribut.DOUTEUX)
    identification.retenir(OPERATEUR, CONTEXTE, proposer(dossier_id, a_la_demande=True))
    assert tenue(dossier_id).etat.statut is StatutIdentite.RECUPEREE


@pytest.mark.rule("IDN-10", "IDN-24")
@pytest.mark.parametrize("genre", sorted(set(GenreActeur) - {GenreActeur.OPERATEUR, GenreActeur.SYSTEME}))
def test_nobody_else_changes_an_identity(insi: Insi, genre: GenreActeur) -> None:
    ins = fabrique.ins(95)
    connue(insi, ins)
    dossier_id = ouvrir(ins)
    proposition = proposer(dossier_id)
    lui = Acteur(genre, dossier_id=dossier_id)
    for acte in (
        lambda: identification.proposer(lui, CONTEXTE, dossier_id, a_la_demande=True),
        lambda: identification.retenir(lui, CONTEXTE, proposition),
        lambda: identification.valider(lui, CONTEXTE, dossier_id, PieceIdentite.PASSEPORT),
        lambda: identification.marquer(lui, CONTEXTE, dossier_id, Attribut.HOMONYME),
    ):
        with pytest.raises(IdentiteRefusee):
            acte()
    assert tenue(dossier_id).etat.statut is StatutIdentite.PROVISOIRE
    assert len(insi.recues) == 1


@pytest.mark.rule("INS-17", "IDN-01")
def test_the_same_digits_under_two_domains(settings: Any) -> None:
    """In production the NIR and the provisional number of one text are two people."""
    settings.ES_INSTANCE, settings.ES_NUMEROS_PROVISOIRES = "production", True
    ins = fabrique.ins(96)
    un = ouvrir(Ins(ins.matricule, OID_NIR))
    deux = ouvrir(Ins(ins.matricule, OID_PROVISOIRE), replace(TRAITS, nom_naissance="Autre"))
    assert trouver_dossier(Ins(ins.matricule, OID_NIR)) == un != deux


@pytest.mark.rule("INS-14")
def test_old_days_do_not_pile_up(insi: Insi) -> None:
    for jour in range(3):
        with time_machine.travel(datetime(2026, 11, 1, 12, tzinfo=UTC) + timedelta(days=jour), tick=False):
            demande = DemandeTraits("Inexistante", ("Zoé",), "F", f"1979-03-0{jour + 1}")
            identification.interroger(OPERATEUR, CONTEXTE, demande, MotifInsi.RECUPERATION)
    assert AppelInsi.objects.count() == 1
