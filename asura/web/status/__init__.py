"""Status pages: what visitors see, and what programs read."""
