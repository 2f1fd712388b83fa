"""ITI-66: search and reading of List, submission sets and folders (FHR-107 to FHR-110)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import UTC, datetime
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.http import HttpResponse

from espace_sante.acces.porte import Cible, resoudre
from espace_sante.documents.filtre import Filtre
from espace_sante.documents.listes import FiltreListes, Liste
from espace_sante.documents.queries import Fiche, Page
from espace_sante.interop import reponses
from espace_sante.interop.fhir.constats import Constat, RefusFhir
from espace_sante.interop.fhir.curseur import Reprise
from espace_sante.interop.fhir.erreurs import Erreur
from espace_sante.interop.fhir.identifiants import composer, decomposer
from espace_sante.interop.fhir.listes import ressource_liste
from espace_sante.interop.fhir.presentation import Presentation, lire_presentation
from espace_sante.interop.fhir.recherche_listes import lire_recherche_listes
from espace_sante.interop.requete import Appel, base, lire_parametres
from espace_sante.interop.views.enveloppe import vue_fhir
from espace_sante.interop.views.pages import CURSEUR, liens, reprendre
from espace_sante.interop.views.recherches import fiches

_ITEMS: Final = "List:item"
# Documents that come with one page of lists.
_MAX_INCLUS: Final = 500
_VERSION: Final = 1
_ENTIERE: Final = Presentation()


@vue_fhir("ITI-66")
def chercher(appel: Appel) -> HttpResponse:
    """GET [base]/List?… and POST [base]/List/_search."""
    parametres = lire_parametres(appel.requete)
    vue, avis = lire_presentation(parametres, "List", strict=appel.strict)
    texte = next((valeur for nom, valeur in parametres if nom == CURSEUR), "")
    if texte:
        reprise = reprendre(appel, texte, FiltreListes)
        lien = f"?{urlencode([(CURSEUR, texte), *vue.utilises])}"
        return _reponse(appel, reprise.dossier_id, reprise, lien, vue, avis)
    demande = lire_recherche_listes(
        parametres,
        maintenant=datetime.now(UTC),
        fictifs=settings.ES_INSTANCE != "production",
        strict=appel.strict,
    )
    dossier_id = resoudre(demande.ins) if demande.ins else demande.dossier_id
    vide = demande.vide or (demande.dossier_id not in (None, dossier_id))
    filtre = replace(demande.filtre, limite=0 if vue.resume == "count" else demande.filtre.limite)
    filtre = replace(filtre, avec_total=vue.total)
    cible = demande.ins or demande.dossier_id or UUID(int=0)
    lien = "?" + urlencode([("patient", f"Patient/{dossier_id}"), *demande.utilises, *vue.utilises])
    ici = Reprise(dossier_id or UUID(int=0), filtre)
    return _reponse(appel, cible, ici, lien, vue, [*avis, *demande.avertissements], vide=vide)


@vue_fhir("ITI-66")
def lire(appel: Appel, fil: str) -> HttpResponse:
    """GET [base]/List/<id>."""
    ids = decomposer(fil)
    if ids is None:
        raise RefusFhir([Erreur.INTROUVABLE.constat()])
    with appel.ouvrir(ids[0]) as dossier:
        liste = dossier.liste(ids[1])
    reponse = reponses.json(ressource_liste(liste, ids[0]))
    return reponses.etiqueter(reponse, _VERSION, liste.depose_le)


def _reponse(
    appel: Appel,
    cible: Cible,
    ici: Reprise[FiltreListes],
    lien: str,
    vue: Presentation,
    avis: Sequence[Constat],
    *,
    vide: bool = False,
) -> HttpResponse:
    documents: tuple[Fiche, ...] = ()
    with appel.ouvrir(cible) as dossier:
        page: Page[Liste] = dossier.lister_listes(replace(ici.filtre, limite=0) if vide else ici.filtre)
        if vide:
            page = Page((), 0, None)
        if _ITEMS in vue.inclusions and page.elements:
            ids = tuple(dict.fromkeys(d for liste in page.elements for d in liste.documents))[:_MAX_INCLUS]
            documents = dossier.lister_fiches(
                Filtre(ids=ids, statuts=(), limite=len(ids), avec_total=False)
            ).elements
    racine = base()
    adresse = f"{racine}/List"
    trouvees = [
        (f"{adresse}/{composer(ici.dossier_id, li.id)}", vue.montrer(ressource_liste(li, ici.dossier_id)))
        for li in page.elements
    ]
    return reponses.searchset(
        page.total if ici.filtre.avec_total else None,
        liens(appel, adresse, page.suite, ici, lien, list(vue.utilises)),
        trouvees,
        avis,
        fiches(documents, ici.dossier_id, racine, _ENTIERE),
    )
