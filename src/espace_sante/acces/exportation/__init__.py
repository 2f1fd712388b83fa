"""The copy of a whole space that its holder takes away: what is in it, how it is made, sealed and checked."""
