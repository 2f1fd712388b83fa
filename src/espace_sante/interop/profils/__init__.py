"""Checker of the profiles that the FHIR door serves: path, rule, what was found (issue 4 §1, ADR 0022)."""
