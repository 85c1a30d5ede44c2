"""When a message is tried again: the schedule of Standard Webhooks, three days long, with jitter."""

import random
from datetime import datetime, timedelta

DELAYS = tuple(
    timedelta(seconds=seconds)
    for seconds in (
        5,
        5 * 60,
        30 * 60,
        2 * 3600,
        5 * 3600,
        10 * 3600,
        14 * 3600,
        20 * 3600,
        24 * 3600,
    )
)
"""How long to wait after the first failed attempt, the second, and so on."""
JITTER = 0.1
"""The part of a delay that chance adds to it, at most: receivers are not to be hit by all at once."""
LONGEST_REST = timedelta(hours=24)
"""How long a receiver may ask to be left alone."""
REST = timedelta(seconds=30)
"""How long one is left alone that is overloaded and does not say."""


def next_attempt(attempts: int, now: datetime, asked: timedelta | None = None) -> datetime | None:
    """When to try again.

    Args:
        attempts: How many there were.
        now: The time.
        asked: How long the receiver asked to wait, if it did.

    Returns:
        ``None`` after the last attempt.
    """
    if attempts > len(DELAYS):
        return None
    delay = DELAYS[attempts - 1]
    if asked is not None:
        delay = max(delay, min(asked, LONGEST_REST))
    return now + delay * random.uniform(1.0, 1.0 + JITTER)  # noqa: S311 - no secret
