"""A fictitious service that holders pair with: another site, that speaks to us by the public interfaces only (OID-28)."""
