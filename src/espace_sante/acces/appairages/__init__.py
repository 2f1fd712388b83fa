"""Pairing of referenced services with a holder: what each may read and write, until he withdraws it (OID-28, OID-29)."""
