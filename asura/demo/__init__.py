"""A made-up company that asura watches: its past, its servers on the loopback, and what goes wrong while you look."""
