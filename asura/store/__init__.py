"""All SQL: one writer thread, read-only readers, and a room for each kind of thing that is kept."""
