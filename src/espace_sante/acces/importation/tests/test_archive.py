"""Documents of a message filed by the holder: his act, once, his own documents (XDM-09, XDM-14, XDM-16, CDA-29)."""

from __future__ import annotations

import io
from collections.abc import Callable
from dataclasses import replace
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from espace_sante.acces.alimentation import alimenter
from espace_sante.acces.errors import AccesRefuse, EspaceFerme
from espace_sante.acces.importation.archive import classer
from espace_sante.acces.importation.erreurs import RepriseRefusee
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import CONTEXTE, document, dossier, ins, lot, professionnel, titulaire
from espace_sante.documents.cda.entete import lire_entete, vers_metadonnees
from espace_sante.documents.cda.lire import lire
from espace_sante.documents.cda.tests.exemple import INS, sans
from espace_sante.documents.cda.tests.exemple import document as cda
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.perso.errors import DepotRefuse
from espace_sante.documents.perso.tests import exemples
from espace_sante.documents.queries import DocumentVu
from espace_sante.documents.xdm.lecture import Reglages, lire_archive
from espace_sante.documents.xdm.modele import ArchiveXdm, EntreeXdm, PatientXdm, XdmRefuse
from espace_sante.documents.xdm.tests.fabrique import QUAND, archive, metadonnees
from espace_sante.identite.queries import identite
from espace_sante.kernel.codes import EtatProfil
from espace_sante.platform.postgres.rls import portee
from espace_sante.traces.queries import FiltreTraces

pytestmark = pytest.mark.django_db
TRAITS = (("PAT-TROIS", "MARTIN"), (">DOMINIQUE MARIE-LOUISE<", ">Lou<"), ('"19790328"', '"19780302"'))


def _contenu(graine: int, numero: int = 1, *changements: tuple[str, str]) -> bytes:
    """A CDA about the holder of that record of the tests."""
    return cda(
        (INS, ins(graine).matricule), ('"DOC-1"', f'"DOC-{graine}-{numero}"'),
        sans("<relatedDocument", "</relatedDocument>"), *TRAITS, *changements,
    )  # fmt: skip


def _entree(contenu: bytes, **autres: Any) -> tuple[EntreeXdm, bytes]:
    return EntreeXdm(
        uuid4(), "", vers_metadonnees(lire_entete(lire(contenu)), contenu, date=QUAND, **autres)
    ), contenu


def _recue(graine: int, *entrees: tuple[EntreeXdm, bytes]) -> ArchiveXdm:
    octets = archive(*entrees, patient=PatientXdm(ins(graine)))
    return lire_archive(io.BytesIO(octets), Reglages(production=False, attendu=ins(graine)))


def _tout(recue: ArchiveXdm) -> list[UUID]:
    return [d.entree.id for d in recue.documents]


def _vus(dossier_id: UUID) -> list[DocumentVu]:
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        return list(espace.lister(Filtre()).elements)


def _motifs(dossier_id: UUID) -> list[tuple[str, str]]:
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        return [
            (t.resultat, t.motif) for t in espace.historique(FiltreTraces()).elements if t.action == "depot"
        ]


@pytest.mark.rule("XDM-16", "MSG-79", "CDA-31")
def test_what_he_chose_is_filed_with_the_metadata_of_the_archive() -> None:
    dossier_id, _ = dossier(91)
    voulu, laisse = _entree(_contenu(91, 1)), _entree(_contenu(91, 2))
    recue = _recue(91, voulu, laisse)
    fait = classer(titulaire(dossier_id), recue, [voulu[0].id], contexte=CONTEXTE)
    assert (len(fait.ajoutes), fait.presents) == (1, ())
    (vu,) = _vus(dossier_id)
    m = voulu[0].metadonnees
    assert (vu.id, vu.unique_id, vu.type_code, vu.titre) == (
        fait.ajoutes[0],
        m.unique_id,
        m.type.code,
        m.titre,
    )
    assert vu.auteur_nom == m.auteurs[0].affichage
    with ouvrir_mon_espace(titulaire(dossier_id), contexte=CONTEXTE) as espace:
        assert espace.lire_contenu(vu.id)[1] == voulu[1]
    assert _motifs(dossier_id) == [("fait", "message")]


@pytest.mark.rule("XDM-16")
@settings(deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.lists(st.integers(1, 3), max_size=3), min_size=1, max_size=4))
def test_each_document_is_there_once_however_often_it_is_filed(fois: list[list[int]]) -> None:
    graine = 10_000 + abs(hash(tuple(map(tuple, fois)))) % 80_000_000
    dossier_id, _ = dossier(graine)
    connus: set[str] = set()
    for numeros in fois:
        entrees = [_entree(_contenu(graine, n)) for n in dict.fromkeys(numeros)]
        if not entrees:
            continue
        recue = _recue(graine, *entrees)
        fait = classer(titulaire(dossier_id), recue, _tout(recue), contexte=CONTEXTE)
        siens = {e.metadonnees.unique_id for e, _ in entrees}
        assert len(fait.presents) == len(siens & connus)
        assert len(fait.ajoutes) == len(siens - connus)
        connus |= siens
    vus = [vu.unique_id for vu in _vus(dossier_id)]
    assert sorted(vus) == sorted(connus)


@pytest.mark.rule("XDM-16", "MSG-80")
def test_the_same_id_with_other_bytes_is_refused() -> None:
    dossier_id, _ = dossier(93)
    recue = _recue(93, _entree(_contenu(93)))
    classer(titulaire(dossier_id), recue, _tout(recue), contexte=CONTEXTE)
    autre = _recue(93, _entree(_contenu(93, 1, ("Tout va bien.", "Tout va mal."))))
    _refuse(dossier_id, autre, "contenu_different", restent=1)


@pytest.mark.rule("XDM-09")
def test_an_archive_of_somebody_else_is_never_filed() -> None:
    dossier_id, _ = dossier(94)
    etranger = _recue(95, _entree(_contenu(95)))
    _refuse(dossier_id, etranger, "autre_personne")
    attendu = replace(_recue(94, _entree(_contenu(94))), retenue=True)
    _refuse(dossier_id, attendu, "autre_personne")


@pytest.mark.rule("XDM-14")
def test_what_waits_for_its_announcement_is_not_filed() -> None:
    dossier_id, _ = dossier(96)
    recue = _recue(96, _entree(_contenu(96), invisible_patient=True))
    with pytest.raises(XdmRefuse):
        classer(titulaire(dossier_id), recue, _tout(recue), contexte=CONTEXTE)
    assert _vus(dossier_id) == []


@pytest.mark.rule("CDA-29", "CDA-30")
def test_another_birth_date_in_the_document_is_refused() -> None:
    dossier_id, _ = dossier(97)
    recue = _recue(97, _entree(_contenu(97, 1, ('"19780302"', '"19780303"'))))
    _refuse(dossier_id, recue, "traits_differents")
    with portee(dossier_id):
        assert identite(dossier_id).traits.date_naissance == "1978-03-02"


@pytest.mark.rule("XDM-05", "XDM-07")
def test_a_refused_document_is_not_filed_and_nothing_with_it() -> None:
    dossier_id, _ = dossier(98)
    recue = _recue(98, _entree(_contenu(98, 1)), _entree(_contenu(98, 2)))
    casse = replace(recue.documents[1], contenu=None)
    _refuse(dossier_id, replace(recue, documents=(recue.documents[0], casse)), "document_refuse")


@pytest.mark.rule("XDM-16", "DOC-46")
def test_nothing_tells_of_a_document_that_he_may_not_see_yet() -> None:
    """A professional's deposit that waits for its announcement, then the same id in a message."""
    dossier_id, _ = dossier(99)
    pro, contenu = professionnel(), _contenu(99)
    unique_id = lire_entete(lire(contenu)).unique_id
    alimenter(
        pro,
        dossier_id,
        lot(pro, document(auteur=pro, unique_id=unique_id, invisible_patient=True)),
        contexte=CONTEXTE,
    )
    _refuse(dossier_id, _recue(99, _entree(contenu)), "document_ailleurs")
    autre_dossier, _ = dossier(100)
    ailleurs = _recue(100, _entree(_contenu(100)))
    classer(titulaire(autre_dossier), ailleurs, _tout(ailleurs), contexte=CONTEXTE)
    vole = _recue(99, _entree(_contenu(99, 1, ('"DOC-99-1"', '"DOC-100-1"'))))
    _refuse(dossier_id, vole, "document_ailleurs")


@pytest.mark.rule("XDM-16", "DOC-31")
def test_filing_gives_the_author_no_right() -> None:
    dossier_id, numero = dossier(101)
    pro = professionnel("99700000001")
    contenu = _contenu(101, 1, ("899700000001", f"8{pro.rpps}"))
    recue = _recue(101, _entree(contenu))
    classer(titulaire(dossier_id), recue, _tout(recue), contexte=CONTEXTE)
    (vu,) = _vus(dossier_id)
    assert (vu.auteur_idnat, vu.auteur_structure) == ("", "")
    with pytest.raises(AccesRefuse), open_dossier(pro, numero, contexte=CONTEXTE, identite_qualifiee=True):
        pass


@pytest.mark.rule("XDM-16")
def test_only_the_holder_of_an_open_space_files() -> None:
    dossier_id, _ = dossier(102, EtatProfil.CREE_AUTO)
    recue = _recue(102, _entree(_contenu(102)))
    for acteur in (titulaire(dossier_id), professionnel()):
        with pytest.raises(EspaceFerme):
            classer(acteur, recue, _tout(recue), contexte=CONTEXTE)


@pytest.mark.rule("XDM-16", "MSG-76", "DOC-18")
@pytest.mark.parametrize(
    ("mime", "contenu", "code"),
    [
        ("application/pdf", exemples.pdf(), ""),
        ("text/plain", exemples.TEXTE, ""),
        ("image/png", exemples.image("PNG"), ""),
        ("application/pdf", b"%PDF-1.4 rien", "pdf_illisible"),
        ("application/pdf", b"MZ programme", "contenu_different"),
        ("text/html", b"<script>1</script>", "format_refuse"),
        ("text/plain", b"a" * 5_000_001, "fichier_trop_gros"),
    ],
)
def test_what_is_no_cda_is_judged_as_a_file_of_his(mime: str, contenu: bytes, code: str) -> None:
    graine = 200 + len(contenu) % 1000 + len(mime)
    dossier_id, _ = dossier(graine)
    recue = _recue(graine, (EntreeXdm(uuid4(), "", metadonnees(contenu, mime=mime)), contenu))
    if code:
        _refuse(dossier_id, recue, code, DepotRefuse)
    else:
        fait = classer(titulaire(dossier_id), recue, _tout(recue), contexte=CONTEXTE)
        assert [vu.id for vu in _vus(dossier_id)] == list(fait.ajoutes)


@pytest.mark.rule("XDM-16", "DOC-27")
def test_his_quota_holds(settings: Any) -> None:
    dossier_id, _ = dossier(103)
    settings.ES_QUOTA_TITULAIRE_DOCUMENTS = 1
    recue = _recue(103, _entree(_contenu(103, 1)), _entree(_contenu(103, 2)))
    _refuse(dossier_id, recue, "quota_documents", DepotRefuse)


def _refuse(
    dossier_id: UUID,
    recue: ArchiveXdm,
    code: str,
    genre: Callable[..., Exception] = RepriseRefusee,
    restent: int = 0,
) -> None:
    """All of it refused, with that code, in the history too; nothing stored."""
    with pytest.raises(genre) as refus:  # type: ignore[call-overload]
        classer(titulaire(dossier_id), recue, _tout(recue), contexte=CONTEXTE)
    assert refus.value.code == code
    assert len(_vus(dossier_id)) == restent
    assert ("refus", code) in _motifs(dossier_id)
