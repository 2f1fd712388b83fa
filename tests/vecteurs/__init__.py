"""Public samples, file by file: what must happen with each, and it does (issue 4, Done when)."""
