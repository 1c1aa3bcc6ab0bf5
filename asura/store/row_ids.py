"""Row ids that are keys: hour (or day), monitor and region in one integer. Rows lie in the order they are made."""

REGION_BITS = 12
MONITOR_BITS = 31
REGIONS = 1 << REGION_BITS
MONITORS = 1 << MONITOR_BITS
TIMES = 1 << 20
_TIME_SHIFT = REGION_BITS + MONITOR_BITS


def row_id(time: int, monitor_id: int, region: int) -> int:
    """Return the row id of an hour or day since the epoch, a monitor, and the number of a region."""
    return time << _TIME_SHIFT | monitor_id << REGION_BITS | region


def series_id(monitor_id: int, region: int) -> int:
    """Return the row id of a monitor and a region, whatever the time."""
    return monitor_id << REGION_BITS | region


def time_of(row: int) -> int:
    """Return the hour or day of a row id."""
    return row >> _TIME_SHIFT


def monitor_of(row: int) -> int:
    """Return the monitor of a row id."""
    return row >> REGION_BITS & (MONITORS - 1)


def region_of(row: int) -> int:
    """Return the number of the region of a row id."""
    return row & (REGIONS - 1)
