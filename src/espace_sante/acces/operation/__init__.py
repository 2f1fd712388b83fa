"""What the people of the operator may do, act by act: no reading of health data (ACC-31, ACC-79, ADR 0018).

Each act checks the role, is traced with it, refusals too, and is in the operator's own list.
"""
