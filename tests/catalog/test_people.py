from datetime import timedelta

import pytest
from sqlalchemy import Connection

from onecopy.catalog import people, sessions
from onecopy.catalog.people import Person
from onecopy.catalog.store import Catalog
from onecopy.errors import UsageError

HOUR = timedelta(hours=1)


def add(connection: Connection, email: str) -> Person:
    return people.add(connection, email=email, role="reviewer", agency="fire", by="test")


def test_the_first_sign_in_ties_an_address_to_an_account(catalog: Catalog) -> None:
    with catalog.write() as connection:
        add(connection, " Alice@Example.GOV ")
        assert people.sign_in(connection, subject="p 1", email=None, lasts=HOUR) is None
        assert people.sign_in(connection, subject="p 1", email="bob@example.gov", lasts=HOUR) is None
        first = people.sign_in(connection, subject="p 1", email="ALICE@example.gov", lasts=HOUR)
        assert first is not None
        assert (first[0].email, first[0].subject) == ("alice@example.gov", "p 1")
        # Whoever has the address next is somebody else; whoever changed theirs is not.
        assert people.sign_in(connection, subject="p 2", email="alice@example.gov", lasts=HOUR) is None
        later = people.sign_in(connection, subject="p 1", email="alice@elsewhere.gov", lasts=HOUR)
        assert later is not None
        assert later[0].email == "alice@example.gov"
        assert later[1] != first[1]


def test_sessions_end(catalog: Catalog) -> None:
    with catalog.write() as connection:
        add(connection, "a@example.gov")
        over = people.sign_in(connection, subject="p", email="a@example.gov", lasts=-HOUR)
        open_now = people.sign_in(connection, subject="p", email=None, lasts=HOUR)
        other = people.sign_in(connection, subject="p", email=None, lasts=HOUR)
        assert over is not None
        assert open_now is not None
        assert other is not None
        assert sessions.get(connection, over[1]) is None
        mine = sessions.get(connection, open_now[1])
        assert mine is not None
        assert (mine.name, mine.role, mine.agency) == ("a@example.gov", "reviewer", "fire")
        sessions.close(connection, open_now[1])
        assert sessions.get(connection, open_now[1]) is None
        assert sessions.get(connection, other[1]) is not None
        assert people.remove(connection, "A@example.gov", by="test")
        assert sessions.get(connection, other[1]) is None
        assert not people.remove(connection, "a@example.gov", by="test")


@pytest.mark.parametrize("email", ["", "a", "@", "a@", "@b", "a b@c", "a\n@b", "a@" + "b" * 320])
def test_what_is_no_address(catalog: Catalog, email: str) -> None:
    with catalog.write() as connection, pytest.raises(UsageError, match="no e-mail address"):
        add(connection, email)


def test_somebody_is_added_once(catalog: Catalog) -> None:
    with catalog.write() as connection:
        add(connection, "a@example.gov")
        with pytest.raises(UsageError, match="may sign in already"):
            add(connection, "A@example.gov")
        assert [one.email for one in people.listed(connection)] == ["a@example.gov"]
