"""Programs: what a publisher says of his own, and what operations do with it (rules OID-31 to OID-35)."""
