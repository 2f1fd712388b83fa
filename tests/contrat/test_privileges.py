"""The application's role may do exactly this, table by table; anything more is a decision to review (AUD-13, REG-16)."""

from __future__ import annotations

from datetime import UTC, datetime

import psycopg
import pytest
from django.db import Error, connection, transaction

from espace_sante.identite.models import Professionnel
from tests.annuaire import TABLES

pytestmark = pytest.mark.django_db

LIRE = {"SELECT"}
AJOUTER = {"SELECT", "INSERT"}
CHANGER = {"SELECT", "INSERT", "UPDATE"}
TOUT = {"SELECT", "INSERT", "UPDATE", "DELETE"}

PRIVILEGES = {
    # Written by operations, as owner: directory, programs, teams, matrix, nature of the installation.
    "acces_cellule": LIRE,
    "acces_edition": LIRE,
    "acces_proposition": LIRE,
    "acces_equipesoins": LIRE,
    "acces_membreequipe": LIRE,
    "identite_installation": LIRE,
    "identite_logiciel": LIRE,
    "identite_professionnel": LIRE,
    "identite_situationexercice": LIRE,
    "identite_structure": LIRE,
    "identite_boitemss": LIRE,
    "identite_sourceannuaire": LIRE,
    # Operators: who they are and what the worker did for them is written as owner (ADR 0018).
    "identite_operateur": LIRE,
    "acces_suitedemandematrice": LIRE,
    "identite_facteursoperateur": CHANGER,
    # Programs: what they are is written as owner; publishers and operators ask (OID-31).
    "identite_certificatlogiciel": LIRE,
    "identite_suitelogiciel": LIRE,
    "identite_demandelogiciel": AJOUTER,
    "identite_decisionlogiciel": AJOUTER,
    "identite_parcourslogiciel": CHANGER,
    "identite_demandedecouplee": TOUT,
    "identite_jetonrevoque": {"SELECT", "INSERT", "DELETE"},
    "identite_contextelien": {"SELECT", "INSERT", "DELETE"},
    "acces_demandematrice": AJOUTER,
    "acces_alertetraitee": AJOUTER,
    "acces_acteoperateur": AJOUTER,
    # A record: nothing is deleted; what is stored, and traces, never change.
    "acces_appairage": CHANGER,
    "acces_blocage": CHANGER,
    # A subscription is its software's to end; what it is told of is a queue (FHR-168).
    "acces_abonnement": TOUT,
    "acces_suiviabonnement": TOUT,
    "acces_envoiabonnement": TOUT,
    "acces_propositioncercle": CHANGER,
    "acces_choixetablissement": CHANGER,
    "acces_sessionappairage": CHANGER,
    "acces_codeacces": CHANGER,
    "acces_consentement": CHANGER,
    "acces_exclusion": CHANGER,
    "acces_partage": CHANGER,
    "acces_referent": CHANGER,
    "acces_urgence": CHANGER,
    # Measures: their author changes and deletes his own (FHR-150, MES-19); an instrument is named once.
    "profil_medical_appareil": AJOUTER,
    "profil_medical_mesure": TOUT,
    # Appointments: a former version never changes; the holder's mark is his own. Schedules are of no record (FHR-158).
    "agenda_ficherendezvous": CHANGER,
    "agenda_versionrendezvous": AJOUTER,
    "agenda_annotationrendezvous": CHANGER,
    "agenda_planning": TOUT,
    "agenda_creneau": TOUT,
    # A destroyed content is an emptied one (DOC-35).
    "documents_contenu": CHANGER,
    "documents_document": CHANGER,
    "documents_indextexte": CHANGER,
    "documents_reprisetexte": CHANGER,
    "documents_echeance": TOUT,
    "documents_lot": AJOUTER,
    "documents_registre": AJOUTER,
    "documents_retard": AJOUTER,
    "documents_suppression": CHANGER,
    "documents_versiondocument": AJOUTER,
    "dossier_accordextraction": CHANGER,
    "dossier_dossier": CHANGER,
    "dossier_export": CHANGER,
    "dossier_morceauexport": {"SELECT", "INSERT", "DELETE"},
    # A former matricule stays in the lookup, marked so; a subject of FranceConnect is linked once, at login.
    "identite_indexins": CHANGER,
    "identite_ancienmatricule": AJOUTER,
    "identite_lienfranceconnect": AJOUTER,
    # Who INSi was asked about today (keyed hashes), and records of one person for people to merge.
    "identite_appelinsi": TOUT,
    "identite_fusionafaire": AJOUTER,
    "identite_titulaire": CHANGER,
    "traces_arbre": LIRE,
    "traces_curseur": LIRE,
    "traces_effacement": LIRE,
    "traces_feuille": LIRE,
    "traces_tete": LIRE,
    "traces_trace": AJOUTER,
    "notifications_avis": CHANGER,
    "notifications_preference": CHANGER,
    "notifications_venue": AJOUTER,
    "traces_etapesignalement": AJOUTER,
    "traces_signalement": AJOUTER,
    # Across records: the outbox, notices to professionals, the operator's queue and alerts. Nothing of health.
    "notifications_avisprofessionnel": CHANGER,
    "notifications_envoi": TOUT,
    "traces_alerteveille": AJOUTER,
    "traces_demandeidentite": AJOUTER,
    "traces_suivisignalement": AJOUTER,
    "traces_tracehorsdossier": {"INSERT"},
    "traces_tuile": LIRE,
    # Counted across records: wrong access codes, emergency openings to review. Neither says anything of health.
    "acces_controleurgence": CHANGER,
    "acces_essaicode": {"SELECT", "INSERT", "DELETE"},
    # Folders and pins of the holder: his own tidying (DOC-53 to DOC-55).
    "documents_dossierperso": TOUT,
    "documents_depotprepare": TOUT,
    "documents_classement": {"SELECT", "INSERT", "DELETE"},
    "documents_epingle": {"SELECT", "INSERT", "DELETE"},
    # Logging in.
    "identite_ancienmotdepasse": {"SELECT", "INSERT", "DELETE"},
    "identite_blocageconnexion": TOUT,
    "identite_codeusageunique": TOUT,
    "identite_compte": CHANGER,
    "axes_accessattempt": TOUT,
    "axes_accessattemptexpiration": {"SELECT", "DELETE"},
    "axes_accessfailurelog": LIRE,
    "axes_accesslog": LIRE,
    "django_session": TOUT,
    # Django's own.
    "auth_group": LIRE,
    "auth_group_permissions": LIRE,
    "auth_permission": LIRE,
    "django_content_type": LIRE,
    "django_migrations": LIRE,
    # The queue: its functions run with the caller's rights.
    "procrastinate_events": TOUT,
    "procrastinate_jobs": TOUT,
    "procrastinate_periodic_defers": TOUT,
    "procrastinate_workers": TOUT,
}


def test_exact_privileges_of_the_application_on_every_table() -> None:
    """Asked to the database itself, so that a right given to PUBLIC or by a column counts too."""
    verbes = ("SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "REFERENCES", "TRIGGER")
    with connection.cursor() as c:
        c.execute(
            "SELECT relname, verbe FROM pg_class CROSS JOIN unnest(%s::text[]) AS verbe"
            " WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p', 'v', 'm', 'f')"
            " AND has_table_privilege(current_user, oid, verbe)",
            [list(verbes)],
        )
        tenus: dict[str, set[str]] = {}
        for table, verbe in c.fetchall():
            tenus.setdefault(table, set()).add(verbe)
        c.execute(
            "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind IN ('r', 'p')"
        )
        tables = {t for (t,) in c.fetchall()}
        c.execute(
            "SELECT count(*) FROM pg_attribute JOIN pg_class c ON c.oid = attrelid"
            " WHERE attacl IS NOT NULL AND relnamespace = 'public'::regnamespace"
        )
        assert c.fetchone() == (0,), "a right by column: say it here"
    assert tables == set(PRIVILEGES), "a new table: decide its privileges in its migration, then here"
    assert tenus == PRIVILEGES


def test_what_the_tests_open_to_themselves_is_what_operations_write() -> None:
    """Otherwise a table could be writable in tests and refused on a real installation, or the reverse."""
    assert set(TABLES) <= {t for t, droits in PRIVILEGES.items() if droits == LIRE}


def test_the_product_cannot_write_the_directory_even_here() -> None:
    """The opening made for tests does not serve a statement that comes from the product."""
    exercice = Professionnel.objects.create(rpps="99000000009", nom="MOREL", prenom="Anne")
    produit = compile(
        "exercice.save()", str(__file__).replace("tests/contrat", "src/espace_sante/identite"), "exec"
    )
    with pytest.raises(Error) as refus, transaction.atomic():
        exec(produit, {"exercice": exercice})
    assert isinstance(refus.value.__cause__, psycopg.errors.InsufficientPrivilege)
    for sql in (
        "UPDATE identite_professionnel SET actif = true",
        f"INSERT INTO acces_membreequipe (rpps, depuis) VALUES ('99000000009', '{datetime.now(UTC)}')",
        "DELETE FROM identite_logiciel",
    ):
        with pytest.raises(Error, match="permission denied"), transaction.atomic(), connection.cursor() as c:
            c.execute(sql)
