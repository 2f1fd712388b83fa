"""The operator's back office, under /operation/: no reading of health data (contract, ACC-79)."""
