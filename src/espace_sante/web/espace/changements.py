"""What happened to a document since it came: added, hidden, shown, replaced, each with its actor (rule AUD-06). Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from espace_sante.documents.queries import DocumentVu, VersionVue
from espace_sante.documents.regles import SUPPRIME
from espace_sante.traces.queries import TraceVue
from espace_sante.web.espace.calendrier import moment_en_mots
from espace_sante.web.espace.phrases import acteur


@dataclass(frozen=True, slots=True)
class Changement:
    texte: str
    quand: datetime

    @property
    def moment(self) -> str:
        return moment_en_mots(self.quand)


def changements(
    versions: Sequence[VersionVue],
    traces: Iterable[TraceVue],
    vu: DocumentVu,
    *,
    sans_remplacement: bool = False,
) -> list[Changement]:
    """Newest first; `sans_remplacement` keeps a replacement untold that the holder may not see yet (DOC-46)."""
    noms = {t.acteur_id: acteur(t).rstrip(",") for t in traces}
    trouves = []
    avant: VersionVue | None = None
    for version in sorted(versions, key=lambda v: v.version):
        texte = _texte(avant, version, sans_remplacement)
        if texte:
            trouves.append(Changement(f"{texte} par {_qui(version.par, noms, vu)}", version.quand))
        avant = version
    return trouves[::-1]


def _texte(avant: VersionVue | None, version: VersionVue, sans_remplacement: bool) -> str:
    if avant is None:
        return "Ajouté à votre espace, déjà masqué," if version.masque_ps else "Ajouté à votre espace"
    if avant.statut != version.statut and SUPPRIME in (avant.statut, version.statut):
        return "Supprimé" if version.statut == SUPPRIME else "Repris"
    if version.masque_ps != avant.masque_ps:
        return (
            "Masqué aux professionnels de santé"
            if version.masque_ps
            else "Rendu visible aux professionnels de santé"
        )
    if version.statut == "superseded" != avant.statut:
        return "" if sans_remplacement else "Remplacé par une nouvelle version"
    return ""


def _qui(par: str, noms: dict[str, str], vu: DocumentVu) -> str:
    """`par` is `titulaire`, a PS_IdNat (8 and an RPPS) or a structure."""
    if par == "titulaire":
        return "vous"
    rpps = par[1:] if len(par) == 12 and par.startswith("8") else ""
    nom = noms.get(rpps) or noms.get(par)
    if nom:
        return nom[:1].lower() + nom[1:] if nom.startswith(("Le ", "L’", "Un ")) else nom
    if par in {vu.auteur_idnat, vu.auteur_structure}:
        return vu.auteur_nom or vu.auteur_structure_nom or par
    return f"un professionnel (RPPS {rpps})" if rpps else f"un établissement ({par})"
