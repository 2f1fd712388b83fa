"""Showing and giving a document that was read through the gate: shared by the pages of holders and professionals."""
