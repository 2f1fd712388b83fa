"""Addresses of who may open the record."""

from django.urls import path

from espace_sante.web.espace import chercher_professionnel, partage, personnes, qui

urlpatterns = [
    path("documents/<uuid:document_id>/qui/", qui.document, name="qui_document"),
    path("documents/<uuid:document_id>/partage/", partage.partager, name="document_partage"),
    path("plus/personnes/partage/<uuid:partage_id>/retrait/", partage.retrait, name="partage_retrait"),
    path("plus/qui/", qui.dossier, name="qui_dossier"),
    path("plus/personnes/", personnes.personnes, name="personnes"),
    path("plus/personnes/chercher/", chercher_professionnel.chercher, name="chercher_professionnel"),
    path("plus/personnes/code/", personnes.code, name="code_acces"),
    path("plus/personnes/code/<uuid:code_id>/annulation/", personnes.code_annulation, name="code_annulation"),
    path("plus/personnes/blocage/", personnes.blocage, name="blocage"),
    path("plus/personnes/blocage/<uuid:blocage_id>/levee/", personnes.deblocage, name="deblocage"),
    path("plus/personnes/administrateur/", personnes.administrateur, name="administrateur"),
    path(
        "plus/personnes/proposition/<uuid:proposition_id>/",
        personnes.proposition,
        name="proposition_cercle",
    ),
    path("plus/personnes/urgences/", personnes.urgences, name="urgences"),
]
