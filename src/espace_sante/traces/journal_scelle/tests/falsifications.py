"""What somebody with every right on the database could do to the log, and how it must be named."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

from espace_sante.traces.journal_scelle.arbre import OCTETS, Croissance
from espace_sante.traces.journal_scelle.encodage import TRACE
from espace_sante.traces.journal_scelle.note import Tete
from espace_sante.traces.journal_scelle.tests.atelier import CLE, Journal, ligne

# Shard and rank of the entry that is touched.
Cible = tuple[int, int]
SHARD = 1


def _trace(journal: Journal, rang: int) -> tuple[object, object]:
    ((dossier, trace),) = journal.sql(
        "SELECT dossier_id, trace_id FROM traces_feuille WHERE shard = %s AND rang = %s", SHARD, rang
    )
    return dossier, trace


def changer(journal: Journal, rang: int) -> None:
    """A row changed."""
    journal.sql(
        "UPDATE traces_trace SET acteur_nom = 'Dr Autre' WHERE (dossier_id, id) = (%s, %s)",
        *_trace(journal, rang),
    )


def changer_avec_sa_feuille(journal: Journal, rang: int) -> None:
    """A row changed, and its leaf with it."""
    changer(journal, rang)
    dossier, trace = _trace(journal, rang)
    journal.sql(
        f"UPDATE traces_feuille SET empreinte = (SELECT {TRACE.empreinte_sql()} FROM traces_trace t"
        " WHERE (t.dossier_id, t.id) = (%s, %s)) WHERE (dossier_id, trace_id) = (%s, %s)",
        dossier, trace, dossier, trace,
    )  # fmt: skip


def antidater(journal: Journal, rang: int) -> None:
    """The date of a row moved into the past."""
    journal.sql(
        "UPDATE traces_trace SET quand = quand - interval '3 days' WHERE (dossier_id, id) = (%s, %s)",
        *_trace(journal, rang),
    )


def supprimer(journal: Journal, rang: int) -> None:
    """A row removed, its leaf left."""
    journal.sql("DELETE FROM traces_trace WHERE (dossier_id, id) = (%s, %s)", *_trace(journal, rang))


def supprimer_avec_sa_feuille(journal: Journal, rang: int) -> None:
    """A row removed with its leaf."""
    dossier, trace = _trace(journal, rang)
    journal.sql("DELETE FROM traces_trace WHERE (dossier_id, id) = (%s, %s)", dossier, trace)
    journal.sql("DELETE FROM traces_feuille WHERE (dossier_id, trace_id) = (%s, %s)", dossier, trace)


def supprimer_comme_effacee(journal: Journal, rang: int) -> None:
    """A row removed, its leaf marked as if its record had been destroyed."""
    dossier, trace = _trace(journal, rang)
    journal.sql("DELETE FROM traces_trace WHERE (dossier_id, id) = (%s, %s)", dossier, trace)
    journal.sql(
        "UPDATE traces_feuille SET effacee_le = now() WHERE (dossier_id, trace_id) = (%s, %s)", dossier, trace
    )


def reordonner(journal: Journal, rang: int) -> None:
    """Two entries exchanged."""
    journal.sql(
        "UPDATE traces_feuille SET rang = %s - rang WHERE shard = %s AND rang IN (%s, %s)",
        2 * rang + 1, SHARD, rang, rang + 1,
    )  # fmt: skip


def changer_noeud(journal: Journal, rang: int) -> None:
    """A stored hash changed."""
    indice, place = divmod(rang, 256)
    journal.sql(
        "UPDATE traces_tuile SET empreintes = set_byte(empreintes, %s, 255 - get_byte(empreintes, %s))"
        " WHERE shard = %s AND niveau = 0 AND indice = %s",
        place * OCTETS, place * OCTETS, SHARD, indice,
    )  # fmt: skip


def recrire(journal: Journal, rang: int) -> None:
    """A row changed, then leaf, nodes and all heads made again and signed with the same key; the witness is not held."""
    changer_avec_sa_feuille(journal, rang)
    _recalculer(journal)


def couper(journal: Journal, rang: int) -> None:
    """Everything from that entry on removed, the tree and its heads made again."""
    journal.sql(
        "DELETE FROM traces_trace t USING traces_feuille f WHERE f.shard = %s AND f.rang >= %s"
        " AND (t.dossier_id, t.id) = (f.dossier_id, f.trace_id)",
        SHARD, rang,
    )  # fmt: skip
    journal.sql("DELETE FROM traces_feuille WHERE shard = %s AND rang >= %s", SHARD, rang)
    journal.sql("UPDATE traces_arbre SET taille = %s WHERE shard = %s", rang, SHARD)
    journal.sql("DELETE FROM traces_tete WHERE shard = %s AND taille > %s", SHARD, rang)
    _recalculer(journal)


def _recalculer(journal: Journal) -> None:
    journal.sql("DELETE FROM traces_tuile WHERE shard = %s", SHARD)
    tailles = {
        t: q
        for t, q in journal.sql(
            "SELECT taille, max(quand) FROM traces_tete WHERE shard = %s GROUP BY 1", SHARD
        )
    }
    arbre, racines = Croissance(), {}
    for (empreinte,) in journal.sql(
        "SELECT empreinte FROM traces_feuille WHERE shard = %s ORDER BY rang", SHARD
    ):
        arbre.ajouter(empreinte)
        if arbre.taille in tailles:
            racines[arbre.taille] = arbre.racine()
    with journal.cx.cursor() as c:
        c.executemany(
            "INSERT INTO traces_tuile (shard, niveau, indice, empreintes) VALUES (%s, %s, %s, %s)",
            [(SHARD, t.niveau, t.indice, t.empreintes) for t in arbre.a_garder()],
        )
        for taille, racine in racines.items():
            for (quand,) in journal.sql(
                "SELECT quand FROM traces_tete WHERE shard = %s AND taille = %s", SHARD, taille
            ):
                note = CLE.signer(Tete(CLE.origine(SHARD), taille, racine, quand))
                c.execute(
                    "UPDATE traces_tete SET racine = %s, note = %s WHERE shard = %s AND quand = %s",
                    [racine, note, SHARD, quand],
                )


def inserer_sans_feuille(journal: Journal, rang: int) -> None:
    """A row put in behind the back of the log, dated among others."""
    dossier, _ = _trace(journal, rang)
    noms = ", ".join(TRACE.noms)
    journal.sql(
        f"INSERT INTO traces_trace ({noms}, transaction_id) VALUES ({', '.join(['%s'] * len(TRACE.noms))}, 3)",
        *ligne(dossier, journal.maintenant - timedelta(hours=2), 0),  # type: ignore[arg-type]
    )


def inserer_dans_le_passe(journal: Journal, rang: int) -> None:
    """A row with a date of the past that goes through the sequencer like a new one."""
    dossier, _ = _trace(journal, rang)
    noms = ", ".join(TRACE.noms)
    journal.sql(
        f"INSERT INTO traces_trace ({noms}) VALUES ({', '.join(['%s'] * len(TRACE.noms))})",
        *ligne(dossier, journal.maintenant - timedelta(hours=2), 0),  # type: ignore[arg-type]
    )
    journal.sceller()


def couper_la_queue_seule(journal: Journal, rang: int) -> None:
    """The last leaves and rows removed; nodes and heads left."""
    journal.sql(
        "DELETE FROM traces_trace t USING traces_feuille f WHERE f.shard = %s AND f.rang >= %s"
        " AND (t.dossier_id, t.id) = (f.dossier_id, f.trace_id)",
        SHARD, rang,
    )  # fmt: skip
    journal.sql("DELETE FROM traces_feuille WHERE shard = %s AND rang >= %s", SHARD, rang)


# What is done, the code it must be named by, and whether the very rank is known.
FALSIFICATIONS: tuple[tuple[Callable[[Journal, int], None], str, bool], ...] = (
    (changer, "trace_changee", True),
    (changer_avec_sa_feuille, "feuille_changee", True),
    (antidater, "trace_changee", True),
    (supprimer, "trace_supprimee", True),
    (supprimer_avec_sa_feuille, "feuille_supprimee", True),
    (supprimer_comme_effacee, "effacement_faux", False),
    (reordonner, "ordre_change", True),
    (changer_noeud, "noeud_change", True),
    (recrire, "arbre_recrit", False),
    (couper, "queue_coupee", True),
    (couper_la_queue_seule, "feuille_supprimee", True),
    (inserer_sans_feuille, "sans_feuille", False),
    (inserer_dans_le_passe, "date_fausse", False),
)
