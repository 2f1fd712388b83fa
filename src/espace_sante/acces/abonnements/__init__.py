"""Subscriptions of software to new documents: kept, followed, told (rules FHR-168 to FHR-171)."""
