"""The whole log against what was published: finds and names the first bad entry (AUD-14, AUD-15).

Three things must agree: the rows of traces hashed anew, the leaves and nodes kept, and the heads that were signed, those
of the witness above all since the operator of the database does not hold it. Memory does not grow with the log.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Any

import psycopg
from psycopg import IsolationLevel

from espace_sante.traces.journal_scelle import queries
from espace_sante.traces.journal_scelle.arbre import OCTETS, TUILE, Croissance
from espace_sante.traces.journal_scelle.ecriture import lecteur
from espace_sante.traces.journal_scelle.note import ClePublique, NoteIllisible, Tete, origine

# A trace is written at the end of its act, and sealed a second later: older than the last head that does not hold it
# by more than this, it was back-dated. Newer than the head that holds it: a clock is wrong (AUD-15).
RETARD_ADMIS = timedelta(minutes=10)
AVANCE_ADMISE = timedelta(minutes=1)
_MAXIMUM = 100


@dataclass(frozen=True, slots=True)
class Anomalie:
    """One bad entry: what was done to it, and which it is. `texte` is French and holds no identity."""

    code: str
    texte: str
    shard: int = -1
    rang: int = -1

    def __str__(self) -> str:
        ou = f"fragment {self.shard}, rang {self.rang} : " if self.rang >= 0 else ""
        return f"{ou}{self.texte}"


@dataclass(slots=True)
class Rapport:
    """What a verification saw. `anomalies` are in the order of the log, the first one first."""

    feuilles: int = 0
    effacees: int = 0
    tetes: int = 0
    en_attente: int = 0
    anomalies: list[Anomalie] = field(default_factory=list)

    @property
    def entier(self) -> bool:
        return not self.anomalies


def verifier(cx: psycopg.Connection[Any], cle: ClePublique, temoin: Iterable[str] = ()) -> Rapport:
    """Verify every shard, in one snapshot of the database. `temoin`: notes of the witness, read before it."""
    rapport = Rapport()
    publiees = _lire_temoin(temoin, cle, rapport)
    cx.isolation_level = IsolationLevel.REPEATABLE_READ
    try:
        with cx.transaction():
            lire = lecteur(cx)
            tailles = queries.shards(lire)
            for nom in publiees:
                numero = nom.rpartition("/")[2]
                if numero.isdigit():
                    tailles.setdefault(int(numero), 0)
            for shard in sorted(tailles):
                du_temoin = publiees.get(origine(cle.nom, shard), _Publiees())
                _Fragment(cx, shard, tailles[shard], cle, du_temoin, rapport).verifier()
            _verifier_le_reste(lire, rapport)
    finally:
        cx.isolation_level = None
    return rapport


@dataclass(slots=True)
class _Publiees:
    """Heads of one shard: the root said for each size, and notes already seen."""

    racines: dict[int, bytes] = field(default_factory=dict)
    dates: list[tuple[datetime, int]] = field(default_factory=list)
    notes: set[int] = field(default_factory=set)

    def ajouter(self, tete: Tete, note: str) -> bool:
        """False when another root was signed for the same size."""
        self.notes.add(hash(note))
        self.dates.append((tete.quand, tete.taille))
        return self.racines.setdefault(tete.taille, tete.racine) == tete.racine


def _lire_temoin(notes: Iterable[str], cle: ClePublique, rapport: Rapport) -> dict[str, _Publiees]:
    publiees: dict[str, _Publiees] = {}
    for note in notes:
        rapport.tetes += 1
        try:
            tete = cle.ouvrir(note)
        except NoteIllisible as erreur:
            rapport.anomalies.append(
                Anomalie("tete_illisible", f"tête du témoin n° {rapport.tetes} : {erreur.message}")
            )
            continue
        if not publiees.setdefault(tete.origine, _Publiees()).ajouter(tete, note):
            rapport.anomalies.append(_deux_tetes(tete, int(tete.origine.rpartition("/")[2])))
    return publiees


def _deux_tetes(tete: Tete, shard: int) -> Anomalie:
    return Anomalie(
        "tete_resignee",
        f"deux têtes signées de la même clé, à la taille {tete.taille}, disent deux arbres différents",
        shard,
        max(tete.taille - 1, 0),
    )


class _Fragment:
    """The verification of one shard."""

    def __init__(
        self,
        cx: psycopg.Connection[Any],
        shard: int,
        taille: int,
        cle: ClePublique,
        publiees: _Publiees,
        rapport: Rapport,
    ) -> None:
        self._cx, self._shard, self._taille = cx, shard, taille
        self._cle, self._publiees, self._rapport = cle, publiees, rapport
        self._trouvees: list[Anomalie] = []
        # The tree of the nodes that are kept and, once a leaf differs from its node, that of the leaves: a signed head
        # tells which of the two was changed.
        self._arbre = Croissance()
        self._des_feuilles: Croissance | None = None

    def _noter(self, code: str, rang: int, texte: str) -> None:
        if len(self._trouvees) < _MAXIMUM:
            self._trouvees.append(Anomalie(code, texte, self._shard, rang))

    def verifier(self) -> None:
        self._lire_tetes()
        feuilles, taille = queries.feuilles(self._cx, self._shard), 0
        dates = sorted(self._publiees.dates)
        horloge = _Horloge(dates)
        noeuds, bonne = _Noeuds(self._cx, self._shard), 0
        self._comparer_racine(0)
        for rang, attendue, lignes in _accorder(feuilles, queries.tuiles(self._cx, self._shard, 0)):
            noeud, feuille = self._juger(rang, attendue, lignes, horloge)
            if noeud != feuille and self._des_feuilles is None:
                self._des_feuilles = self._arbre.copie()
            self._arbre.ajouter(noeud)
            if self._des_feuilles is not None:
                self._des_feuilles.ajouter(feuille)
            taille = rang + 1
            if taille % TUILE == 0:
                self._comparer_noeuds(noeuds, rang)
            if taille in self._publiees.racines and self._comparer_racine(bonne):
                bonne = taille
        self._fin(taille)
        self._trouvees.sort(key=lambda a: a.rang)
        self._rapport.anomalies += self._trouvees

    def _lire_tetes(self) -> None:
        for taille, racine, quand, note in queries.tetes(lecteur(self._cx), self._shard):
            self._rapport.tetes += hash(note) not in self._publiees.notes
            if hash(note) in self._publiees.notes:
                continue
            try:
                tete = self._cle.ouvrir(note)
            except NoteIllisible as erreur:
                self._noter("tete_illisible", max(taille - 1, 0), erreur.message)
                continue
            if (tete.taille, tete.racine, tete.quand) != (taille, bytes(racine), quand):
                self._noter(
                    "tete_changee", max(taille - 1, 0), "la tête gardée ne dit pas ce que dit sa note signée"
                )
            if not self._publiees.ajouter(tete, note):
                self._trouvees.append(_deux_tetes(tete, self._shard))

    def _juger(
        self, rang: int, noeud: bytes | None, lignes: Sequence[queries.LigneFeuille], horloge: _Horloge
    ) -> tuple[bytes, bytes]:
        """Compare what is kept of one entry; its hash by the nodes, and by the leaves."""
        if not lignes:
            self._noter("feuille_supprimee", rang, "la feuille de cette trace a été supprimée")
            return noeud or bytes(OCTETS), noeud or bytes(OCTETS)
        self._rapport.feuilles += 1
        if len(lignes) > 1:
            self._noter("rang_double", rang, "deux feuilles ont le même rang")
        f = next((x for x in lignes if x.empreinte == noeud), lignes[0])
        nom = f"trace {f.trace_id}"
        vraie = f.effacee or f.recalculee == f.empreinte
        if noeud != f.empreinte:
            if noeud is not None and len(self._trouvees) < _MAXIMUM and self._ailleurs(noeud):
                self._noter("ordre_change", rang, f"{nom} : elle n'est pas à la place où elle a été scellée")
            else:
                self._noter("feuille_changee", rang, f"{nom} : sa feuille n'est pas celle qui a été scellée")
        elif f.recalculee is None and not f.effacee:
            self._noter("trace_supprimee", rang, f"{nom} : elle a été supprimée")
        elif f.recalculee is not None and f.effacee:
            self._noter("effacee_presente", rang, f"{nom} : dite effacée, elle est toujours là")
        elif not vraie:
            self._noter("trace_changee", rang, f"{nom} : son contenu a été changé")
        self._rapport.effacees += f.effacee
        if f.quand is not None and (texte := horloge.juger(rang, f.quand)):
            self._noter("date_fausse", rang, f"{nom} : {texte}")
        return noeud or f.empreinte, f.empreinte

    def _ailleurs(self, empreinte: bytes) -> bool:
        return queries.feuille_existe(lecteur(self._cx), self._shard, empreinte)

    def _comparer_racine(self, bonne: int) -> bool:
        taille = self._arbre.taille
        attendue = self._publiees.racines.get(taille)
        if attendue is None or attendue == self._arbre.racine():
            self._des_feuilles = None
            return True
        if self._des_feuilles is not None and self._des_feuilles.racine() == attendue:
            self._trouvees = [_disculper(a) if a.rang >= bonne else a for a in self._trouvees]
            self._arbre, self._des_feuilles = self._des_feuilles, None
            return True
        self._noter(
            "arbre_recrit",
            bonne,
            "une entrée de ce rang ou d'un rang suivant a été récrite :"
            f" l'arbre n'est pas celui que dit la tête signée à la taille {taille}",
        )
        return False

    def _comparer_noeuds(self, noeuds: _Noeuds, rang: int) -> None:
        for tuile in self._arbre.finies():
            if tuile.niveau and not noeuds.tient(tuile.niveau, tuile.empreintes):
                self._noter("noeud_change", rang, f"un nœud de niveau {tuile.niveau} a été changé")
        if self._des_feuilles is not None:
            self._des_feuilles.finies()

    def _fin(self, taille: int) -> None:
        publiee = max(self._publiees.racines, default=0)
        if taille < max(publiee, self._taille):
            self._noter(
                "queue_coupee",
                taille,
                f"le journal a été coupé : il compte {taille} entrées, il en a compté {max(publiee, self._taille)}",
            )
        elif taille > self._taille:
            self._noter("taille_fausse", self._taille, "le journal a plus de feuilles que sa taille gardée")


def _disculper(anomalie: Anomalie) -> Anomalie:
    """The signed head agrees with the leaf: its node was changed, not the trace."""
    if anomalie.code != "feuille_changee":
        return anomalie
    return replace(anomalie, code="noeud_change", texte="le nœud de cette entrée a été changé")


class _Horloge:
    """Heads in time, to judge the date that a trace says (AUD-14 back-dating, AUD-15)."""

    def __init__(self, dates: list[tuple[datetime, int]]) -> None:
        self._dates, self._i = dates, 0

    def juger(self, rang: int, quand: datetime) -> str:
        """Ranks must come in order."""
        while self._i < len(self._dates) and self._dates[self._i][1] <= rang:
            self._i += 1
        if self._i and quand < self._dates[self._i - 1][0] - RETARD_ADMIS:
            return "elle a été antidatée : une tête publiée après sa date ne la contient pas"
        if self._i < len(self._dates) and quand > self._dates[self._i][0] + AVANCE_ADMISE:
            return "sa date est après la tête qui la contient (horloge déréglée ?)"
        return ""


class _Noeuds:
    """Stored tiles of the upper levels, read alongside."""

    def __init__(self, cx: psycopg.Connection[Any], shard: int) -> None:
        self._cx, self._shard = cx, shard
        self._suites: dict[int, Iterator[tuple[int, bytes]]] = {}

    def tient(self, niveau: int, empreintes: bytes) -> bool:
        suite = self._suites.setdefault(niveau, queries.tuiles(self._cx, self._shard, niveau))
        return next(suite, (0, b""))[1] == empreintes


def _accorder(
    feuilles: Iterator[queries.LigneFeuille], tuiles: Iterator[tuple[int, bytes]]
) -> Iterator[tuple[int, bytes | None, list[queries.LigneFeuille]]]:
    """(rank, hash in the tiles, leaves of that rank), every rank that either of the two knows."""
    noeuds = _empreintes(tuiles)
    feuille, noeud, rang = next(feuilles, None), next(noeuds, None), 0
    while feuille is not None or noeud is not None:
        lignes = []
        while feuille is not None and feuille.rang <= rang:
            lignes.append(feuille)
            feuille = next(feuilles, None)
        attendue = None
        if noeud is not None and noeud[0] <= rang:
            attendue = noeud[1]
            noeud = next(noeuds, None)
        if not lignes and attendue is None:
            # Nothing is kept of the ranks before the next one: one anomaly tells it, not one for each.
            suivants = [
                s for s in (feuille.rang if feuille else None, noeud[0] if noeud else None) if s is not None
            ]
            yield rang, None, []
            rang = max(rang + 1, min(suivants, default=rang + 1))
            continue
        yield rang, attendue, lignes
        rang += 1


def _empreintes(tuiles: Iterator[tuple[int, bytes]]) -> Iterator[tuple[int, bytes]]:
    for indice, octets in tuiles:
        for i in range(0, len(octets), OCTETS):
            yield indice * TUILE + i // OCTETS, octets[i : i + OCTETS]


def _verifier_le_reste(lire: queries.Lecteur, rapport: Rapport) -> None:
    rapport.en_attente = queries.en_attente(lire)
    for genre, _, trace_id, quand in queries.sans_feuille(lire):
        texte = f"trace {trace_id} ({genre}, datée du {quand:%Y-%m-%d %H:%M}) : insérée hors du journal, sans feuille"
        rapport.anomalies.append(Anomalie("sans_feuille", texte))
        rapport.en_attente -= 1
    for dossier, marquees, dites in queries.effacements_sans_acte(lire):
        texte = f"dossier {dossier} : {marquees} traces marquées effacées, le journal en dit {dites}"
        rapport.anomalies.append(Anomalie("effacement_faux", texte))
