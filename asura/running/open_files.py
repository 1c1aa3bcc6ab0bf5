"""How many checks at once the system lets us have: each of them holds a file open."""

import resource

# Files that are open besides those of checks: the store, listeners, clients.
FILES_FOR_OURSELVES = 256


def within_open_files(wanted: int) -> int:
    """Raise the limit of open files as far as allowed, and return how many of `wanted` checks fit into it."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    goal = wanted + FILES_FOR_OURSELVES
    if soft < goal:
        soft = min(goal, hard) if hard != resource.RLIM_INFINITY else goal
        resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))
    return max(1, min(wanted, soft - FILES_FOR_OURSELVES))
