"""Benchmarks of the hot paths, each against the limit of PostgreSQL measured in the same run."""
