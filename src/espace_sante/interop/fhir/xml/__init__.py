"""FHIR XML: the same resources as the JSON ones, read and written along one table of R4 elements (FHR-04, FHR-05).

Pure. `lecture.vers_json` turns a hardened reading of XML into the JSON text that the door reads; `ecriture.vers_xml`
turns the JSON that the door answers into XML. The JSON path does not come through here.
"""
