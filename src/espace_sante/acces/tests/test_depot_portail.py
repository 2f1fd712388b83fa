"""Deposits from the professionals' portal, through the one gate for feeding, on the real database."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import pytest
from django.db import connection
from django.test import override_settings

from espace_sante.acces import depot_portail as gate
from espace_sante.acces import echeances
from espace_sante.acces.alimentation import DepotFait, alimenter
from espace_sante.acces.consentements import recueillir_consentement
from espace_sante.acces.errors import AlimentationRefusee
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, lot, professionnel, titulaire
from espace_sante.documents.cda.controles import controler_entete
from espace_sante.documents.cda.entete import lire_entete
from espace_sante.documents.cda.lire import lire
from espace_sante.documents.cda.n1 import extraire_n1
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.models import DepotPrepare
from espace_sante.documents.perso.errors import DepotRefuse
from espace_sante.documents.perso.examen import Piece
from espace_sante.documents.perso.tests import exemples
from espace_sante.documents.portail.prepares import VIE
from espace_sante.documents.portail.regles import Saisie
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.annuaire import ProfessionnelRefuse
from espace_sante.identite.models import Structure, Titulaire
from espace_sante.kernel.codes import EtatProfil, GenreActeur
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db

SAISIE = Saisie(titre="Consultation du 3 mars", jour="2026-03-03", type_code="11488-4")
PIECE = Piece("compte rendu.pdf", exemples.pdf())


def poser(
    acteur: Acteur,
    dossier_id: UUID,
    saisie: Saisie = SAISIE,
    piece: Piece = PIECE,
    *,
    qualifiee: bool = True,
) -> DepotFait:
    pret, erreurs = gate.preparer(acteur, dossier_id, saisie, piece, contexte=CONTEXTE)
    assert erreurs == {}
    return gate.deposer(acteur, dossier_id, pret.id, contexte=CONTEXTE, identite_qualifiee=qualifiee)


def traces(dossier_id: UUID, action: str = "depot") -> list[tuple[str, str]]:
    with portee(dossier_id), connection.cursor() as c:
        c.execute("SELECT resultat, motif FROM traces_trace WHERE action = %s ORDER BY quand, id", [action])
        return c.fetchall()


def compter(dossier_id: UUID, table: str = "documents_document") -> int:
    with portee(dossier_id), connection.cursor() as c:
        c.execute(f"SELECT count(*) FROM {table}")
        return int(c.fetchone()[0])


@pytest.mark.rule("DOC-10", "DOC-11", "DOC-04", "CDA-31", "CDA-41")
def test_a_file_becomes_a_valid_cda_of_its_author_without_any_consent() -> None:
    dossier_id, numero = dossier()
    medecin = professionnel()
    fait = poser(medecin, dossier_id)
    assert len(fait.documents) == 1
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        vu, contenu = espace.lire_contenu(fait.documents[0])
    assert (vu.titre, vu.type_code, vu.classe_code, vu.mime) == (SAISIE.titre, "11488-4", "10", "text/xml")
    assert (vu.auteur_idnat, vu.auteur_nom, vu.deposant_rpps) == (
        f"8{medecin.rpps}",
        "Anne MOREL",
        medecin.rpps,
    )
    assert (vu.auteur_structure, vu.auteur_specialite) == (medecin.structure_id, "G15_10")
    assert vu.periode_debut.date().isoformat() == "2026-03-03" or vu.periode_debut.hour == 23
    lu = lire(contenu)
    entete = lire_entete(lu)
    assert controler_entete(entete, production=False, maintenant=datetime.now(UTC)) == ()
    assert entete.ins == numero
    assert extraire_n1(lu.racine).contenu == PIECE.contenu
    assert vu.creation == entete.horodatage.instant  # type: ignore[union-attr]
    assert traces(dossier_id) == [("fait", "")]
    assert compter(dossier_id, "documents_depotprepare") == 0, "nothing is left of the preparation"
    assert compter(dossier_id, "notifications_avis") == 1


@pytest.mark.rule("DOC-19")
def test_others_read_it_at_the_commit() -> None:
    dossier_id, _ = dossier()
    medecin, autre = professionnel(), professionnel("99000000002")
    recueillir_consentement(autre, dossier_id, contexte=CONTEXTE, equipe_id=None, mode_recueil="oral")
    fait = poser(medecin, dossier_id)
    with open_dossier(autre, dossier_id, contexte=CONTEXTE, identite_qualifiee=True) as ouvert:
        assert [d.id for d in ouvert.lister(Filtre()).elements] == list(fait.documents)
        assert extraire_n1(lire(ouvert.lire_contenu(fait.documents[0])[1]).racine).contenu == PIECE.contenu


@pytest.mark.rule("DOC-14")
def test_confirmed_twice_it_is_one_document() -> None:
    dossier_id, _ = dossier()
    medecin = professionnel()
    pret, _ = gate.preparer(medecin, dossier_id, SAISIE, PIECE, contexte=CONTEXTE)
    faits = [
        gate.deposer(medecin, dossier_id, pret.id, contexte=CONTEXTE, identite_qualifiee=True)
        for _ in range(2)
    ]
    assert faits[0].documents == faits[1].documents
    assert compter(dossier_id) == 1


@pytest.mark.rule("DOC-14")
def test_two_confirmations_at_the_same_instant_are_one_document(monkeypatch: pytest.MonkeyPatch) -> None:
    """The second read what was prepared before the first had deposited it: same bytes, same answer."""
    dossier_id, _ = dossier()
    medecin = professionnel()
    pret, _ = gate.preparer(medecin, dossier_id, SAISIE, PIECE, contexte=CONTEXTE)
    with monkeypatch.context() as m:
        m.setattr(gate, "abandonner", lambda *_a: None)
        un = gate.deposer(medecin, dossier_id, pret.id, contexte=CONTEXTE, identite_qualifiee=True)
    deux = gate.deposer(medecin, dossier_id, pret.id, contexte=CONTEXTE, identite_qualifiee=True)
    assert un.documents == deux.documents
    assert compter(dossier_id) == 1


@pytest.mark.rule("DOC-12", "ACC-65")
def test_feeding_has_its_own_conditions() -> None:
    dossier_id, _ = dossier()
    medecin = professionnel()
    pret, _ = gate.preparer(medecin, dossier_id, SAISIE, PIECE, contexte=CONTEXTE)
    with pytest.raises(AlimentationRefusee, match="ins_non_qualifiee"):
        gate.deposer(medecin, dossier_id, pret.id, contexte=CONTEXTE, identite_qualifiee=False)
    assert traces(dossier_id) == [("refus", "ins_non_qualifiee")]
    assert compter(dossier_id) == 0
    for refuse in (titulaire(dossier_id), replace(medecin, deux_facteurs=False)):
        with pytest.raises(AlimentationRefusee, match="alimentation_interdite"):
            gate.preparer(refuse, dossier_id, SAISIE, PIECE, contexte=CONTEXTE)
    for etat in (EtatProfil.CLOTURE, EtatProfil.SUSPENDU, EtatProfil.OPPOSE):
        ferme, _ = dossier(2 + list(EtatProfil).index(etat), etat)
        with pytest.raises(AlimentationRefusee):
            gate.preparer(medecin, ferme, SAISIE, PIECE, contexte=CONTEXTE)
        assert compter(ferme, "documents_depotprepare") == 0


@pytest.mark.rule("DOC-10", "ACC-75", "IDN-65")
def test_a_structure_names_a_professional_of_its_own() -> None:
    dossier_id, _ = dossier()
    medecin, ailleurs = professionnel(), professionnel("99000000003", structure="1990000055")
    structure = Structure.objects.get(id=medecin.structure_id)
    secretariat = Acteur(
        GenreActeur.STRUCTURE, nom=structure.nom, structure_id=structure.id, structure_nom=structure.nom
    )
    for responsable in ("", ailleurs.rpps):
        with pytest.raises(DepotRefuse, match="responsable_inconnu"):
            poser(secretariat, dossier_id, replace(SAISIE, responsable=responsable))
    with pytest.raises(ProfessionnelRefuse):
        poser(secretariat, dossier_id, replace(SAISIE, responsable="99099999999"))
    fait = poser(secretariat, dossier_id, replace(SAISIE, responsable=medecin.rpps))
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        vu = espace.document(fait.documents[0])
    assert (vu.deposant_genre, vu.deposant_structure, vu.auteur_idnat) == (
        "structure",
        structure.id,
        f"8{medecin.rpps}",
    )


@pytest.mark.rule("DOC-13", "DOC-18", "CDA-05", "CDA-41")
@pytest.mark.parametrize(
    ("piece", "code"),
    [
        (Piece("a.exe", b"MZ"), "format_refuse"),
        (Piece("a.tif", exemples.image("TIFF")), "format_refuse"),
        (Piece("a.pdf", b"MZ"), "contenu_different"),
        (Piece("a.pdf", b""), "fichier_vide"),
        (Piece("a.pdf", exemples.pdf_action("JavaScript")), "contenu_actif"),
        (Piece("a.pdf", exemples.pdf_joint()), "fichier_joint"),
        (Piece("a.pdf", exemples.pdf_protege()), "pdf_protege"),
        (Piece("a.txt", b"a" * 1_000_001), "fichier_trop_gros"),
    ],
)
def test_a_refused_file_is_not_kept_and_its_refusal_is_traced(piece: Piece, code: str) -> None:
    dossier_id, _ = dossier()
    medecin = professionnel()
    with override_settings(ES_FHIR_MAX_DOCUMENT=2_000_000):
        pret, erreurs = gate.preparer(medecin, dossier_id, SAISIE, piece, contexte=CONTEXTE)
    assert set(erreurs) == {"fichier"}
    assert pret.fichier is None
    assert traces(dossier_id) == [("refus", code)]
    with pytest.raises(DepotRefuse, match="depot_incomplet"):
        gate.deposer(medecin, dossier_id, pret.id, contexte=CONTEXTE, identite_qualifiee=True)
    assert compter(dossier_id) == 0


@pytest.mark.rule("CDA-05", "CDA-41", "CDA-43")
@pytest.mark.parametrize(
    ("piece", "media"),
    [
        (Piece("a.jpg", exemples.image()), "image/jpeg"),
        (Piece("a.png", exemples.image("PNG")), "application/pdf"),
        (Piece("a.txt", exemples.TEXTE), "text/plain"),
    ],
)
def test_pictures_and_text(piece: Piece, media: str) -> None:
    dossier_id, _ = dossier()
    fait = poser(professionnel(), dossier_id, piece=piece)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        corps = extraire_n1(lire(espace.lire_contenu(fait.documents[0])[1]).racine)
    assert corps.media == media
    if media != "application/pdf":
        assert corps.contenu == piece.contenu


@pytest.mark.rule("DOC-02", "DOC-20", "DOC-24", "DOC-25")
def test_all_that_is_wrong_is_said_at_once_and_everything_is_kept() -> None:
    dossier_id, _ = dossier()
    medecin = professionnel()
    faux = Saisie(titre="a<b", jour="2999-01-01", type_code="", remplace="x", niveau="Z", annonce=True)
    pret, erreurs = gate.preparer(medecin, dossier_id, faux, PIECE, contexte=CONTEXTE)
    assert set(erreurs) == {"titre", "jour", "type", "remplace", "niveau"}
    garde = gate.prepare(medecin, dossier_id, pret.id)
    assert garde is not None and garde.fichier is not None
    assert (garde.saisie, garde.fichier.contenu, garde.fichier.nom) == (faux, PIECE.contenu, PIECE.nom)
    for type_code in ("REMB", "ATTEST-DROITS-AM", "DOCPAT04", "EXPPAT_3", "E1762", "85895-1", "nimporte"):
        _, erreurs = gate.preparer(
            medecin, dossier_id, replace(SAISIE, type_code=type_code), None, contexte=CONTEXTE, prepare_id=pret.id
        )  # fmt: skip
        assert set(erreurs) == {"type"}, type_code
    assert gate.preparer(medecin, dossier_id, SAISIE, None, contexte=CONTEXTE, prepare_id=pret.id)[1] == {}
    assert compter(dossier_id, "documents_depotprepare") == 1


@pytest.mark.rule("REG-16", "ACC-01")
def test_what_is_prepared_is_sealed_and_its_authors_alone() -> None:
    dossier_id, _ = dossier()
    medecin, autre = professionnel(), professionnel("99000000002")
    pret, _ = gate.preparer(medecin, dossier_id, SAISIE, PIECE, contexte=CONTEXTE)
    with portee(dossier_id):
        ligne = DepotPrepare.objects.get(id=pret.id)
        assert b"Consultation" not in bytes(ligne.saisie) and b"%PDF" not in bytes(ligne.fichier)
    assert gate.prepare(autre, dossier_id, pret.id) is None
    with pytest.raises(DepotRefuse, match="depot_introuvable"):
        gate.deposer(autre, dossier_id, pret.id, contexte=CONTEXTE, identite_qualifiee=True)
    gate.abandonner(autre, dossier_id, pret.id)
    assert gate.prepare(medecin, dossier_id, pret.id) is not None
    ailleurs, _ = dossier(7)
    assert gate.prepare(medecin, ailleurs, pret.id) is None
    tard = datetime.now(UTC) + VIE + timedelta(minutes=1)
    assert gate.prepare(medecin, dossier_id, pret.id, quand=tard) is None
    echeances.executer(datetime.now(UTC))
    assert compter(dossier_id, "documents_depotprepare") == 1
    assert echeances.executer(tard).echecs == 0
    assert compter(dossier_id, "documents_depotprepare") == 0


@pytest.mark.rule("DOC-39", "DOC-46", "DOC-40")
def test_the_labels_of_the_form_are_those_of_the_document() -> None:
    dossier_id, _ = dossier()
    medecin = professionnel()
    tout = replace(SAISIE, annonce=True, masque=True, representants=True, niveau="V")
    fait = poser(medecin, dossier_id, tout)
    with portee(dossier_id), connection.cursor() as c:
        c.execute(
            "SELECT confidentialite, masque_ps, masque_par, invisible_patient, invisible_representants"
            " FROM documents_document WHERE id = %s", [fait.documents[0]],
        )  # fmt: skip
        assert c.fetchone() == ("V", True, f"8{medecin.rpps}", True, True)
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        assert espace.lister(Filtre()).total == 0
    assert compter(dossier_id, "notifications_avis") == 0, "what waits for its announcement is not told"


@pytest.mark.rule("DOC-29", "DOC-31", "DOC-38", "CDA-18")
def test_a_document_of_his_is_replaced_and_nobody_elses() -> None:
    dossier_id, numero = dossier()
    medecin, autre = professionnel(), professionnel("99000000002", structure="1990000077")
    ancien = poser(medecin, dossier_id).documents[0]
    opaque = document(auteur=medecin)
    alimenter(medecin, numero, lot(medecin, opaque), contexte=CONTEXTE)
    etranger = poser(autre, dossier_id).documents[0]
    recueillir_consentement(medecin, dossier_id, contexte=CONTEXTE, equipe_id=None, mode_recueil="oral")
    with open_dossier(medecin, dossier_id, contexte=CONTEXTE, identite_qualifiee=True) as ouvert:
        assert {d.id for d in gate.remplacables(ouvert)} == {ancien, opaque.id}
    for cible, code in ((etranger, "non_auteur"), (uuid4(), "remplacement_inconnu")):
        with pytest.raises(AlimentationRefusee, match=code):
            poser(medecin, dossier_id, replace(SAISIE, remplace=str(cible)))
    nouveau = poser(medecin, dossier_id, replace(SAISIE, remplace=str(ancien), titre="Corrigé")).documents[0]
    poser(medecin, dossier_id, replace(SAISIE, remplace=str(opaque.id)))
    with pytest.raises(AlimentationRefusee, match="deja_remplace"):
        poser(medecin, dossier_id, replace(SAISIE, remplace=str(ancien)))
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        avant, apres = (lire_entete(lire(espace.lire_contenu(i)[1])) for i in (ancien, nouveau))
        assert espace.document(ancien).statut == "superseded"
        assert espace.document(nouveau).remplace_id == ancien
    assert (avant.version, apres.version, avant.set_id, apres.remplace) == (
        1, 2, apres.set_id, avant.unique_id,
    )  # fmt: skip
    assert ("fait", "") in traces(dossier_id, "remplacement")


@pytest.mark.rule("CDA-25", "CDA-41")
def test_an_identity_that_makes_no_valid_document_stops_the_deposit() -> None:
    dossier_id, _ = dossier()
    medecin = professionnel()
    pret, _ = gate.preparer(medecin, dossier_id, SAISIE, PIECE, contexte=CONTEXTE)
    with portee(dossier_id):
        Titulaire.objects.filter(dossier_id=dossier_id).update(prenoms="", prenom_utilise="")
    with pytest.raises(AlimentationRefusee, match="document_non_conforme"):
        gate.deposer(medecin, dossier_id, pret.id, contexte=CONTEXTE, identite_qualifiee=True)
    assert traces(dossier_id) == [("refus", "document_non_conforme")]
    assert compter(dossier_id) == 0
