"""The holder's own deposits, folders and pins, through the gate, on the real database."""

from __future__ import annotations

import hashlib
import socket
import threading
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from django.db import connection
from django.test import override_settings

from espace_sante.acces import depot_titulaire as gate
from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.depot_titulaire import Saisie
from espace_sante.acces.errors import AlimentationRefusee, DocumentIntrouvable, EspaceFerme
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel, titulaire
from espace_sante.documents.cda.lire import lire
from espace_sante.documents.cda.n1 import extraire_n1
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.perso.errors import DepotRefuse, RangementRefuse
from espace_sante.documents.perso.examen import Piece
from espace_sante.documents.perso.tests import exemples
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.models import Titulaire
from espace_sante.kernel.codes import EtatProfil, GenreActeur
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db

SAISIE = Saisie(titre="Radio du genou", jour="2026-03-02", rubrique="imagerie")


def poser(dossier_id: UUID, nom: str = "scan.pdf", contenu: bytes | None = None, **autres: object) -> UUID:
    saisie = Saisie(**{"titre": "Radio du genou", "jour": "2026-03-02", "rubrique": "imagerie", **autres})  # type: ignore[arg-type]
    piece = Piece(nom, exemples.pdf() if contenu is None else contenu)
    return gate.deposer(titulaire(dossier_id), [piece], saisie, contexte=CONTEXTE).documents[0]


def traces(dossier_id: UUID, action: str) -> list[tuple[str, str]]:
    with portee(dossier_id), connection.cursor() as c:
        c.execute("SELECT resultat, motif FROM traces_trace WHERE action = %s ORDER BY quand, id", [action])
        return c.fetchall()


def compter(dossier_id: UUID, table: str = "documents_document") -> int:
    with portee(dossier_id), connection.cursor() as c:
        c.execute(f"SELECT count(*) FROM {table}")
        return int(c.fetchone()[0])


@pytest.mark.rule("DOC-21", "DOC-25", "DOC-26")
def test_a_file_of_the_holder_is_stored_sealed_like_any_other_and_marked_as_his() -> None:
    dossier_id, _ = dossier()
    contenu = exemples.pdf()
    identifiant = poser(dossier_id, contenu=contenu)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        vu, relu = espace.lire_contenu(identifiant)
    assert extraire_n1(lire(relu).racine).contenu == contenu
    assert (vu.type_code, vu.classe_code, vu.titre, vu.mime) == (
        "DOCPAT04",
        "90",
        "Radio du genou",
        "text/xml",
    )
    assert (vu.deposant_genre, vu.auteur_nom, vu.auteur_specialite) == (
        "titulaire",
        "Lou MARTIN",
        "EXP_PATIENT",
    )
    assert (vu.etablissement_code, vu.cadre_code, vu.confidentialite) == ("EXP_PATIENT", "EXP_PATIENT", "N")
    assert bytes(vu.sha1) == hashlib.sha1(relu, usedforsecurity=False).digest()
    with portee(dossier_id), connection.cursor() as c:
        c.execute("SELECT scelle FROM documents_contenu")
        assert b"%PDF" not in bytes(c.fetchone()[0])
    assert traces(dossier_id, "depot") == [("fait", "")]


@pytest.mark.rule("DOC-21")
def test_photos_are_one_document() -> None:
    dossier_id, _ = dossier()
    photos = [Piece("a.jpg", exemples.image()), Piece("b.png", exemples.image("PNG"))]
    fait = gate.deposer(titulaire(dossier_id), photos, SAISIE, contexte=CONTEXTE, photos=True)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        _, contenu = espace.lire_contenu(fait.documents[0])
    corps = extraire_n1(lire(contenu).racine)
    assert corps.media == "application/pdf"
    assert corps.contenu.startswith(b"%PDF-")
    assert compter(dossier_id) == 1


@pytest.mark.rule("DOC-18", "DOC-22", "DOC-23", "DOC-24", "DOC-25")
@pytest.mark.parametrize(
    ("autres", "code"),
    [
        ({"nom": "a.svg"}, "format_refuse"),
        ({"nom": "a.png"}, "contenu_different"),
        ({"contenu": b""}, "fichier_vide"),
        ({"contenu": exemples.pdf() + exemples.archive()}, "fichier_double"),
        ({"contenu": exemples.pdf_action("JavaScript")}, "contenu_actif"),
        ({"nom": "a.txt", "contenu": b"a" * 5_000_001}, "fichier_trop_gros"),
        ({"titre": ""}, "titre_manquant"),
        ({"titre": "a<b"}, "titre_invalide"),
        ({"titre": "a" * 51}, "titre_trop_long"),
        ({"jour": ""}, "date_manquante"),
        ({"jour": "2999-01-01"}, "date_future"),
        ({"rubrique": ""}, "rubrique_manquante"),
        ({"rubrique": "REMB"}, "type_refuse"),
    ],
)
def test_each_refusal_stores_nothing_and_is_traced_with_its_code(
    autres: dict[str, object], code: str
) -> None:
    dossier_id, _ = dossier()
    with pytest.raises(DepotRefuse) as refus:
        poser(dossier_id, **autres)  # type: ignore[arg-type]
    assert refus.value.code == code
    assert traces(dossier_id, "depot") == [("refus", code)]
    for table in ("documents_document", "documents_contenu", "documents_lot"):
        assert compter(dossier_id, table) == 0


@pytest.mark.rule("DOC-24")
def test_all_that_is_wrong_is_said_at_once() -> None:
    dossier_id, _ = dossier()
    with pytest.raises(DepotRefuse) as refus:
        gate.deposer(titulaire(dossier_id), [], Saisie(titre="", jour="", rubrique=""), contexte=CONTEXTE)
    assert set(refus.value.details["champs"]) == {"titre", "jour", "rubrique", "fichier"}  # type: ignore[call-overload]


@pytest.mark.rule("DOC-24")
def test_confidentiality_is_the_default_of_the_profile_unless_the_holder_chooses() -> None:
    dossier_id, _ = dossier()
    with portee(dossier_id), connection.cursor() as c:
        c.execute("UPDATE dossier_dossier SET masque_par_defaut = true")
    ids = [poser(dossier_id), poser(dossier_id, masque=False), poser(dossier_id, masque=True)]
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        assert [espace.document(i).masque_ps for i in ids] == [True, False, True]


@pytest.mark.rule("DOC-18")
def test_an_antivirus_that_finds_or_is_silent_stops_the_deposit_of_anyone() -> None:
    dossier_id, numero = dossier()
    medecin = professionnel()
    with socket.socket() as prise:
        prise.bind(("127.0.0.1", 0))
        prise.listen()
        adresse = f"127.0.0.1:{prise.getsockname()[1]}"

        def servir() -> None:
            while True:
                try:
                    client, _ = prise.accept()
                except OSError:
                    return
                with client:
                    recu = b""
                    while not recu.endswith(b"\0\0\0\0"):
                        recu += client.recv(65536)
                    client.sendall(b"stream: Essai FOUND\0")

        threading.Thread(target=servir, daemon=True).start()
        with override_settings(ES_CLAMD=adresse):
            with pytest.raises(DepotRefuse, match="fichier_infecte"):
                poser(dossier_id)
            with pytest.raises(AlimentationRefusee, match="document_non_conforme"):
                alimenter(medecin, numero, lot(medecin, document(auteur=medecin)), contexte=CONTEXTE)
    with override_settings(ES_CLAMD="127.0.0.1:1"):
        with pytest.raises(DepotRefuse, match="antivirus_injoignable"):
            poser(dossier_id)
        with pytest.raises(AlimentationRefusee, match="antivirus_injoignable"):
            alimenter(medecin, numero, lot(medecin, document(auteur=medecin)), contexte=CONTEXTE)
    assert compter(dossier_id) == 0
    assert [motif for _, motif in traces(dossier_id, "depot")] == [
        "fichier_infecte", "document_non_conforme", "antivirus_injoignable", "antivirus_injoignable",
    ]  # fmt: skip


@pytest.mark.rule("DOC-27")
@override_settings(ES_SERVICE_OID="1.2.3")
def test_quotas_count_the_holders_documents_only() -> None:
    dossier_id, numero = dossier()
    medecin = professionnel()
    for _ in range(3):
        alimenter(medecin, numero, lot(medecin, document(auteur=medecin)), contexte=CONTEXTE)
    with override_settings(ES_QUOTA_TITULAIRE_DOCUMENTS=2):
        poser(dossier_id)
        poser(dossier_id)
        with pytest.raises(DepotRefuse, match="quota_documents"):
            poser(dossier_id)
        alimenter(medecin, numero, lot(medecin, document(auteur=medecin)), contexte=CONTEXTE)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        pris = gate.occupation(espace).octets
    # As stored, the envelope included.
    avant = override_settings(ES_QUOTA_TITULAIRE_OCTETS=pris + pris // 2 - 1)
    with avant, pytest.raises(DepotRefuse, match="quota_volume"):
        poser(dossier_id)
    with override_settings(ES_QUOTA_TITULAIRE_OCTETS=pris + pris // 2):
        poser(dossier_id)
    assert ("refus", "quota_documents") in traces(dossier_id, "depot")
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        assert gate.occupation(espace) == gate.Occupation(3, pris + pris // 2)


@pytest.mark.rule("DOC-28")
def test_new_directives_destroy_the_old_ones() -> None:
    dossier_id, _ = dossier()
    ancienne = poser(dossier_id, rubrique="directives", titre="Mes directives")
    autre = poser(dossier_id)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        gate.epingler(espace, ancienne, oui=True)
    nouvelle = poser(dossier_id, rubrique="directives", titre="Mes directives de 2026")
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        assert {d.id for d in espace.lister(Filtre()).elements} == {nouvelle, autre}
        with pytest.raises(DocumentIntrouvable):
            espace.document(ancienne)
        assert not gate.epingles(espace)
    with portee(dossier_id), connection.cursor() as c:
        c.execute("SELECT length(scelle) FROM documents_contenu WHERE document_id = %s", [ancienne])
        assert c.fetchone() == (0,), "the bytes themselves are gone"
        c.execute("SELECT titre FROM documents_document WHERE id = %s", [ancienne])
        assert c.fetchone() == ("",)
    assert traces(dossier_id, "remplacement") == [("fait", "")]


@pytest.mark.rule("DOC-28")
def test_directives_are_refused_to_a_minor_and_a_refused_deposit_keeps_the_old_ones() -> None:
    dossier_id, _ = dossier()
    ancienne = poser(dossier_id, rubrique="directives")
    with override_settings(ES_QUOTA_TITULAIRE_OCTETS=10), pytest.raises(DepotRefuse, match="quota_volume"):
        poser(dossier_id, rubrique="directives")
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        assert extraire_n1(lire(espace.lire_contenu(ancienne)[1]).racine).contenu == exemples.pdf()
    with portee(dossier_id):
        naissance = (datetime.now(UTC) - timedelta(days=17 * 365)).date().isoformat()
        Titulaire.objects.filter(dossier_id=dossier_id).update(date_naissance=naissance)
    with pytest.raises(DepotRefuse, match="directives_majeurs"):
        poser(dossier_id, rubrique="directives")
    assert compter(dossier_id) == 1


@pytest.mark.rule("DOC-21")
def test_only_the_holder_of_an_active_space_deposits_here() -> None:
    dossier_id, _ = dossier()
    medecin = professionnel()
    with pytest.raises(EspaceFerme):
        gate.deposer(medecin, [Piece("a.pdf", exemples.pdf())], SAISIE, contexte=CONTEXTE)
    ferme, _ = dossier(2, EtatProfil.SUSPENDU)
    with pytest.raises(EspaceFerme):
        poser(ferme)
    assert compter(dossier_id) == compter(ferme) == 0
    assert traces(ferme, "depot") == [("refus", "espace_ferme")]


@pytest.mark.rule("DOC-20", "DOC-25")
def test_what_the_fund_deposits_is_untouchable() -> None:
    dossier_id, numero = dossier()
    medecin = professionnel(structure="1990000077")
    caisse = Acteur(
        genre=GenreActeur.ASSURANCE_MALADIE,
        nom="Caisse",
        structure_id="1990000999",
        structure_nom="Assurance maladie",
    )
    from espace_sante.documents.metadonnees import Auteur

    elle = Auteur("organisation", structure_idnat=caisse.structure_id, structure_nom=caisse.structure_nom)
    remboursements = document("REMB", titre="Remboursements 2026", auteurs=(elle,))
    envoi = lot(medecin, remboursements)
    from dataclasses import replace

    alimenter(caisse, numero, replace(envoi, auteur=elle), contexte=CONTEXTE)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        vu = espace.document(remboursements.id)
    assert (vu.deposant_genre, vu.auteur_structure_nom) == ("assurance_maladie", "Assurance maladie")
    cible = remboursements.metadonnees.unique_id
    for acteur in (medecin, professionnel("99000000044", structure="1990000044")):
        with pytest.raises(AlimentationRefusee, match="non_auteur"):
            alimenter(
                acteur,
                numero,
                lot(acteur, document("REMB", auteur=acteur, remplace=cible)),
                contexte=CONTEXTE,
            )
    # It deposits under its own name, not under that of a professional.
    autre = document("REMB", titre="Autre", auteur=medecin)
    with pytest.raises(AlimentationRefusee, match="deposant_inconnu"):
        alimenter(caisse, numero, replace(lot(medecin, autre), auteur=elle), contexte=CONTEXTE)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        assert espace.document(remboursements.id).statut == "current"


@pytest.mark.rule("DOC-53", "DOC-54")
def test_folders_are_made_renamed_deleted_and_documents_go_back_to_the_root() -> None:
    dossier_id, _ = dossier()
    un, deux, trois = poser(dossier_id), poser(dossier_id), poser(dossier_id)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        genou = gate.creer_dossier(espace, "Genou")
        dos = gate.creer_dossier(espace, "Dos")
        for nom in ("GENOU", " genou "):
            with pytest.raises(RangementRefuse, match="dossier_existant"):
                gate.creer_dossier(espace, nom)
        with pytest.raises(RangementRefuse, match="dossier_existant"):
            gate.renommer_dossier(espace, dos, "gEnOu")
        gate.renommer_dossier(espace, dos, "DOS")
        assert gate.deplacer(espace, [un, deux, un], genou) == 2
        gate.deplacer(espace, [deux], dos)
        assert [(d.nom, d.documents) for d in gate.dossiers(espace)] == [("DOS", 1), ("Genou", 1)]
        assert gate.rangement(espace, deux).dossier == dos, "one folder at most"
        assert {d.id for d in espace.lister(Filtre(dossier_perso=dos)).elements} == {deux}
        gate.supprimer_dossier(espace, dos)
        assert gate.rangement(espace, deux).dossier is None
        assert {d.id for d in espace.lister(Filtre()).elements} == {un, deux, trois}
        with pytest.raises(RangementRefuse, match="dossier_introuvable"):
            gate.deplacer(espace, [un], dos)
        assert gate.rangement(espace, un).dossier == genou, "a move that fails changes nothing"
        gate.deplacer(espace, [un], None)
        assert [(d.nom, d.documents) for d in gate.dossiers(espace)] == [("Genou", 0)]
    motifs = [motif for _, motif in traces(dossier_id, "rangement")]
    assert "dossier_cree" in motifs and "dossier_supprime" in motifs
    assert traces(dossier_id, "rangement").count(("refus", "dossier_existant")) == 3


@pytest.mark.rule("DOC-53", "DOC-58")
def test_folders_belong_to_one_record_and_count_only_what_the_holder_may_see() -> None:
    dossier_id, numero = dossier()
    autre_id, _ = dossier(2)
    medecin = professionnel()
    cache = document(auteur=medecin, invisible_patient=True)
    alimenter(medecin, numero, lot(medecin, cache), contexte=CONTEXTE)
    etranger = poser(autre_id)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        mien = gate.creer_dossier(espace, "À moi")
        for document_id in (cache.id, etranger):
            with pytest.raises(DocumentIntrouvable):
                gate.deplacer(espace, [document_id], mien)
            with pytest.raises(DocumentIntrouvable):
                gate.epingler(espace, document_id, oui=True)
    with ouvrir_mon_espace(titulaire(autre_id), contexte=CONTEXTE) as espace:
        assert gate.dossiers(espace) == ()
        with pytest.raises(RangementRefuse, match="dossier_introuvable"):
            gate.deplacer(espace, [etranger], mien)
        gate.creer_dossier(espace, "À moi")


@pytest.mark.rule("DOC-55")
def test_pinned_documents_have_their_own_view() -> None:
    dossier_id, _ = dossier()
    un, deux = poser(dossier_id), poser(dossier_id)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        gate.epingler(espace, un, oui=True)
        gate.epingler(espace, un, oui=True)
        assert gate.epingles(espace) == {un}
        assert gate.rangement(espace, un).epingle and not gate.rangement(espace, deux).epingle
        page = espace.lister(Filtre(epingles=True))
        assert ([d.id for d in page.elements], page.total) == ([un], 1)
        gate.epingler(espace, un, oui=False)
        assert espace.lister(Filtre(epingles=True)).total == 0
    assert [m for _, m in traces(dossier_id, "rangement")] == ["epingle", "desepingle"]


@pytest.mark.rule("DOC-57")
def test_the_depositor_is_a_filter() -> None:
    dossier_id, numero = dossier()
    medecin = professionnel()
    sien = document(auteur=medecin)
    alimenter(medecin, numero, lot(medecin, sien), contexte=CONTEXTE)
    mien = poser(dossier_id)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        assert [d.id for d in espace.lister(Filtre(deposants=("titulaire",))).elements] == [mien]
        assert [d.id for d in espace.lister(Filtre(deposants=("professionnel",))).elements] == [sien.id]
