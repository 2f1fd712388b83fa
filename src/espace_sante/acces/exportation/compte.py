"""What the copy holds beside documents and history: account, choices, people, requests, notices (rules REG-01, REG-02).

Neither secrets that open something (passwords, codes) nor what waits for its announcement (DOC-46).
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from uuid import UUID

import orjson

from espace_sante.acces import consentements
from espace_sante.acces.exportation.archive import Archive
from espace_sante.acces.exportation.noms import extension
from espace_sante.acces.models import Appairage, Blocage, CodeAcces, Exclusion, Partage, Referent, Urgence
from espace_sante.documents.models import Classement, Document, DossierPerso, Epingle, Suppression
from espace_sante.dossier.models import AccordExtraction, Dossier, Export
from espace_sante.identite.insi.ecriture import lire as identite_tenue
from espace_sante.identite.models import Compte, LienFranceConnect
from espace_sante.identite.queries import identite
from espace_sante.notifications import queries as avis
from espace_sante.notifications.models import Preference
from espace_sante.platform.crypto import CleDossier
from espace_sante.traces import signalements

_REGLAGES = (
    "urgence_samu", "urgence_bris_de_glace", "urgence_documents_masques", "urgence_alimentation",
    "masque_par_defaut", "remboursements_masques", "directives_masquees", "antecedents_masques",
)  # fmt: skip
_AVIS_PAR_PAGE = 500


def ecrire(archive: Archive, dossier_id: UUID, cle: CleDossier, caches: tuple[UUID, ...]) -> None:
    """Write the folder `compte/` and the holder's tidying. In the record's scope."""
    archive.ajouter("compte/compte.json", [orjson.dumps(_compte(dossier_id), option=orjson.OPT_INDENT_2)])
    archive.ajouter("compte/choix.json", [orjson.dumps(_choix(dossier_id), option=orjson.OPT_INDENT_2)])
    _personnes(archive, dossier_id)
    partages = list(Partage.objects.filter(dossier_id=dossier_id).order_by("id"))
    titres = _titres(dossier_id, (p.document_id for p in partages), caches)
    archive.tableau(
        "compte/partages.csv",
        ("à qui", "identifiant", "document", "partagé le", "fin", "retiré le"),
        (
            (p.nom, p.rpps, titres.get(p.document_id, ""), _jour(p.cree_le), _jour(p.expire_le), _jour(p.retire_le))
            for p in partages
        ),
    )  # fmt: skip
    archive.tableau(
        "compte/services.csv",
        ("service", "identifiant", "ce qu'il peut faire", "relié le", "changé le", "dernière venue", "retiré le"),
        (
            (a.nom, a.client_id, " ; ".join(a.lignes), _jour(a.cree_le), _jour(a.modifie_le), _jour(a.utilise_le),
             _jour(a.retire_le))
            for a in Appairage.objects.filter(dossier_id=dossier_id).order_by("id")
        ),
    )  # fmt: skip
    archive.tableau(
        "compte/urgences.csv",
        ("qui", "identifiant", "structure", "genre", "raison", "ouvert le", "fin", "fermé le"),
        (
            (u.nom, u.rpps, u.structure_nom, u.mode, u.motif, _jour(u.ouverte_le), _jour(u.expire_le),
             _jour(u.fermee_le))
            for u in Urgence.objects.filter(dossier_id=dossier_id).order_by("id")
        ),
    )  # fmt: skip
    archive.tableau(
        "compte/codes-acces.csv",
        ("pour qui", "créé le", "fin", "utilisé le", "par", "annulé le"),
        (
            (c.nom_prevu, _jour(c.cree_le), _jour(c.expire_le), _jour(c.utilise_le), c.utilise_par,
             _jour(c.annule_le))
            for c in CodeAcces.objects.filter(dossier_id=dossier_id).order_by("id")
        ),
    )  # fmt: skip
    _demandes(archive, dossier_id, cle)
    archive.tableau("compte/avis.csv", ("reçu le", "avis", "lu"), _avis(dossier_id, caches))
    _rangement(archive, dossier_id, caches)


def _compte(dossier_id: UUID) -> dict[str, object]:
    titulaire = identite(dossier_id)
    t = titulaire.traits
    tenue = identite_tenue(dossier_id)
    compte = Compte.objects.filter(dossier_id=dossier_id).first()
    lien = LienFranceConnect.objects.filter(dossier_id=dossier_id).order_by("lie_le").first()
    return {
        "ins": {"matricule": titulaire.ins.matricule, "oid": titulaire.ins.oid},
        "anciens_matricules": [
            {"matricule": a.ins.matricule, "oid": a.ins.oid, "debut": a.debut, "fin": a.fin}
            for a in tenue.anciens
        ],
        "identite": {
            "statut": tenue.etat.statut.value,
            "attributs": sorted(a.value for a in tenue.etat.attributs),
            "source": tenue.source,
            "verifiee_le": tenue.verifiee_le,
            "piece": tenue.piece,
        },
        "nom_naissance": t.nom_naissance,
        "prenoms": t.prenoms,
        "nom_utilise": titulaire.nom_affiche,
        "prenom_utilise": titulaire.prenom_affiche,
        "date_naissance": t.date_naissance,
        "sexe": t.sexe,
        "lieu_naissance": t.lieu_naissance,
        "courriel": titulaire.courriel,
        # Neither the password nor its hash: the account can be opened with them.
        "compte": {"identifiant": compte.identifiant, "courriel": compte.courriel} if compte else None,
        "france_connect": {"lie_le": lien.lie_le} if lien else None,
    }


def _choix(dossier_id: UUID) -> dict[str, object]:
    dossier = Dossier.objects.get(dossier_id=dossier_id)
    accord = AccordExtraction.objects.filter(dossier_id=dossier_id).first()
    return {
        "espace": {"etat": dossier.etat, "depuis": dossier.etat_depuis},
        **{nom: getattr(dossier, nom) for nom in _REGLAGES},
        "lecture_automatique": {"accorde": accord.accorde, "depuis": accord.depuis} if accord else None,
        "avis_par_courriel": {
            p.categorie: {"oui": p.courriel, "depuis": p.depuis}
            for p in Preference.objects.filter(dossier_id=dossier_id).order_by("categorie")
        },
        "copies_demandees": [
            {"le": e.demande_le, "etat": e.etat}
            for e in Export.objects.filter(dossier_id=dossier_id).order_by("demande_le")
        ],
    }


def _personnes(archive: Archive, dossier_id: UUID) -> None:
    archive.tableau(
        "compte/accords.csv",
        ("à qui", "genre", "structure", "recueilli le", "par", "fin", "retiré le", "informé le"),
        (
            (c.beneficiaire, c.genre, c.structure, _jour(c.recueilli_le), c.recueilli_par, _jour(c.expire_le),
             _jour(c.retire_le), _jour(c.informe_le))
            for c in consentements.lister(dossier_id)
        ),
    )  # fmt: skip
    archive.tableau(
        "compte/blocages.csv",
        ("qui", "genre", "identifiant", "bloqué le", "levé le"),
        (
            (b.nom, b.genre, b.cle, _jour(b.pose_le), _jour(b.leve_le))
            for b in Blocage.objects.filter(dossier_id=dossier_id).order_by("pose_le")
        ),
    )
    archive.tableau(
        "compte/roles.csv",
        ("qui", "identifiant", "rôle", "depuis", "jusqu’au", "par"),
        (
            (r.nom, r.rpps, r.role, _jour(r.depuis), _jour(r.jusqua), r.par)
            for r in Referent.objects.filter(dossier_id=dossier_id).order_by("depuis")
        ),
    )
    archive.tableau(
        "compte/equipes-sauf.csv",
        ("qui", "identifiant", "depuis", "jusqu’au"),
        (
            (x.nom, x.rpps, _jour(x.depuis), _jour(x.jusqua))
            for x in Exclusion.objects.filter(dossier_id=dossier_id).order_by("depuis")
        ),
    )


def _demandes(archive: Archive, dossier_id: UUID, cle: CleDossier) -> None:
    """Reports and requests with their steps, and the files that came with them."""
    demandes = []
    for s in signalements.lister(dossier_id, cle, limite=None):
        joint = ""
        if fichier := signalements.fichier(dossier_id, cle, s.id):
            joint = f"compte/demandes/{s.numero}.{extension(fichier.mime)}"
            archive.ajouter(joint, [fichier.contenu], compresser=False)
        demandes.append({
            "numero": s.numero, "genre": s.nature, "raison": s.raison, "texte": s.texte, "envoyee_le": s.depose_le,
            "fichier": joint,
            "etapes": [{"etape": e.etape, "le": e.quand, "par": e.par, "texte": e.texte} for e in s.etapes],
        })  # fmt: skip
    archive.ajouter("compte/demandes.json", [orjson.dumps(demandes, option=orjson.OPT_INDENT_2)])


def _avis(dossier_id: UUID, caches: tuple[UUID, ...]) -> Iterator[tuple[str, str, str]]:
    suite: UUID | None = None
    while True:
        page = avis.lister(dossier_id, sans_documents=caches, avant=suite, limite=_AVIS_PAR_PAGE)
        for a in page.elements:
            yield _jour(a.quand), a.phrase, "oui" if a.lu else "non"
        suite = page.suite
        if suite is None:
            return


def _rangement(archive: Archive, dossier_id: UUID, caches: tuple[UUID, ...]) -> None:
    """Folders, pins, and documents that the holder or an author took away: what the holder sees of each."""
    noms = dict(DossierPerso.objects.filter(dossier_id=dossier_id).values_list("id", "nom"))
    ranges = dict(
        Classement.objects.filter(dossier_id=dossier_id).values_list("document_id", "dossier_perso_id")
    )
    epingles = set(Epingle.objects.filter(dossier_id=dossier_id).values_list("document_id", flat=True))
    titres = _titres(dossier_id, {*ranges, *epingles}, caches)
    archive.tableau(
        "dossier/rangement.csv",
        ("document", "identifiant", "dossier", "épinglé"),
        (
            (titre, d, noms[ranges[d]] if d in ranges else "", "oui" if d in epingles else "non")
            for d, titre in sorted(titres.items())
        ),
    )
    archive.tableau("dossier/dossiers.csv", ("dossier",), ((nom,) for nom in sorted(noms.values())))
    archive.tableau(
        "dossier/suppressions.csv",
        ("identifiant", "état", "par", "demandée le", "détruit le"),
        (
            (s.document_id, s.etat, s.par, _jour(s.demandee_le), _jour(s.detruire_le))
            for s in Suppression.objects.filter(dossier_id=dossier_id).order_by("demandee_le")
            if s.document_id not in caches
        ),
    )


def _titres(dossier_id: UUID, documents: Iterable[UUID], caches: tuple[UUID, ...]) -> dict[UUID, str]:
    vus = Document.objects.filter(dossier_id=dossier_id, id__in=set(documents) - set(caches))
    return dict(vus.values_list("id", "titre"))


def _jour(quand: datetime | None) -> str:
    return quand.isoformat() if quand else ""
