"""The people of the operator: accounts, roles, login with two factors (ACC-39, ACC-79, HLP-21, ADR 0018)."""
