"""THE gate: who may do what with which record. See README.md; import names from its modules."""
