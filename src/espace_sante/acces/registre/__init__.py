"""For the operator, after an incident: which profiles were touched (rule REG-14)."""
