"""Pure values every room may use: INS, traits, RPPS and FINESS, ids, codes, the base error.

No Django, no I/O, no import from another room.
"""
