"""FHIR R4 door: reading, checking and writing resources (pure; no Django)."""
