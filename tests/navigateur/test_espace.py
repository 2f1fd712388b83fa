"""The holder decides, arranges, reports; the professional explains, uses a code, opens in an emergency (issue 3)."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator

import psycopg
import pytest
from PIL import Image
from playwright.sync_api import Browser, expect

from espace_sante.platform.local import Embarque
from espace_sante.simulateurs.population.modeles import ProfessionnelFictif, TitulaireFictif
from tests.navigateur import parcours, regard
from tests.navigateur.installation import RACINE, Installation
from tests.navigateur.visiteur import Visiteur, accueillir

pytestmark = [pytest.mark.navigateur, pytest.mark.lent, pytest.mark.xdist_group("navigateur")]
CASTELNAU, PEDIATRE, LANOE, PSYCHOLOGUE = "99000000135", "99000000156", "99000000163", "99000000443"
CAPTURES = RACINE / "captures" / "espace"
PERSONNES, DOSSIERS = "/espace/plus/personnes/", "/espace/dossiers/"
_PORTAIL = (
    "10-pro-connexion", "11-psc", "12-psc-geste", "13-situation", "14-avertissement", "15-recherche", "16-identite",
    "17-panneau",
)  # fmt: skip
LONG = "Très long nom de dossier médical inextricablement "
# The pages that grow with the record, then those that do not: looked at in another story.
PLEINES = (
    PERSONNES,
    "/espace/plus/qui/",
    "/espace/documents/",
    DOSSIERS,
    "/espace/avis/",
    "/espace/historique/",
)
AUTRES = (
    "/espace/documents/ajouter/", "/espace/demandes/", "/espace/droits/", "/espace/plus/confidentialite/", "/matrice/",
)  # fmt: skip


@pytest.fixture
def ouvrir(navigateur: Browser, installation: Installation) -> Iterator[Callable[..., Visiteur]]:
    """Opens browsers; at the end none of them saw an error or left the site. Each page is looked at once."""
    venus: list[Visiteur] = []
    # Looked at in the story of the main job.
    regardees = {"01-accueil-public", "02-connexion", "03-code", "04-courriels", *_PORTAIL}

    def nouveau(largeur: int = 360, *, clavier: bool = False, **contexte: object) -> Visiteur:
        venus.append(
            accueillir(
                navigateur, installation.adresse, largeur=largeur, captures=None if clavier else CAPTURES,
                regardees=regardees, clavier=clavier, **contexte,
            )
        )  # fmt: skip
        return venus[-1]

    yield nouveau
    for venu in venus:
        venu.partir()


@pytest.mark.rule("ACC-24", "ACC-48", "ACC-50", "DOC-53", "DOC-54", "DOC-55", "DOC-23", "REG-03", "AUD-18")
@pytest.mark.parametrize("clavier", [False, True], ids=["telephone-360", "clavier-1280"])
def test_the_holder_decides_and_arranges(
    clavier: bool, installation: Installation, ouvrir: Callable[..., Visiteur]
) -> None:
    debut = "marguerite" if clavier else "catherine"
    compte, largeur = installation.compte(debut), 1280 if clavier else 360
    lui = ouvrir(largeur, clavier=clavier)
    parcours.entrer_titulaire(lui, compte)
    _personnes(lui, installation)
    _ranger(lui)
    if not clavier:
        _ajouter_des_photos(lui)
    _chercher(lui)
    _signaler(lui)
    if not clavier:
        _droits(lui, compte)


def _personnes(lui: Visiteur, installation: Installation) -> None:
    """A code, a block and its end, an administrateur refused without consent, who can see."""
    page = lui.page
    lui.temoin.attendus += ("/plus/personnes/administrateur/",)
    lui.aller(PERSONNES)
    lui.voit("Qui peut ouvrir mon dossier", "50-personnes")
    lui.activer(page.get_by_role("button", name="Créer un code"))
    expect(page.locator(".es-code-acces")).to_have_text(re.compile(r"^\d{4} \d{4}$"))
    lui.voit("Qui peut ouvrir mon dossier", "51-code")
    vise = installation.professionnel(PSYCHOLOGUE)
    lui.ecrire(page.get_by_label("Son numéro (RPPS ou FINESS)"), vise.rpps)
    lui.activer(page.get_by_role("button", name="Bloquer", exact=True))
    expect(page.get_by_role("status")).to_contain_text("ne peut plus lire votre dossier")
    lui.voit("Qui peut ouvrir mon dossier", "52-bloque")
    lui.activer(page.get_by_role("button", name=re.compile(f"^Débloquer.*{re.escape(vise.nom)}", re.I)))
    expect(page.get_by_role("status")).to_contain_text("de nouveau votre accord")
    lui.ecrire(page.get_by_label("Numéro RPPS d’un professionnel qui a votre accord"), vise.rpps)
    lui.activer(page.get_by_role("button", name="Nommer administrateur"))
    expect(page.get_by_role("alert")).to_contain_text("Autorisez d’abord ce professionnel")
    lui.voit("Qui peut ouvrir mon dossier", "53-refus")
    lui.activer(page.get_by_role("link", name=re.compile("Voir qui peut ouvrir")))
    lui.voit("Qui peut voir mon dossier", "54-qui-dossier")
    lui.activer(page.get_by_role("link", name="Si je bloque chaque personne"))
    expect(page.get_by_role("heading", name="Peuvent voir encore (0)")).to_be_visible()


def _ranger(lui: Visiteur) -> None:
    """A folder, a document in it, a pin, who can see this document."""
    page = lui.page
    lui.aller(DOSSIERS)
    lui.voit("Mes dossiers", "55-dossiers-vide")
    lui.ecrire(page.get_by_label("Nom du dossier"), "Opération du genou")
    lui.activer(page.get_by_role("button", name="Créer le dossier"))
    lui.activer(page.get_by_role("link", name="Choisir des documents"))
    lui.voit(re.compile("Mettre des documents dans"), "56-remplir")
    premier = page.get_by_role("checkbox").first
    lui.cocher(premier)
    lui.activer(page.get_by_role("button", name="Mettre dans ce dossier"))
    lui.voit("Opération du genou", "57-dossier")
    lui.activer(page.get_by_role("link", name=re.compile("^Ouvrir")).first)
    lui.activer(page.get_by_role("button", name="Épingler ce document"))
    expect(page.get_by_role("button", name="Retirer l’épingle")).to_be_visible()
    lui.voit(re.compile("."), "58-document-epingle")
    lui.activer(page.get_by_role("link", name="Qui peut voir ce document ?"))
    lui.voit("Qui peut voir ce document", "59-qui-document")


def _ajouter_des_photos(lui: Visiteur) -> None:
    """Two photographs become one document; forgetting the date says where."""
    page = lui.page
    lui.aller("/espace/documents/ajouter/photos/")
    lui.voit("Ajouter des photos", "60-photos")
    for rang, couleur in ((1, "white"), (2, "lightgrey")):
        octets = io.BytesIO()
        Image.new("RGB", (600, 800), couleur).save(octets, "JPEG")
        page.get_by_label(re.compile(f"^Page {rang}( |$)")).set_input_files(
            {"name": f"page{rang}.jpg", "mimeType": "image/jpeg", "buffer": octets.getvalue()}
        )
    lui.ecrire(page.get_by_label("Titre"), "Ordonnance de lunettes")
    lui.ecrire(page.get_by_label("Date du document"), "2026-01-15")
    page.get_by_label("Rubrique").select_option(index=1)
    lui.activer(page.get_by_role("button", name="Ajouter ces photos"))
    lui.voit("Ordonnance de lunettes", "61-ajoute")


def _chercher(lui: Visiteur) -> None:
    page = lui.page
    parcours.menu(lui, "Documents")
    lui.ecrire(page.get_by_role("searchbox"), "traitement")
    lui.activer(page.get_by_role("button", name="Chercher"))
    lui.voit("Documents", "62-recherche")
    lui.ecrire(page.get_by_role("searchbox"), "zzzyx")
    lui.activer(page.get_by_role("button", name="Chercher"))
    expect(page.get_by_text("Rien ne correspond à votre demande.")).to_be_visible()
    lui.voit("Documents", "63-rien")


def _signaler(lui: Visiteur) -> None:
    """Two clicks from the history to a receipt with its number (AUD-18)."""
    page = lui.page
    lui.aller("/espace/historique/?groupe=professionnels")
    lui.activer(page.get_by_role("link", name=re.compile("^Signaler cet accès")).first)
    lui.voit("Signaler cet accès", "64-signaler")
    lui.ecrire(page.get_by_role("textbox"), "Je ne connais pas cette personne.")
    lui.activer(page.get_by_role("button", name="Envoyer le signalement"))
    lui.voit("Signalement d’un accès", "65-recu")
    expect(page.get_by_text(re.compile(r"^S-\d{4}-"))).to_be_visible()


def _droits(lui: Visiteur, compte: dict[str, str]) -> None:
    """Rights, a copy after the password, notices and their settings, visibility."""
    page = lui.page
    lui.aller("/espace/droits/")
    lui.voit("Mes données et mes droits", "66-droits")
    lui.activer(page.get_by_role("link", name="Demander une copie"))
    lui.voit("Demander une copie de mon espace", "67-copie")
    lui.ecrire(page.get_by_label("Votre mot de passe", exact=True), compte["mot_de_passe"])
    lui.activer(page.get_by_role("button", name="Demander la copie"))
    lui.voit("Mes données et mes droits", "68-copie-demandee")
    for adresse, titre, image in (
        ("/espace/avis/", "Avis", "69-avis"),
        ("/espace/avis/reglages/", re.compile("."), "70-avis-reglages"),
        ("/espace/plus/confidentialite/", re.compile("."), "71-confidentialite"),
        ("/espace/demandes/", "Mes signalements et demandes", "72-demandes"),
        ("/matrice/", re.compile("."), "73-matrice"),
    ):
        lui.aller(adresse)
        lui.voit(titre, image)


@pytest.mark.rule("ACC-24", "ACC-25", "EMG-01", "EMG-11", "AUD-19", "REG-19")
def test_a_code_an_emergency_and_an_explanation(
    installation: Installation, ouvrir: Callable[..., Visiteur]
) -> None:
    """One holder, two doctors: one has a code, the other an emergency, which he must then explain."""
    personne, compte = installation.titulaire("catherine"), installation.compte("catherine")
    lui = ouvrir(768)
    parcours.entrer_titulaire(lui, compte)
    lui.aller(PERSONNES)
    lui.activer(lui.page.get_by_role("button", name="Créer un code"))
    code = lui.page.locator(".es-code-acces").inner_text()

    premier = installation.sans_accord(personne, LANOE, PEDIATRE, CASTELNAU)
    medecin = _au_panneau(ouvrir, premier, personne)
    medecin.temoin.attendus += ("/code/",)
    medecin.ecrire(medecin.page.get_by_label("Code donné par la personne"), "00000000")
    medecin.activer(medecin.page.get_by_role("button", name="Ouvrir avec ce code"))
    expect(medecin.page.get_by_role("alert")).to_be_visible()
    medecin.voit("Conditions d’accès au dossier", "80-code-faux")
    medecin.ecrire(medecin.page.get_by_label("Code donné par la personne"), code)
    medecin.activer(medecin.page.get_by_role("button", name="Ouvrir avec ce code"))
    medecin.voit("Documents", "81-dossier-par-code")

    second = installation.sans_accord(personne, *sorted({CASTELNAU, PEDIATRE, LANOE} - {premier.rpps}))
    urgentiste = _au_panneau(ouvrir, second, personne)
    page = urgentiste.page
    urgentiste.activer(page.get_by_text("Ouvrir en urgence").first)
    urgentiste.cocher(page.get_by_role("checkbox", name=re.compile("exprimer sa volonté")))
    urgentiste.cocher(page.get_by_role("checkbox", name=re.compile("risque immédiat")))
    urgentiste.ecrire(
        page.get_by_label("Raison de l’urgence"), "Personne inconsciente, aucun proche joignable."
    )
    urgentiste.voit("Conditions d’accès au dossier", "82-urgence")
    urgentiste.activer(page.get_by_role("button", name="Ouvrir en urgence"))
    urgentiste.voit("Documents", "83-dossier-en-urgence")

    lui.aller("/espace/avis/")
    lui.voit("Avis", "84-avis-urgence")
    expect(lui.page.get_by_text(re.compile("ouvert votre dossier en urgence")).first).to_be_visible()
    lui.activer(lui.page.get_by_role("link", name=re.compile("signaler cet accès")).first)
    ligne = lui.page.locator(".es-ligne").filter(has_text=second.nom).first
    lui.activer(ligne.get_by_role("link", name=re.compile("^Signaler cet accès")))
    lui.ecrire(lui.page.get_by_role("textbox"), "J’étais conscient, j’aurais pu répondre.")
    lui.activer(lui.page.get_by_role("button", name="Envoyer le signalement"))
    numero = lui.page.get_by_text(re.compile(r"^S-\d{4}-")).inner_text()
    installation.commande("signalements", "step", numero, "justification_demandee")

    urgentiste.aller("/pro/demandes/")
    urgentiste.voit("Mes avis et demandes", "85-pro-demandes")
    urgentiste.activer(page.get_by_role("link", name="Expliquer un accès"))
    urgentiste.voit("Expliquer un accès", "86-pro-demande")
    urgentiste.ecrire(page.get_by_role("textbox"), "La personne ne répondait à aucune question.")
    urgentiste.activer(page.get_by_role("button", name="Envoyer ma réponse"))
    urgentiste.voit("Expliquer un accès", "87-pro-repondu")
    lui.page.reload()
    expect(lui.page.get_by_text("Le professionnel a répondu.")).to_be_visible()
    lui.voit("Signalement d’un accès", "88-explication")


def _au_panneau(
    ouvrir: Callable[..., Visiteur], praticien: ProfessionnelFictif, personne: TitulaireFictif
) -> Visiteur:
    v = ouvrir(768)
    parcours.entrer_professionnel(v, praticien)
    parcours.arriver_au_panneau(v, praticien, personne)
    return v


@pytest.mark.rule("DOC-59")
def test_hundreds_of_items_and_very_long_names(
    installation: Installation, ouvrir: Callable[..., Visiteur]
) -> None:
    """Every page of the space with a full record, at three widths: nothing wider than the screen, axe clean."""
    personne = installation.titulaire("ange-toussaint")
    lui = ouvrir(360)
    parcours.entrer_titulaire(lui, installation.compte("ange-toussaint"))
    _encombrer(installation, personne)
    session = lui.page.context.storage_state()
    for largeur in (360, 768, 1280):
        v = lui if largeur == 360 else ouvrir(largeur, storage_state=session)
        for chemin in PLEINES if largeur == 360 else PLEINES + AUTRES:
            v.aller(chemin)
            if largeur == 360:
                regard.regarder(v.page, CAPTURES / f"plein-{regard.nom_d_image(chemin)}")
            else:
                assert regard.deborde(v.page) <= 0, (chemin, largeur)
                regard.assert_titres(v.page)


def _encombrer(installation: Installation, personne: TitulaireFictif) -> None:
    """300 notices, 60 folders, 80 blocks and roles with names as long as the tables take, by the owner."""
    cle = {"dossier": personne.dossier_id}
    with psycopg.connect(Embarque(installation.donnees).url_proprietaire()) as cx:
        cx.execute("SELECT set_config('es.dossier', %s, true)", [str(personne.dossier_id)])
        cx.execute(
            "INSERT INTO notifications_avis (dossier_id, id, genre, quand, details, document_ids)"
            " SELECT %(dossier)s, gen_random_uuid(), 'premier_acces', now() - n * interval '5 hours',"
            " jsonb_build_object('qui', repeat('Dr Anne-Charlotte-de-La-Tour-', 6)), '{}'"
            " FROM generate_series(1, 300) n",
            cle,
        )
        cx.execute(
            "INSERT INTO documents_dossierperso (dossier_id, id, nom, nom_plie, cree_le) SELECT %(dossier)s,"
            " gen_random_uuid(), left(%(long)s || n || repeat('x', 50), 50), 'plein' || n, now()"
            " FROM generate_series(1, 60) n",
            {**cle, "long": LONG},
        )
        cx.execute(
            "INSERT INTO acces_blocage (dossier_id, id, genre, cle, nom, pose_le, pose_par) SELECT %(dossier)s,"
            " gen_random_uuid(), 'professionnel', '1' || lpad(n::text, 10, '0'), repeat('Casanova-Santoni-', 11),"
            " now(), 'titulaire' FROM generate_series(1, 80) n",
            cle,
        )
        cx.execute(
            "INSERT INTO acces_referent (dossier_id, id, role, rpps, nom, depuis, par) SELECT %(dossier)s,"
            " gen_random_uuid(), 'administrateur', '2' || lpad(n::text, 10, '0'), repeat('Montferrand', 15),"
            " now(), 'titulaire' FROM generate_series(1, 20) n",
            cle,
        )
