"""Pings: every form in which jobs call in, through one lean door."""
