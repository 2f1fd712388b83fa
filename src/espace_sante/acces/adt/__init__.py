"""Choices that an establishment collected, read in its ADT messages (rule FHR-173). Off unless `ES_ADT_STRUCTURE` is set."""
