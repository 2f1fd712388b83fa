"""What a holder measures about himself and lets services read or write (FHR-141 to FHR-153)."""
