"""HTTP views of the FHIR door: thin; the checks are in `interop.fhir`, the rights in `acces`."""
