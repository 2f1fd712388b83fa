"""Full-text search inside documents, over words that are sealed at rest (ADR 0013)."""
