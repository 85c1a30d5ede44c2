"""Answers kept for requests that come again."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest

from onecopy.catalog import idempotency
from onecopy.catalog.idempotency import LEASE, Answer, AnsweredError, InProgressError, Ticket
from onecopy.catalog.store import Catalog
from onecopy.errors import UsageError

NOW = datetime(2026, 5, 3, 9, tzinfo=UTC)
SOON = NOW + timedelta(seconds=1)
ONE = Ticket(caller="portal", key="k", request="1" * 64)
ANSWER = Answer(status=201, body='{"a": "ü"}', location="/v1/occurrences/x")
OTHER = Answer(status=200, body="{}")


@pytest.fixture
def catalog(catalog_url: str) -> Iterator[Catalog]:
    with Catalog(catalog_url) as catalog:
        yield catalog


def begin(catalog: Catalog, ticket: Ticket = ONE, now: datetime = NOW) -> Answer | None:
    with catalog.write([idempotency.scope(ticket)]) as connection:
        return idempotency.begin(connection, ticket, now)


def finish(catalog: Catalog, answer: Answer = ANSWER, ticket: Ticket = ONE) -> None:
    with catalog.write(["agency"]) as connection:
        idempotency.finish(connection, ticket, answer, NOW)


def test_the_first_answer_is_given_again(catalog: Catalog) -> None:
    assert begin(catalog) is None
    finish(catalog)
    assert begin(catalog) == ANSWER
    assert begin(catalog, now=NOW + timedelta(days=30)) == ANSWER


def test_one_that_is_being_answered_has_to_wait(catalog: Catalog) -> None:
    begin(catalog)
    with pytest.raises(InProgressError) as refused:
        begin(catalog, now=SOON)
    assert (refused.value.code, refused.value.seconds) == ("idempotency-in-progress", 14)
    with catalog.write() as connection:
        idempotency.renew(connection, ONE, SOON + LEASE)
    with pytest.raises(InProgressError):
        begin(catalog, now=SOON + LEASE)


@pytest.mark.parametrize("later", [LEASE, timedelta(days=1), timedelta(days=-1)])
def test_nobody_waits_for_what_was_killed_or_for_a_clock(catalog: Catalog, later: timedelta) -> None:
    begin(catalog)
    assert begin(catalog, now=NOW + later) is None


def test_a_key_is_for_one_request_of_one_caller(catalog: Catalog) -> None:
    begin(catalog)
    another = Ticket(caller=ONE.caller, key=ONE.key, request="2" * 64)
    with pytest.raises(UsageError) as refused:
        begin(catalog, another)
    assert refused.value.code == "idempotency-mismatch"
    finish(catalog)
    with pytest.raises(UsageError, match="another request"):
        begin(catalog, another)
    assert begin(catalog, Ticket(caller="other", key=ONE.key, request=ONE.request)) is None


def test_of_two_that_answer_one_request_one_is_undone(catalog: Catalog) -> None:
    begin(catalog)
    assert begin(catalog, now=NOW + LEASE) is None
    finish(catalog)
    with pytest.raises(AnsweredError) as late:
        finish(catalog, OTHER)
    assert late.value.answer == ANSWER
    assert begin(catalog) == ANSWER


def test_what_could_not_be_answered_may_come_again(catalog: Catalog) -> None:
    begin(catalog)
    with catalog.write() as connection:
        idempotency.give_up(connection, ONE)
    assert begin(catalog) is None
    with catalog.write() as connection:
        idempotency.give_up(connection, ONE)
    finish(catalog)  # one that was slow, and is not lost for that
    with catalog.write() as connection:
        idempotency.give_up(connection, ONE)
    assert begin(catalog) == ANSWER


def test_old_answers_are_forgotten(catalog: Catalog) -> None:
    begin(catalog)
    finish(catalog)
    for before, answer in ((NOW, ANSWER), (SOON, None)):
        with catalog.write() as connection:
            idempotency.forget(connection, before)
        assert begin(catalog) == answer
