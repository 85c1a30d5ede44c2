"""``onecopy token`` and ``onecopy agreement``: what they write is what a gate goes by."""

import inspect
import json
from datetime import UTC, datetime, timedelta
from typing import get_args

import pytest
from sqlalchemy import update

from onecopy.catalog import agreements, tokens
from onecopy.catalog.agreements import Reveals
from onecopy.catalog.schema import token
from onecopy.catalog.store import Catalog
from onecopy.cli.agreement.make import make

PLACE = ("--catalog", "catalog.db")


@pytest.fixture
def kept(tmp_path):
    def kept(read):
        with Catalog(tmp_path / "catalog.db") as catalog, catalog.read() as connection:
            return read(connection)

    return kept


def test_a_token_from_first_to_last(quick, kept, tmp_path):
    done = quick("token", "create", " portal ", "--role", "uploader", "--agency", "fire", *PLACE, check=0)
    (secret,) = done.stdout.splitlines()
    assert secret.startswith("onecopy_")
    one = kept(lambda connection: tokens.by_secret(connection, secret))
    assert (one.name, one.role, one.agency) == ("portal", "uploader", "fire")
    assert timedelta(days=364) < one.expires_at - datetime.now(UTC) < timedelta(days=366)
    assert f"Its id is {one.id}." in done.stderr
    assert secret.encode() not in (tmp_path / "catalog.db").read_bytes()

    listed = quick("token", "list", *PLACE, check=0).stdout
    assert listed.startswith(f"{one.id}  portal: uploader for fire, ends on ")
    assert json.loads(quick("token", "list", "--json", *PLACE, check=0).stdout)["name"] == "portal"
    again = quick("token", "create", "portal", "--role", "auditor", *PLACE, check=2)
    assert "There is or was a token 'portal'" in again.stderr

    quick("token", "revoke", one.id, *PLACE, check=0)
    assert not kept(lambda connection: tokens.by_secret(connection, secret)).valid(datetime.now(UTC))
    assert "portal: uploader for fire, revoked on " in quick("token", "list", *PLACE, check=0).stdout
    assert "There is no token 'x'" in quick("token", "revoke", "x", *PLACE, check=2).stderr
    events = [json.loads(line) for line in quick("audit", "export", *PLACE, check=0).stdout.splitlines()]
    assert [one["eventDetail"] for one in events] == ["token.created", "token.revoked"]
    assert all("(command line)" in one["linkingAgentIdentifierValue"] for one in events)
    assert secret not in str(events)


def test_tokens_that_end(tmp_path):
    with Catalog(tmp_path / "catalog.db") as catalog, catalog.write() as connection:
        soon = datetime.now(UTC) + timedelta(days=1)
        one, _ = tokens.create(connection, name="n", role="auditor", agency=None, by="t", expires_at=soon)
        assert one.valid(datetime.now(UTC))
        assert not one.valid(soon)


def test_who_a_token_is_for(quick, kept):
    quick("token", "create", "all", "--role", "auditor", "--every-agency", *PLACE, check=0)
    quick("token", "create", "one", "--role", "reviewer", *PLACE, check=0)
    found = kept(lambda connection: tokens.listed(connection, agency=None))
    assert [(one.name, one.agency) for one in found] == [("all", None), ("one", "")]
    both = ("--role", "auditor", "--every-agency", "--agency", "fire")
    assert "not both" in quick("token", "create", "x", *both, *PLACE, check=2).stderr
    assert (
        "control characters" in quick("token", "create", "a\nb", "--role", "auditor", *PLACE, check=2).stderr
    )


def test_an_agreement_can_reveal_what_there_is_to_reveal():
    asked = inspect.signature(make, eval_str=True).parameters["reveals"].annotation
    assert list(get_args(get_args(asked)[0])) == [str(one) for one in Reveals]


def test_an_agreement_from_first_to_last(quick, kept):
    reveals = Reveals.HELD_ELSEWHERE
    sides = ("--holder", "fire", "--seeker", "parks", "--reveals", reveals)
    quick("agreement", "make", *sides, *PLACE, check=0)
    (one,) = kept(lambda connection: agreements.listed(connection, agency="parks"))
    assert kept(lambda connection: agreements.seen_by(connection, "parks")) == {"fire": reveals}
    line = quick("agreement", "list", *PLACE, check=0).stdout
    assert line.startswith(f"{one.id}  parks learns of matches with fire: {reveals}, since ")
    assert line.endswith(", in force\n")
    quick("agreement", "end", one.id, *PLACE, check=0)
    assert kept(lambda connection: agreements.seen_by(connection, "parks")) == {}
    ended = json.loads(quick("agreement", "list", "--json", *PLACE, check=0).stdout)
    assert ended["ended_at"]
    assert "There is no agreement 'x'" in quick("agreement", "end", "x", *PLACE, check=2).stderr


def test_the_first_token_can_be_chosen_again(tmp_path):
    def choose(secret):
        tokens.choose_first(connection, secret, role="administrator", by="test")
        return [one.id for one in tokens.listed(connection, agency=None)]

    with Catalog(tmp_path / "catalog.db") as catalog, catalog.write() as connection:
        assert choose("first-choice-of-many") == ["admin"]
        tokens.revoke(connection, "admin", agency=None, by="test")
        assert choose("first-choice-of-many") == ["admin"]
        assert tokens.by_secret(connection, "first-choice-of-many").valid(datetime.now(UTC))
        choose("second-choice-of-many")
        assert tokens.by_secret(connection, "first-choice-of-many") is None
        past = datetime.now(UTC) - timedelta(days=1)
        connection.execute(update(token).values(expires_at=past))
        choose("second-choice-of-many")
        assert tokens.by_secret(connection, "second-choice-of-many").valid(datetime.now(UTC))
