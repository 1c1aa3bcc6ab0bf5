"""The probe: checks from another place for a primary, without a database. Outbound only."""
