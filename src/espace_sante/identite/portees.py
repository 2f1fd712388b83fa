"""Scopes that our tokens carry (rule OID-19): the transactions served, and nothing wider."""

ALIMENTATION = frozenset({"ITI-65", "ITI-105", "system/Patient.r"})
CONSULTATION = frozenset({"ITI-65", "ITI-67", "ITI-68", "ITI-105", "user/Patient.r"})

# The client program of every demonstration.
LPS_DEMONSTRATION = "lps-demonstration"
