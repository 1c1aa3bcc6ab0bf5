"""Badges: small pictures of how a monitor is, for pages elsewhere."""
