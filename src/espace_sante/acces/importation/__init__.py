"""Taking a copy back: whole, into a copy of the product where it is not; or documents of it, by its holder."""
