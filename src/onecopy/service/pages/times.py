"""Days that people enter, as moments."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta

from onecopy.service.pages.words import N_


def midnight(day: str, *, after: bool = False) -> datetime | None:
    """When a day begins in UTC, or with ``after`` when it is over; ``None`` for what is no day."""
    try:
        at = datetime.combine(date.fromisoformat(day), datetime.min.time(), UTC)
        return at + timedelta(days=after)
    except (ValueError, OverflowError):
        return None


def no_days(asked: Mapping[str, str]) -> dict[str, str]:
    """The bounds of a search that are no days, by their fields, each with what to do."""
    wrong = [name for name in ("since", "until") if asked[name] and midnight(asked[name]) is None]
    return dict.fromkeys(wrong, N_("Write a day like 2026-05-03."))
