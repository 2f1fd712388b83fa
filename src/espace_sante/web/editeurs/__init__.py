"""The page of publishers, under /editeurs/: registering a software (rule OID-31)."""
