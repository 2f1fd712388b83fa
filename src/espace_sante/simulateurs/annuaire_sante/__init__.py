"""A directory like the Annuaire Santé, over real HTTP, of people who do not exist (rule ANN-13)."""
