from collections.abc import Callable
from contextlib import AbstractContextManager
from datetime import UTC, datetime

from sqlalchemy import Connection, text

from onecopy.catalog import events, settings, tokens
from onecopy.catalog.store import Catalog


def test_the_first_token_of_an_older_release_holds(
    empty_url: str, older: Callable[[str], AbstractContextManager[Connection]]
) -> None:
    with older("0001") as connection:
        connection.execute(
            text("INSERT INTO setting (name, value) VALUES ('admin-token-sha256', :digest)"),
            {"digest": tokens.digest("given to the portal long ago")},
        )
    with Catalog(empty_url) as catalog, catalog.read() as connection:
        found = tokens.by_secret(connection, "given to the portal long ago")
        assert found is not None
        assert (found.id, found.role, found.agency) == ("admin", "administrator", None)
        assert found.valid(datetime.now(UTC))
        assert abs((found.created_at - datetime.now(UTC)).total_seconds()) < 3600
        assert settings.get(connection, "admin-token-sha256") is None
        assert events.head(connection) is not None


def test_a_token_is_found_by_itself_alone(catalog: Catalog) -> None:
    with catalog.write() as connection:
        one, secret = tokens.create(connection, name="n", role="auditor", agency="fire", by="t")
        other, _ = tokens.create(connection, name="m", role="auditor", agency="parks", by="t")
        assert tokens.by_secret(connection, secret) == one
        for wrong in (secret[:-1], secret + "x", secret.upper(), tokens.digest(secret), "", "é\udcff"):
            assert tokens.by_secret(connection, wrong) is None
        assert tokens.listed(connection, agency="fire") == [one]
        assert not tokens.revoke(connection, other.id, agency="fire", by="t")
        assert tokens.get(connection, other.id) == other
