"""When a message is tried again."""

from datetime import UTC, datetime, timedelta

from onecopy.catalog.deliveries import FAR
from onecopy.webhooks.schedule import DELAYS, JITTER, LONGEST_REST, next_attempt

NOW = datetime(2026, 5, 3, tzinfo=UTC)


def test_the_schedule_is_that_of_the_specification():
    assert sum(DELAYS, timedelta()) == timedelta(hours=75, minutes=35, seconds=5)
    for attempts, delay in enumerate(DELAYS, start=1):
        waits = {next_attempt(attempts, NOW) - NOW for _ in range(50)}
        assert all(delay <= wait <= delay * (1 + JITTER) for wait in waits)
        assert len(waits) > 1
    assert next_attempt(len(DELAYS) + 1, NOW) is None


def test_a_receiver_may_ask_for_more_time_and_not_for_ever():
    assert next_attempt(1, NOW, timedelta(minutes=10)) - NOW >= timedelta(minutes=10)
    assert next_attempt(4, NOW, timedelta(seconds=1)) - NOW >= DELAYS[3]
    assert next_attempt(1, NOW, timedelta(days=999)) - NOW <= LONGEST_REST * (1 + JITTER) < FAR
