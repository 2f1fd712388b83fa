"""`espace-sante matrice`: propose an edition of the habilitation matrix, compare it, approve it, show the one in force.

Four eyes (ACC-39): the person who loads cannot approve. The pages of /operation/ are the surer way; here each acts from
his own account on the machine, unless `--par` gives another name: an operator's address is known as the person he is there.
"""

from __future__ import annotations

import argparse
import getpass
import os
from collections import Counter
from collections.abc import Callable, Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

from espace_sante.commands.installation import installer, option_donnees

if TYPE_CHECKING:
    from espace_sante.acces.matrice.editions import Apercu
    from espace_sante.acces.matrice.lignes import Cle, Groupe

AIDE = "propose, compare, approuve et montre les éditions de la matrice d'habilitation"
_PARIS = ZoneInfo("Europe/Paris")


def configurer(analyseur: argparse.ArgumentParser) -> None:
    sous = analyseur.add_subparsers(dest="action", required=True)
    charger = sous.add_parser("import", help="propose une édition à partir d'un fichier CSV")
    charger.add_argument("fichier", type=Path)
    charger.add_argument("--edition", required=True, help="nom de l'édition")
    charger.add_argument("--source", default="", help="texte de référence (arrêté, date du Journal officiel)")
    voir = sous.add_parser("preview", help="montre ce qu'une édition proposée ouvre, ferme et touche")
    voir.add_argument("numero", type=int)
    voir.add_argument("--cells", action="store_true", help="montre chaque couple, pas seulement les nombres")
    approuver = sous.add_parser("approve", help="approuve une édition proposée par une autre personne")
    approuver.add_argument("numero", type=int)
    approuver.add_argument("--apercu", required=True, help="code donné par « matrice preview »")
    revenir = sous.add_parser("rollback", help="propose une édition égale à une ancienne")
    revenir.add_argument("numero", type=int)
    systemes = sous.add_parser(
        "systems", help="propose d'activer ces systèmes de professions et de couper les autres"
    )
    systemes.add_argument("systemes", help="par exemple TRE_G15,TRE_R94,TRE_R95")
    cellule = sous.add_parser("cell", help="propose de changer une seule cellule")
    cellule.add_argument("profession", help="système, code et, s'il le faut, savoir-faire : TRE_G15/10/SM03")
    cellule.add_argument("type", help="code du type de document")
    cellule.add_argument("consultation", choices=["O", "N"])
    cellule.add_argument("--origin", default="illustrative", choices=["official", "sourced", "illustrative"])
    cellule.add_argument("--rule", default="", help="pourquoi, en une ligne")
    for proposer in (charger, revenir, systemes, cellule):
        proposer.add_argument(
            "--from", dest="date", required=True, help="date d'effet, AAAA-MM-JJ ou AAAA-MM-JJTHH:MM"
        )
    for signer in (charger, approuver, revenir, systemes, cellule):
        signer.add_argument(
            "--par", default="", help="adresse d'opérateur, ou nom (défaut : compte de la machine)"
        )
    sous.add_parser("list", help="montre toutes les éditions et leur état")
    sous.add_parser("show", help="montre l'édition en vigueur")
    for sous_analyseur in sous.choices.values():
        option_donnees(sous_analyseur)


def executer(options: argparse.Namespace) -> int:
    installer(options.data)
    return _ACTIONS[options.action](options)


def _par(options: argparse.Namespace) -> str:
    return options.par or os.environ.get("SUDO_USER") or getpass.getuser()


def _date(options: argparse.Namespace) -> datetime:
    date = datetime.fromisoformat(options.date)
    return date if date.tzinfo else date.replace(tzinfo=_PARIS)


def _quand(date: datetime) -> str:
    return f"{date.astimezone(_PARIS):%Y-%m-%d %H:%M}"


def _importer(options: argparse.Namespace) -> int:
    from espace_sante.acces.matrice import editions, fichier

    with options.fichier.open("rb") as entree:
        # One byte too many is enough to refuse, whatever the size of the file.
        contenu = entree.read(fichier.TAILLE_MAXIMALE + 1)
    fait = editions.proposer(
        contenu, nom=options.edition, date_effet=_date(options), source=options.source, auteur=_par(options)
    )
    print(f"Édition {fait.numero} chargée : {fait.cellules} cellules.")
    for texte in fait.lecture.avertissements:
        print(f"Attention : {texte}.")
    if fait.couples_absents:
        print(f"Attention : {fait.couples_absents} couples absents valent N.")
        for groupe, types in fait.lecture.absents.items():
            print(
                f"  {_nom(groupe)} : {len(types)} absents, {' '.join(types[:6])}{' …' if len(types) > 6 else ''}"
            )
    return _a_approuver(fait.numero)


def _a_approuver(numero: int) -> int:
    print(f"L'édition {numero} attend une autre personne : espace-sante matrice preview {numero}")
    return 0


def _revenir(options: argparse.Namespace) -> int:
    from espace_sante.acces.matrice import editions

    return _a_approuver(editions.revenir(options.numero, date_effet=_date(options), auteur=_par(options)))


def _systemes(options: argparse.Namespace) -> int:
    from espace_sante.acces.matrice import editions

    voulus = [s.strip() for s in options.systemes.split(",") if s.strip()]
    return _a_approuver(editions.changer_systemes(voulus, date_effet=_date(options), auteur=_par(options)))


def _cellule(options: argparse.Namespace) -> int:
    from espace_sante.acces.matrice import editions
    from espace_sante.acces.matrice.lignes import Case, Cle, Groupe

    systeme, _, reste = options.profession.partition("/")
    code, _, savoir_faire = reste.partition("/")
    cle = Cle(Groupe(systeme, code, savoir_faire), options.type)
    case = Case(cle, options.consultation == "O", options.origin, options.rule)
    return _a_approuver(editions.corriger(case, date_effet=_date(options), auteur=_par(options)))


def _apercevoir(options: argparse.Namespace) -> int:
    from espace_sante.acces.matrice import editions

    apercu = editions.apercevoir(options.numero)
    for ligne in lignes_de_l_apercu(apercu, detail=options.cells):
        print(ligne)
    return 0


def lignes_de_l_apercu(apercu: Apercu, *, detail: bool) -> Iterable[str]:
    """What the second person reads before approving (ACC-39)."""
    proposition, portee = apercu.proposition, apercu.portee
    yield f"Édition {proposition.numero}, « {proposition.nom} », proposée par {proposition.auteur}"
    yield f"  texte : {proposition.source or 'aucun'}"
    yield f"  date d'effet : {_quand(proposition.date_effet)}, ou l'heure de l'approbation si elle est passée"
    yield f"  systèmes actifs : {', '.join(proposition.systemes) or 'aucun'}"
    if not proposition.officielle:
        yield "  NON OFFICIELLE : une instance de production refusera toute lecture (ACC-41)"
    yield f"Comparée à {f'l’édition {apercu.base.numero}' if apercu.base else 'rien'} :"
    for mot, cles in (("ouverts", apercu.difference.ouvertures), ("fermés", apercu.difference.fermetures)):
        yield f"  {len(cles)} couples {mot}"
        for groupe, nombre in sorted(Counter(c.groupe for c in cles).items()):
            yield f"    {_nom(groupe)} : {nombre}{_types(cles, groupe) if detail else ''}"
    yield (
        f"Touche {sum(portee.documents.values())} documents de {len(portee.documents)} types,"
        f" dans {portee.dossiers} dossiers."
    )
    yield (
        f"Pour approuver (une autre personne) : espace-sante matrice approve {proposition.numero}"
        f" --apercu {apercu.code}"
    )


def _types(cles: frozenset[Cle], groupe: Groupe) -> str:
    return " (" + " ".join(sorted(c.type_code for c in cles if c.groupe == groupe)) + ")"


def _nom(groupe: Groupe) -> str:
    from espace_sante.identite import professions

    return " ".join(v for v in (professions.libelle(groupe.systeme, groupe.profession), *groupe) if v)


def _approuver(options: argparse.Namespace) -> int:
    from espace_sante.acces.matrice import editions

    edition = editions.approuver(options.numero, par=_par(options), code=options.apercu)
    print(
        f"Édition {edition.numero} approuvée par {edition.approbateur}, en vigueur le {_quand(edition.date_effet)}."
    )
    return 0


def _lister(_options: argparse.Namespace) -> int:
    from espace_sante.acces import matrice

    for etat in matrice.etats():
        print(
            f"{etat.numero:>4}  {etat.etat:<12}  {_quand(etat.date_effet)}  « {etat.nom} »  {etat.auteur}"
            f"{' / ' + etat.approbateur if etat.approbateur else ''}"
        )
    return 0


def _montrer(_options: argparse.Namespace) -> int:
    from espace_sante.acces import matrice

    edition = matrice.en_vigueur()
    if edition is None:
        print("Aucune édition en vigueur : toute lecture est refusée.")
        return 1
    nature = "officielle" if edition.officielle else "ILLUSTRATIVE, sans valeur légale"
    print(f"Édition {edition.numero}, « {edition.nom} », depuis le {edition.date_effet:%Y-%m-%d} — {nature}")
    if edition.source:
        print(f"  texte : {edition.source}")
    print(f"  chargée par {edition.auteur}, approuvée par {edition.approbateur}")
    print(f"  systèmes actifs : {', '.join(edition.systemes) or 'aucun'}")
    for groupe in matrice.groupes_de(edition.numero):
        print(
            f"  {' '.join(v for v in groupe if v)} : {len(matrice.ligne(edition.numero, *groupe))} types lisibles"
        )
    return 0


_ACTIONS: dict[str, Callable[[argparse.Namespace], int]] = {
    "import": _importer,
    "preview": _apercevoir,
    "approve": _approuver,
    "rollback": _revenir,
    "systems": _systemes,
    "cell": _cellule,
    "list": _lister,
    "show": _montrer,
}
