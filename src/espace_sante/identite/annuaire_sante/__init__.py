"""Annuaire Santé: the national directory of professionals and structures, and our copy of it (rules ANN-01 to ANN-14).

The copy is written by operations, as owner; the application reads it and nothing else.
"""
