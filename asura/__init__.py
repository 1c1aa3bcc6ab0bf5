"""Self-hosted monitoring in one executable."""

__version__ = "0.1.0"
