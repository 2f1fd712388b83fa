"""Pages of paired services: the consent that one asks for, and the holder's list of them (OID-28)."""
