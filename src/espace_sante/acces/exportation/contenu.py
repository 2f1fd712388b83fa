"""The words of the archive: index to open in a browser, notice on how to read and to check it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from html import escape
from typing import Final
from zoneinfo import ZoneInfo

from espace_sante.documents.queries import DocumentVu

ATTENTE: Final = (
    "Des documents attendent d’être annoncés par un professionnel de santé. Parlez-en à votre médecin."
)
COLONNES: Final = (
    "fichier",
    "à lire",
    "titre",
    "type",
    "rubrique",
    "date",
    "auteur",
    "structure",
    "visible",
    "remplacé",
    "archivé",
)
_PARIS: Final = ZoneInfo("Europe/Paris")
_STYLE: Final = (
    "body{font:1.1rem/1.5 system-ui,sans-serif;max-width:70rem;margin:2rem auto;padding:0 1rem;color:#1f2a2e;"
    "background:#fdfbf7}table{border-collapse:collapse;width:100%}caption{text-align:left;padding:.5rem 0}"
    "th,td{text-align:left;vertical-align:top;padding:.6rem .5rem;border-bottom:1px solid #cfd6d6;"
    "overflow-wrap:anywhere}td:nth-child(2){white-space:nowrap}a{color:#0b5563}@media(max-width:40rem){thead{position:absolute;left:-99rem}"
    "tr,td{display:block;border:0;padding:.1rem 0}tr{padding:.7rem 0;border-bottom:1px solid #cfd6d6}}"
)
LISEZMOI: Final = """\
COPIE DE VOTRE ESPACE SANTÉ

{partie}Ouvrez le fichier « INDEX.html » avec votre navigateur. Il n'a pas besoin d'Internet.

Ce que contient cette copie
  INDEX.html, index.csv      la liste de vos documents (à lire ; pour un tableur)
  documents/                 vos documents, dans leur forme d'origine
  lisible/                   les mêmes à lire, quand l'origine est faite pour un logiciel
  fhir/dossier.json          la même liste pour un logiciel de santé (HL7 FHIR R4)
  fhir/ips.json              votre résumé de santé pour un logiciel de santé, si vous avez noté des mesures
  IHE_XDM/                   la même liste pour un logiciel de santé (IHE XDM)
  traces/                    qui est venu dans votre dossier, quand, pour quoi faire (CSV et JSON)
  traces/preuves.json        la preuve que rien n'a été retiré : espace-sante traces verify preuves.json
  compte/                    votre identité, votre compte, vos choix, vos accords, vos blocages, vos demandes, vos avis
  dossier/rangement.csv      vos dossiers, vos documents épinglés
  messages/                  vos messages
  reprise/                   ce qu'un autre espace santé du même genre lit pour tout reprendre
  manifeste.json             la liste des fichiers : chemin, taille, empreinte

Gardez cette copie en lieu sûr : elle contient des informations de santé. Vous pouvez demander un mot de passe
quand vous la téléchargez.

Vérifier que rien n'a changé
  « empreintes.sha256 » donne l'empreinte (SHA-256) de chaque fichier. Il est signé (Ed25519) par le service.
  1. Avec le logiciel du service :
       espace-sante export verify copie.zip
  2. Avec des outils courants, dans le dossier décompressé :
       sha256sum --check --strict empreintes.sha256
       openssl pkeyutl -verify -pubin -inkey cle-publique.pem -rawin \\
         -in empreintes.sha256 -sigfile empreintes.sha256.sig
  3. Comparez la clé à celle que le service publie sur sa page « Vos données et vos droits » :
       {cle}
"""
_LIENS: Final = (
    ("traces/traces.csv", "Qui est venu dans mon dossier"),
    ("compte/compte.json", "Mon identité et mon compte"),
    ("compte/accords.csv", "Mes accords"),
    ("compte/blocages.csv", "Les professionnels que j’ai bloqués"),
    ("compte/demandes.json", "Mes signalements et mes demandes"),
    ("compte/avis.csv", "Mes avis"),
    ("messages/LISEZMOI.txt", "Mes messages"),
    ("LISEZMOI.txt", "Comment lire et vérifier cette copie"),
)
MESSAGES: Final = """\
Cette partie est vide : le service n'a pas encore de messagerie. Aucun message n'est gardé à votre nom.
"""


def partie(numero: int, total: int, *, complete: bool) -> str:
    """What the notice says first of an archive that is not the whole, or not alone."""
    lignes = [] if complete else ["Cette copie contient seulement les documents que vous avez choisis."]
    if total > 1:
        reste = "" if numero == total else " Votre compte et l'historique sont dans la dernière partie."
        lignes.append(f"Partie {numero} sur {total}. Chaque partie se lit seule.{reste}")
    return "\n".join([*lignes, "", ""]) if lignes else ""


def tete(
    nom: str,
    quand: datetime,
    attente: bool,
    *,
    entiere: bool = True,
    autres: Sequence[tuple[str, str]] = (),
) -> str:
    """Opening of index.html, up to the rows. No script, nothing to fetch, links that stay in the folder.

    `autres`: links to what the rooms above added, in the place of ours when the file is the same.
    """
    avis = f"<p><strong>{escape(ATTENTE)}</strong></p>" if attente else ""
    tous = dict(_LIENS[:-1]) | dict(autres) if entiere else {}
    liens = "".join(
        f'<li><a href="{lien}">{mots}</a></li>' for lien, mots in (tous | dict(_LIENS[-1:])).items()
    )
    return (
        '<!DOCTYPE html><html lang="fr"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        "<meta http-equiv=\"Content-Security-Policy\" content=\"default-src 'none'; style-src 'unsafe-inline'\">"
        f"<title>Copie de l’espace santé de {escape(nom)}</title><style>{_STYLE}</style></head><body><main>"
        f"<h1>Espace santé de {escape(nom)}</h1>"
        f"<p>Copie faite le {jour(quand)} à {quand.astimezone(_PARIS):%H h %M}.</p>{avis}<ul>{liens}</ul>"
        "<h2>Mes documents</h2><table><caption>Du plus récent au plus ancien</caption>"
        '<thead><tr><th scope="col">Document</th><th scope="col">Date</th><th scope="col">Rubrique</th>'
        '<th scope="col">Auteur</th><th scope="col">État</th></tr></thead><tbody>'
    )


def ligne(vu: DocumentVu, fichier: str, a_lire: str) -> str:
    """One row of index.html; `a_lire` is what people open when the original is for software."""
    auteur = ", ".join(dict.fromkeys(m for m in (vu.auteur_nom, vu.auteur_structure_nom) if m))
    original = f' <a href="{escape(fichier)}">Original, pour un logiciel</a>' if a_lire else ""
    return (
        f'<tr><td><a href="{escape(a_lire or fichier)}">{escape(vu.titre or "Sans titre")}</a><br>'
        f"{escape(vu.type_libelle or vu.rubrique.libelle)}{'.' if original else ''}{original}</td>"
        f"<td>{jour(vu.creation)}</td><td>{escape(vu.rubrique.libelle)}</td><td>{escape(auteur)}</td>"
        f"<td>{'. '.join(etats(vu))}</td></tr>\n"
    )


def pied(nombre: int) -> str:
    """End of index.html."""
    mots = "Aucun document" if not nombre else f"{nombre} document{'s' if nombre > 1 else ''}"
    return f"</tbody></table><p>{mots}.</p></main></body></html>\n"


def cellules(vu: DocumentVu, fichier: str, a_lire: str) -> tuple[str, ...]:
    """One row of index.csv, in the order of COLONNES."""
    return (
        fichier, a_lire or fichier, vu.titre, vu.type_libelle or vu.type_code, vu.rubrique.libelle,
        f"{vu.creation:%Y-%m-%d}",
        vu.auteur_nom, vu.auteur_structure_nom, "non" if vu.masque_ps else "oui",
        "oui" if vu.statut == "superseded" else "non", "oui" if vu.archive else "non",
    )  # fmt: skip


def etats(vu: DocumentVu) -> list[str]:
    """What the holder chose or what happened, in words."""
    mots = ["Remplacé par une nouvelle version"] if vu.statut == "superseded" else []
    if vu.archive:
        mots.append("Archivé")
    return [*mots, *(["Masqué aux professionnels"] if vu.masque_ps else [])]


def jour(quand: datetime) -> str:
    """A civil date in France, `02/03/2026`."""
    return f"{quand.astimezone(_PARIS):%d/%m/%Y}"
