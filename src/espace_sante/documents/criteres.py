"""The WHERE clause of every read of documents: what the gate leaves, then what is asked. No statement is sent here."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from espace_sante.documents.filtre import Borne, Filtre, Restriction
from espace_sante.documents.regles_modification import MAJORITE

# Hidden from legal representatives, in the record of a child. While he is one, whoever opens his space is taken for
# his representative (PRX-01); from his birthday on, the holder sees all of it (FHR-37, PRX-19).
_TU_AUX_REPRESENTANTS = (
    "({d}.invisible_representants AND EXISTS (SELECT 1 FROM identite_titulaire enfant"
    " WHERE enfant.dossier_id = {d}.dossier_id AND enfant.date_naissance"
    " || substr('-12-31', length(enfant.date_naissance) - 3) > '{seuil}'))"
)
_PARIS = ZoneInfo("Europe/Paris")


def tu_au_titulaire(document: str = "documents_document") -> str:
    """SQL: whether a document is kept from who opens the space as its holder (DOC-46, FHR-36, FHR-37)."""
    jour = datetime.now(_PARIS).date()
    seuil = f"{jour.year - MAJORITE:04d}-{jour:%m-%d}"
    return f"({document}.invisible_patient OR {_TU_AUX_REPRESENTANTS.format(d=document, seuil=seuil)})"


class Requete:
    """A WHERE clause grown piece by piece, with its parameters in order."""

    def __init__(self, dossier_id: UUID, restriction: Restriction, *, supprimes: bool = False) -> None:
        self.clauses: list[str] = []
        self.params: dict[str, Any] = {}
        self.ajouter("dossier_id = %s", dossier_id)
        if restriction.types is not None:
            # One text is much quicker to send than an array of a hundred codes (codes hold no comma), and a
            # subquery is hashed once, where ANY of a parameter would compare each row with each code.
            self.ajouter(
                "type_code IN (SELECT unnest(string_to_array(%s, ',')))", ",".join(restriction.types)
            )
        if restriction.partages_seuls:
            self.ajouter("id = ANY(%s)", list(restriction.partages))
        elif not restriction.tous_masques:
            visible = "false" if restriction.comme_si_masque else "NOT masque_ps"
            partage, partages = ("", [])
            if restriction.partages:
                partage, partages = " OR id = ANY(%s)", [list(restriction.partages)]
            self.ajouter(
                f"({visible} OR (%s <> '' AND (deposant_rpps = %s OR auteur_idnat = %s))"
                f" OR (%s <> '' AND deposant_genre = 'structure' AND deposant_structure = %s){partage})",
                restriction.rpps, restriction.rpps, "8" + restriction.rpps,
                restriction.structure, restriction.structure, *partages,
            )  # fmt: skip
        if not restriction.voit_invisible_patient:
            self.ajouter(f"NOT {tu_au_titulaire()}")
        # Deleted documents leave every list and opening (rules DOC-33, FHR-111).
        if not supprimes:
            self.ajouter("statut <> 'entered-in-error'")

    def ajouter(self, clause: str, *params: Any) -> None:
        """Add a condition; each %s becomes a named parameter, sent once even when the clause stands twice."""
        morceaux = clause.split("%s")
        for rang, valeur in enumerate(params):
            nom = f"p{len(self.params)}"
            self.params[nom] = valeur
            morceaux[rang] += f"%({nom})s"
        self.clauses.append("".join(morceaux))

    def parmi(self, colonne: str, valeurs: tuple[Any, ...]) -> None:
        if valeurs:
            self.ajouter(f"{colonne} = ANY(%s)", list(valeurs))

    @property
    def sql(self) -> str:
        return " AND ".join(self.clauses)


def borner(requete: Requete, borne: Borne) -> None:
    """Add a bound on a date; `periode` matches on overlap."""
    bas, haut = borne.debut, borne.fin
    if borne.champ == "periode":
        # An absent end means still open: overlap with the interval asked (rule FHR-115).
        fin = "COALESCE(periode_fin, periode_debut)"
        formes = {
            "eq": (f"periode_debut < %s AND {fin} >= %s", (haut, bas)),
            "ne": (f"NOT (periode_debut < %s AND {fin} >= %s)", (haut, bas)),
            "gt": (f"{fin} >= %s", (haut,)),
            "ge": (f"{fin} >= %s", (bas,)),
            "lt": ("periode_debut < %s", (bas,)),
            "le": ("periode_debut < %s", (haut,)),
            "sa": ("periode_debut >= %s", (haut,)),
            "eb": (f"{fin} < %s", (bas,)),
        }
    else:
        c = borne.champ
        formes = {
            "eq": (f"{c} >= %s AND {c} < %s", (bas, haut)),
            "ne": (f"NOT ({c} >= %s AND {c} < %s)", (bas, haut)),
            "gt": (f"{c} >= %s", (haut,)),
            "ge": (f"{c} >= %s", (bas,)),
            "lt": (f"{c} < %s", (bas,)),
            "le": (f"{c} < %s", (haut,)),
            "sa": (f"{c} >= %s", (haut,)),
            "eb": (f"{c} < %s", (bas,)),
        }
    clause, params = formes[borne.operateur]
    requete.ajouter(clause, *params)


def appliquer(requete: Requete, filtre: Filtre, restriction: Restriction) -> None:
    """Add the criteria of a search: fields AND, values OR."""
    requete.parmi("id", filtre.ids)
    if filtre.identifiants:
        # uniqueId, or any entryUUID ever given to the document (rules FHR-112, FHR-114).
        entrees = [UUID(i.removeprefix("urn:uuid:")) for i in filtre.identifiants if _est_uuid(i)]
        requete.ajouter(
            "(unique_id = ANY(%s) OR id IN (SELECT v.document_id FROM documents_versiondocument v"
            " WHERE v.dossier_id = %s AND v.entree = ANY(%s)))",
            list(filtre.identifiants), requete.params["p0"], entrees,
        )  # fmt: skip
    if filtre.statuts and not restriction.voit_invisible_patient and "current" in filtre.statuts:
        # A replacement that waits for its announcement leaves the old one as it was, for the holder (DOC-46).
        requete.ajouter(
            "(statut = ANY(%s) OR (statut = 'superseded' AND remplace_par_id IN (SELECT r.id FROM"  # noqa: S608
            f" documents_document r WHERE r.dossier_id = %s AND {tu_au_titulaire('r')})))",
            list(filtre.statuts), requete.params["p0"],
        )  # fmt: skip
    else:
        requete.parmi("statut", filtre.statuts)
    if filtre.archive is not None:
        requete.ajouter("archive = %s", filtre.archive)
    requete.parmi("type_code", filtre.types)
    requete.parmi("classe_code", filtre.classes)
    requete.parmi("format_code", filtre.formats)
    requete.parmi("etablissement_code", filtre.etablissements)
    requete.parmi("cadre_code", filtre.cadres)
    if filtre.evenements:
        requete.ajouter("evenements && %s::varchar[]", list(filtre.evenements))
    if filtre.auteurs:
        requete.ajouter("(auteur_idnat = ANY(%s) OR auteur_structure = ANY(%s))", *[list(filtre.auteurs)] * 2)
    if filtre.etiquettes:
        # Beside the gate's own clauses: a label finds nothing that its asker may not see (rule FHR-117).
        requete.ajouter(
            "(confidentialite = ANY(%s) OR (masque_ps AND 'MASQUE_PS' = ANY(%s)) OR (invisible_patient AND"
            " 'INVISIBLE_PATIENT' = ANY(%s)) OR (invisible_representants AND"
            " 'INVISIBLE_REPRESENTANTS_LEGAUX' = ANY(%s)))",
            *[list(filtre.etiquettes)] * 4,
        )
    if filtre.masque is not None:
        requete.ajouter("masque_ps = %s", filtre.masque)
    _de_la_ressource(requete, filtre)
    requete.parmi("deposant_genre", filtre.deposants)
    if filtre.dossier_perso is not None:
        requete.ajouter(
            "id IN (SELECT k.document_id FROM documents_classement k"
            " WHERE k.dossier_id = %s AND k.dossier_perso_id = %s)",
            requete.params["p0"], filtre.dossier_perso,
        )  # fmt: skip
    if filtre.hors_dossier is not None:
        requete.ajouter(
            "id NOT IN (SELECT k.document_id FROM documents_classement k"
            " WHERE k.dossier_id = %s AND k.dossier_perso_id = %s)",
            requete.params["p0"], filtre.hors_dossier,
        )  # fmt: skip
    if filtre.epingles:
        requete.ajouter(
            "id IN (SELECT e.document_id FROM documents_epingle e WHERE e.dossier_id = %s)",
            requete.params["p0"],
        )
    for mot in filtre.texte.split()[:8]:
        # Without case or accent on title, author and type (rule DOC-57).
        requete.ajouter(
            "es_plier(titre || ' ' || auteur_nom || ' ' || auteur_structure_nom || ' ' || type_libelle)"
            " LIKE es_plier(%s)",
            f"%{motif(mot)}%",
        )
    for borne in filtre.bornes:
        borner(requete, borne)
    if filtre.recents is not None:
        requete.ajouter(
            "(creation >= %s OR type_code = ANY(%s))",
            filtre.recents.depuis, list(filtre.recents.sauf_types),
        )  # fmt: skip


# What no column holds is looked for in the resource as it was deposited; few documents are left to look at.
_RESSOURCE = "convert_from(representation, 'UTF8')::jsonb"
# One of several beginnings.
UN_DE = "ANY(SELECT es_plier(m) FROM unnest(%s::text[]) AS m)"
# Every author: contained, by a role, or said by name only. Without a resource, the column names the main one.
_NOM_D_AUTEUR = f"""(CASE WHEN representation IS NULL THEN ' ' || es_plier(auteur_nom) LIKE {UN_DE}
ELSE EXISTS (
    SELECT 1 FROM (SELECT {_RESSOURCE} AS r) AS x CROSS JOIN LATERAL jsonb_path_query(x.r, '$.author[*]') AS a(v)
    LEFT JOIN LATERAL jsonb_path_query(x.r, '$.contained[*]') AS c(v) ON '#' || (c.v ->> 'id') = a.v ->> 'reference'
    LEFT JOIN LATERAL jsonb_path_query(x.r, '$.contained[*]') AS p(v)
        ON '#' || (p.v ->> 'id') = c.v -> 'practitioner' ->> 'reference'
    CROSS JOIN LATERAL (
        SELECT jsonb_path_query(coalesce(p.v, c.v), %s::jsonpath) #>> '{{}}'
        UNION ALL SELECT jsonb_path_query(coalesce(p.v, c.v),
            '$.name[*] ? (!exists(@.family) && !exists(@.given)).text') #>> '{{}}'
        UNION ALL SELECT c.v -> 'practitioner' ->> 'display' WHERE p.v IS NULL
        UNION ALL SELECT a.v ->> 'display' WHERE c.v IS NULL
    ) AS n(mot)
    WHERE ' ' || es_plier(n.mot) LIKE {UN_DE}) END)"""  # noqa: S608


def _de_la_ressource(requete: Requete, filtre: Filtre) -> None:
    """Criteria on the content's type, the texts, the relations (table A.7.1 of the rulebook)."""
    if filtre.mimes:
        requete.ajouter("lower(split_part(mime, ';', 1)) = ANY(%s)", list(filtre.mimes))
    requete.parmi("langue", filtre.langues)
    for debuts in filtre.descriptions:
        requete.ajouter(f"es_plier(description) LIKE {UN_DE}", [f"{motif(d)}%" for d in debuts])
    for nom in filtre.noms_auteurs:
        motifs = [f"% {motif(d)}%" for d in nom.debuts]
        requete.ajouter(_NOM_D_AUTEUR, motifs, f"$.name[*].{nom.partie}[*]", motifs)
    if filtre.relations:
        relies = [json.dumps({"relatesTo": [{"code": code}]}) for code in filtre.relations]
        requete.ajouter(
            f"(('replaces' = ANY(%s) AND remplace_id IS NOT NULL) OR {_RESSOURCE} @> ANY(%s::jsonb[]))",
            list(filtre.relations), relies,
        )  # fmt: skip
    if filtre.cibles:
        ids = [UUID(c[32:]) for c in filtre.cibles]
        relies = [
            json.dumps({"relatesTo": [{"target": {"reference": f"DocumentReference/{c}"}}]})
            for c in filtre.cibles
        ]
        requete.ajouter(f"(remplace_id = ANY(%s) OR {_RESSOURCE} @> ANY(%s::jsonb[]))", ids, relies)
    if filtre.lies:
        relies = [json.dumps({"context": {"related": [{"identifier": {"value": v}}]}}) for v in filtre.lies]
        requete.ajouter(f"{_RESSOURCE} @> ANY(%s::jsonb[])", relies)


def motif(texte: str) -> str:
    """A text to be found as it is by LIKE."""
    return texte.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _est_uuid(texte: str) -> bool:
    try:
        UUID(texte.removeprefix("urn:uuid:"))
    except ValueError:
        return False
    return True
