"""Healthchecks' management API, versions 1 to 3, over heartbeats: what its scripts and modules call."""
