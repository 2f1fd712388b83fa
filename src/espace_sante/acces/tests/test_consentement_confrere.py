"""A consent recorded for a named colleague (ACC-13): who may, for whom, what the holder sees of it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
import time_machine

from espace_sante.acces import controle, urgence
from espace_sante.acces.consentement_confrere import recueillir_pour_confrere
from espace_sante.acces.consentements import retirer
from espace_sante.acces.errors import AccesRefuse, ConsentementRefuse
from espace_sante.acces.models import Consentement
from espace_sante.acces.mon_espace import ouvrir_mon_espace
from espace_sante.acces.porte import open_dossier
from espace_sante.acces.tests.fabrique import CONTEXTE, professionnel
from espace_sante.acces.tests.scene import Scene, ouvrir_scene
from espace_sante.documents.filtre import Filtre
from espace_sante.dossier.models import Dossier
from espace_sante.identite.acteurs import Acteur
from espace_sante.identite.models import SituationExercice
from espace_sante.kernel.codes import GenreActeur, ModeAcces
from espace_sante.notifications.genres import Genre, phrase
from espace_sante.platform.postgres.rls import portee

pytestmark = pytest.mark.django_db
RPPS = "99000000031"


@pytest.fixture
def scene() -> Scene:
    return ouvrir_scene()


@pytest.fixture
def confrere() -> Acteur:
    return professionnel(RPPS, structure="1990000003")


def _lit(acteur: Acteur, dossier_id: UUID) -> str:
    try:
        with open_dossier(acteur, dossier_id, contexte=CONTEXTE, identite_qualifiee=True) as vu:
            vu.lister(Filtre())
            return ""
    except AccesRefuse as refus:
        return refus.code


def _accords(scene: Scene) -> int:
    with portee(scene.dossier_id):
        return Consentement.objects.filter(dossier_id=scene.dossier_id).count()


@pytest.mark.rule("ACC-13", "ACC-11")
def test_the_colleague_reads_and_the_holder_sees_it_at_once(scene: Scene, confrere: Acteur) -> None:
    assert _lit(confrere, scene.dossier_id) == "consentement_absent"
    fait = recueillir_pour_confrere(scene.medecin, scene.ins, RPPS, contexte=CONTEXTE, mode_recueil="ecrit")
    assert _lit(confrere, scene.dossier_id) == ""
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        premier = espace.consentements()[0]
    assert (premier.id, premier.beneficiaire, premier.recueilli_par) == (
        fait.id,
        confrere.nom,
        scene.medecin.nom,
    )
    assert (premier.mode_recueil, premier.en_cours) == ("ecrit", True)
    (trace,) = (t for t in scene.traces("consentement") if t.motif == "confrere")
    assert (trace.acteur_id, trace.document_titre) == (scene.medecin.rpps, confrere.nom)
    (avis,) = (a for a in scene.avis() if a.genre == Genre.ACCORD_CONFRERE)
    assert confrere.nom in phrase(Genre.ACCORD_CONFRERE, avis.details)
    assert scene.medecin.nom in phrase(Genre.ACCORD_CONFRERE, avis.details)
    # The holder takes it back, as any consent (ACC-15).
    with portee(scene.dossier_id):
        assert retirer(scene.dossier_id, fait.id)
    assert _lit(confrere, scene.dossier_id) == "consentement_absent"


@pytest.mark.rule("ACC-13", "ACC-16")
def test_it_ends_after_the_set_time_and_is_not_doubled(
    scene: Scene, confrere: Acteur, settings: object
) -> None:
    settings.ES_CONSENTEMENT_CONFRERE_J = 15  # type: ignore[attr-defined]
    un = recueillir_pour_confrere(scene.medecin, scene.ins, RPPS, contexte=CONTEXTE)
    assert recueillir_pour_confrere(scene.medecin, scene.ins, RPPS, contexte=CONTEXTE).id == un.id
    assert sum(a.genre == Genre.ACCORD_CONFRERE for a in scene.avis()) == 1
    for jours, attendu in ((14, ""), (16, "consentement_absent")):
        with time_machine.travel(datetime.now(UTC) + timedelta(days=jours)):
            assert _lit(confrere, scene.dossier_id) == attendu


@pytest.mark.rule("ACC-13", "ACC-48", "ACC-53")
@pytest.mark.parametrize(
    "pourquoi", ["inconnu", "illisible", "radie", "sans_exercice", "bloque", "structure"]
)
def test_one_answer_for_who_cannot_be_named(scene: Scene, confrere: Acteur, pourquoi: str) -> None:
    rpps = RPPS
    if pourquoi == "inconnu":
        rpps = "99999999999"
    elif pourquoi == "illisible":
        rpps = "zut\x01' OR 1=1"
    elif pourquoi == "radie":
        confrere = professionnel("99000000032", actif=False)
        rpps = confrere.rpps
    elif pourquoi == "sans_exercice":
        SituationExercice.objects.filter(professionnel_id=RPPS).update(actif=False)
    else:
        with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
            if pourquoi == "bloque":
                controle.bloquer(espace, "professionnel", RPPS)
            else:
                controle.bloquer(espace, "structure", "1990000003")
    avant = _accords(scene)
    with pytest.raises(ConsentementRefuse) as refus:
        recueillir_pour_confrere(scene.medecin, scene.ins, rpps, contexte=CONTEXTE)
    assert (refus.value.code, refus.value.message) == (
        "confrere_non_autorise",
        "Aucun accord ne peut être enregistré pour ce numéro RPPS. Vérifiez-le avec votre confrère.",
    )
    assert _accords(scene) == avant
    assert Genre.ACCORD_CONFRERE not in scene.genres()
    assert scene.traces("consentement")[-1].motif == "confrere_non_autorise"


@pytest.mark.rule("ACC-13")
@pytest.mark.parametrize(
    ("cas", "code"),
    [
        ("soi_meme", "confrere_soi_meme"),
        ("sans_accord", "autorisation_absente"),
        ("accord_passe", "autorisation_absente"),
        ("urgence", "autorisation_absente"),
        ("bloque", "professionnel_bloque"),
        ("ferme", "dossier_indisponible"),
        ("un_facteur", "consentement_interdit"),
        ("secretariat", "consentement_interdit"),
        ("mode", "consentement_interdit"),
        ("inconnu", "dossier_indisponible"),
    ],
)
def test_who_may_not_hand_on(scene: Scene, confrere: Acteur, cas: str, code: str) -> None:
    qui, rpps, cible, mode = scene.medecin, RPPS, scene.dossier_id, "oral"
    depuis = timedelta()
    match cas:
        case "soi_meme":
            rpps = qui.rpps
        case "sans_accord":
            qui = professionnel("99000000033")
        case "accord_passe":
            depuis = timedelta(hours=25)
        case "urgence":
            qui = professionnel("99000000033")
            raison = urgence.Declaration("Personne inconsciente", hors_d_etat=True, risque_immediat=True)
            urgence.ouvrir(
                qui, cible, ModeAcces.BRIS_DE_GLACE, raison, contexte=CONTEXTE, identite_qualifiee=True
            )
        case "bloque":
            with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
                controle.bloquer(espace, "professionnel", qui.rpps)
        case "ferme":
            with portee(scene.dossier_id):
                Dossier.objects.filter(dossier_id=scene.dossier_id).update(etat="CLOTURE")
        case "un_facteur":
            qui = professionnel(deux_facteurs=False)
        case "secretariat":
            qui = Acteur(GenreActeur.STRUCTURE, structure_id=qui.structure_id)
        case "mode":
            mode = "telepathie"
        case "inconnu":
            cible = UUID(int=7)
    avant = _accords(scene)
    with time_machine.travel(datetime.now(UTC) + depuis), pytest.raises(ConsentementRefuse) as refus:
        recueillir_pour_confrere(qui, cible, rpps, contexte=CONTEXTE, mode_recueil=mode)
    assert refus.value.code == code
    assert _accords(scene) == avant
    assert _lit(confrere, scene.dossier_id) in ("consentement_absent", "dossier_indisponible")


@pytest.mark.rule("ACC-13", "ACC-23")
def test_an_occupational_doctor_is_named_only_after_information(scene: Scene, confrere: Acteur) -> None:
    SituationExercice.objects.filter(professionnel_id=RPPS).update(savoir_faire="SM25", secteur="SA66")
    with pytest.raises(ConsentementRefuse, match="information_absente"):
        recueillir_pour_confrere(scene.medecin, scene.ins, RPPS, contexte=CONTEXTE)
    fait = recueillir_pour_confrere(scene.medecin, scene.ins, RPPS, contexte=CONTEXTE, informe=True)
    assert fait.informe_le is not None


@pytest.mark.rule("ACC-50")
def test_a_blocked_professional_stores_no_consent_for_later(scene: Scene) -> None:
    from espace_sante.acces.consentements import recueillir_consentement

    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        blocage = controle.bloquer(espace, "professionnel", scene.medecin.rpps)
    with pytest.raises(ConsentementRefuse, match="professionnel_bloque"):
        recueillir_consentement(scene.medecin, scene.ins, contexte=CONTEXTE)
    with ouvrir_mon_espace(scene.moi, contexte=CONTEXTE) as espace:
        assert controle.debloquer(espace, blocage.id)
    assert _lit(scene.medecin, scene.dossier_id) == "consentement_absent"
