"""Records for the bench: N records of 100 documents, made set-based; a few contents of 20 kB in each."""

from __future__ import annotations

import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from uuid import UUID

from django.db import connections

from espace_sante.dossier.services import NouveauDossier
from espace_sante.identite.index import hacher
from espace_sante.kernel.codes import EtatProfil
from espace_sante.kernel.ids import uuid7
from espace_sante.kernel.ins import OID_TEST, Ins, cle
from espace_sante.kernel.traits import Traits
from espace_sante.platform.crypto import CleDossier, cle_maitre

RPPS = "99000009999"
STRUCTURE = "1990009999"
TRAITS = Traits("BANCESSAI", "Camille", "1979-03-12", "F", "14118")
PAR_DOSSIER = 100
CONTENUS = 5
TAILLE = 20_000


@dataclass(frozen=True, slots=True)
class Dossier:
    id: UUID
    ins: Ins


def ins(numero: int) -> Ins:
    """The INS of the nth bench record: valid, all different."""
    base = f"27903{14:02d}{numero // 1000 + 1:03d}{numero % 1000:03d}"
    return Ins(base + cle(base), OID_TEST)


def annuaire() -> None:
    """The professional who feeds and reads, his structure and his software."""
    with connections["proprietaire"].cursor() as c:
        c.execute(
            "INSERT INTO identite_structure VALUES (%s, 'Centre du banc d''essai', 'Caen', '14000', 'SA01', 'ETABLISSEMENT')"
            " ON CONFLICT DO NOTHING",
            [STRUCTURE],
        )
        c.execute(
            "INSERT INTO identite_professionnel (rpps, civilite, nom, prenom, actif, regulation)"
            " VALUES (%s, 'Dr', 'BANC', 'Anne', true, false) ON CONFLICT DO NOTHING",
            [RPPS],
        )
        c.execute(
            "INSERT INTO identite_situationexercice (id, professionnel_id, profession_systeme, profession_code,"
            " savoir_faire, structure_id, secteur, actif) VALUES ('banc', %s, 'TRE_G15', '10', 'SM54', %s, 'SA01', true)"
            " ON CONFLICT DO NOTHING",
            [RPPS, STRUCTURE],
        )
        c.execute(
            "INSERT INTO identite_logiciel (client_id, nom, version, homologation, secret_hache, portees, actif)"
            " VALUES ('lps-demonstration', 'Banc', '1', '', '', '{}', true) ON CONFLICT DO NOTHING"
        )


def creer(depuis: int, jusqua: int) -> list[Dossier]:
    """Make the records of these numbers with their consent, without documents."""
    connections["proprietaire"].ensure_connection()
    c = connections["proprietaire"].connection.cursor()
    faits = [Dossier(uuid7(), ins(n)) for n in range(depuis, jusqua)]
    cles = [CleDossier.nouvelle(d.id.bytes)[1] for d in faits]
    quand = datetime.now(UTC)
    modele = NouveauDossier(
        dossier_id=faits[0].id, ins=faits[0].ins, traits=TRAITS, etat=EtatProfil.ACTIVE, etat_depuis=quand
    )
    _copier(
        c, "identite_indexins (ins_hache, dossier_id, actuel)", [(hacher(d.ins), d.id, True) for d in faits]
    )
    _copier(
        c,
        "identite_titulaire (dossier_id, matricule, oid, nom_naissance, prenoms, nom_utilise, prenom_utilise,"
        " date_naissance, sexe, lieu_naissance, statut_identite, courriel)",
        [
            (d.id, d.ins.matricule, d.ins.oid, TRAITS.nom_naissance, TRAITS.prenoms, "", "", TRAITS.date_naissance,
             "F", "14118", "QUALIFIEE", "")
            for d in faits
        ],
    )  # fmt: skip
    _copier(
        c,
        "dossier_dossier (dossier_id, etat, etat_depuis, motif_fermeture, cle_scellee, cle_maitre, remboursements_masques)",
        [
            (d.id, modele.etat.value, quand, "", k, cle_maitre().nom, False)
            for d, k in zip(faits, cles, strict=True)
        ],
    )
    _copier(
        c,
        "acces_consentement (dossier_id, id, genre, rpps, recueilli_le, expire_le, recueilli_par, recueilli_par_nom,"
        " structure_id, structure_nom, mode_recueil)",
        [
            (d.id, uuid7(), "ponctuel", RPPS, quand, quand + timedelta(days=365), RPPS, "Dr BANC", STRUCTURE, "", "oral")
            for d in faits
        ],
    )  # fmt: skip
    c.execute("CREATE TABLE IF NOT EXISTS bench_dossiers (n int PRIMARY KEY, d uuid, doc uuid)")
    c.execute("GRANT SELECT ON bench_dossiers TO es_application")
    _copier(c, "bench_dossiers (n, d)", [(depuis + i + 1, d.id) for i, d in enumerate(faits)])
    return faits


def remplir(modele: UUID, dossiers: list[Dossier]) -> list[tuple[Dossier, UUID]]:
    """Copy a really deposited document until each record has 100, with its stored resource; seal a few contents.

    Returns the (record, document) whose content can be read.
    """
    connections["proprietaire"].ensure_connection()
    c = connections["proprietaire"].connection.cursor()
    c.execute(
        "SELECT array_agg(attname::text ORDER BY attnum) FROM pg_attribute"
        " WHERE attrelid = 'documents_document'::regclass AND attnum > 0 AND NOT attisdropped"
    )
    colonnes = c.fetchone()[0]
    change = {
        "dossier_id": "d.d",
        "id": "x.id",
        "lot_id": "x.lot",
        "unique_id": "'urn:uuid:' || x.id",
        "entree": "x.entree",
        "creation": "x.creation",
        "representation": "convert_to(replace(convert_from(m.representation, 'UTF8'), m.id::text, x.id::text), 'UTF8')",
    }
    c.execute(
        "CREATE TEMP TABLE bench_neufs AS SELECT b.d, i, gen_random_uuid() id, gen_random_uuid() entree,"
        " gen_random_uuid() lot, now() - random() * interval '3000 days' creation"
        " FROM bench_dossiers b, generate_series(1, %s) i WHERE b.d = ANY(%s)",
        [PAR_DOSSIER, [d.id for d in dossiers]],
    )
    c.execute(
        "INSERT INTO documents_lot SELECT x.d, x.lot, 'urn:uuid:' || x.lot, m.source_id, m.date, m.titre, m.auteur_nom,"
        " m.auteur_idnat, m.auteur_structure, m.designation, m.depose_le, m.representation FROM bench_neufs x,"
        " documents_lot m WHERE m.id = (SELECT lot_id FROM documents_document WHERE id = %s)",
        [modele],
    )
    valeurs = ", ".join(change.get(col, f"m.{col}") for col in colonnes)
    c.execute(
        f"INSERT INTO documents_document ({', '.join(colonnes)}) SELECT {valeurs} FROM bench_neufs x"
        " JOIN bench_dossiers d ON d.d = x.d, documents_document m WHERE m.id = %s",
        [modele],
    )
    c.execute(
        "INSERT INTO documents_versiondocument SELECT x.d, x.id, 1, x.entree, 'current', 'N', false, false, false, false,"
        " now(), '' FROM bench_neufs x"
    )
    c.execute("INSERT INTO documents_registre SELECT 'urn:uuid:' || id, d, id FROM bench_neufs")
    c.execute("SELECT d, id FROM bench_neufs WHERE i <= %s", [CONTENUS])
    lisibles = c.fetchall()
    c.execute("SELECT dossier_id, cle_scellee FROM dossier_dossier")
    cles = {d: CleDossier.ouvrir(k, d.bytes) for d, k in c.fetchall() if k}
    contenu = random.Random(1).randbytes(TAILLE)
    _copier(
        c,
        "documents_contenu (dossier_id, document_id, scelle)",
        ((d, i, cles[d].sceller(contenu, i.bytes)) for d, i in lisibles),
    )
    c.execute("UPDATE bench_dossiers b SET doc = x.id FROM bench_neufs x WHERE x.d = b.d AND x.i = 1")
    c.execute("DROP TABLE bench_neufs")
    c.execute("VACUUM ANALYZE")
    par_id = {d.id: d for d in dossiers}
    return [(par_id[d], i) for d, i in lisibles]


def _copier(c, table: str, lignes) -> None:  # type: ignore[no-untyped-def]
    with c.copy(f"COPY {table} FROM STDIN") as copie:
        for ligne in lignes:
            copie.write_row(ligne)
