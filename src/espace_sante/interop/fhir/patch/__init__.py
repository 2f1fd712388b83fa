"""PATCH of a DocumentReference: three standard forms read into the same few operations (FHR-124 to FHR-137). Pure."""

from collections.abc import Callable
from typing import Final

from espace_sante.interop.fhir.patch import fhirpath_patch, json_patch, xml_patch
from espace_sante.interop.fhir.patch.appliquer import Etat, appliquer
from espace_sante.interop.fhir.patch.operations import MAX_PATCH, Operation

# Reader of each form, by media type (FHR-125).
LECTEURS: Final[dict[str, Callable[[bytes], tuple[Operation, ...]]]] = {
    json_patch.MEDIA: json_patch.lire,
    xml_patch.MEDIA: xml_patch.lire,
    **dict.fromkeys(fhirpath_patch.MEDIAS, fhirpath_patch.lire),
    fhirpath_patch.MEDIA_XML: fhirpath_patch.lire_xml,
}
MEDIAS: Final = (json_patch.MEDIA, xml_patch.MEDIA, fhirpath_patch.MEDIAS[0], fhirpath_patch.MEDIA_XML)

__all__ = ["LECTEURS", "MAX_PATCH", "MEDIAS", "Etat", "Operation", "appliquer"]
