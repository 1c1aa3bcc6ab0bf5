"""The loops of the primary, where decisions, storage and network meet."""
