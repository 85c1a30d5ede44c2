"""Days that people enter, as moments."""

from datetime import UTC, date, datetime, timedelta


def midnight(day: str, *, after: bool = False) -> datetime | None:
    """When a day begins in UTC, or with ``after`` when it is over; ``None`` for what is no day."""
    try:
        at = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
        return at + timedelta(days=after)
    except (ValueError, OverflowError):
        return None
