"""Appointments of a holder, from every source, in one place (FHR-154 to FHR-159)."""
