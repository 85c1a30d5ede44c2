"""``onecopy webhook``: what it writes is what a service goes by."""

import json

import pytest

from onecopy.catalog import deliveries, webhooks
from onecopy.catalog.store import Catalog
from onecopy.cli.webhook import send
from onecopy.webhooks.signing import signed, verified

PLACE = ("--catalog", "catalog.db")
HERE = "http://127.0.0.1:9/"


@pytest.fixture
def create(quick):
    def create(*more, url=HERE):
        done = quick("webhook", "create", url, "--allow", "127.0.0.1", *more, *PLACE, check=0)
        (secret,) = done.stdout.splitlines()
        return done.stderr.split("Its id is ")[1].split(";")[0], secret

    return create


def test_a_webhook_from_first_to_last(quick, create, monkeypatch, tmp_path):
    id, secret = create("--agency", "fire", "--event", "upload.held")
    assert verified(signed("msg_1", 1, "{}", [secret]), b"{}", secret, now=1)
    (line,) = quick("webhook", "list", *PLACE, check=0).stdout.splitlines()
    assert line == f"{id}  {HERE} hears of upload.held for fire, took nothing yet"
    listed = quick("webhook", "list", "--json", *PLACE, check=0).stdout
    assert json.loads(listed)["kinds"] == ["upload.held"]
    assert secret not in listed
    rotated = quick("webhook", "rotate", id, *PLACE, check=0).stdout.strip()
    assert rotated.startswith("whsec_")
    assert rotated != secret

    monkeypatch.setattr(send, "SECONDS", 0.0)  # nobody sends here
    said = quick("webhook", "ping", id, *PLACE, check=1).stdout
    assert "waiting, not tried yet. Is a service running? Messages wait for one." in said
    message = said.partition(":")[0]
    (line,) = quick("webhook", "deliveries", id, *PLACE, check=0).stdout.splitlines()
    assert line.startswith(f"{message}  ")
    assert line.endswith("webhook.ping: waiting, not tried yet")
    assert quick("webhook", "deliveries", id, "--failed", *PLACE, check=0).stdout == ""

    with Catalog(tmp_path / "catalog.db") as catalog, catalog.write([webhooks.SCOPE]) as connection:
        one = webhooks.get(connection, id, agency=None)
        webhooks.disable(connection, one, webhooks.Disabled.GONE, by="webhook delivery")
        assert deliveries.any_due(connection, one.created_at.replace(year=2999))
    assert ", disabled on " in quick("webhook", "list", *PLACE, check=0).stdout
    assert "Enable it first" in quick("webhook", "redeliver", id, message, *PLACE, check=2).stderr
    quick("webhook", "enable", id, *PLACE, check=0)
    assert "not tried yet" in quick("webhook", "redeliver", id, message, *PLACE, check=1).stdout
    assert "There is no delivery 'x'" in quick("webhook", "redeliver", id, "x", *PLACE, check=2).stderr
    quick("webhook", "delete", id, *PLACE, check=0)
    none = quick("webhook", "list", *PLACE, check=0)
    assert (none.stdout, none.stderr) == ("", "There is none.\n")
    assert secret.encode() not in (tmp_path / "catalog.db").read_bytes()


@pytest.mark.parametrize("command", ["rotate", "enable", "delete", "ping", "deliveries"])
def test_one_that_there_is_not(quick, command, tmp_path):
    Catalog(tmp_path / "catalog.db").close()
    assert (
        "There is no webhook 'x'. See: onecopy webhook list"
        in quick("webhook", command, "x", *PLACE, check=2).stderr
    )


def test_addresses_and_events_that_cannot_be(quick):
    said = quick("webhook", "create", HERE, *PLACE, check=2).stderr
    assert "The webhook's address cannot be used." in said
    said = quick("webhook", "create", HERE, "--event", "upload.lost", *PLACE, check=2).stderr
    assert "There is no event 'upload.lost'. There are: upload.stored, " in said
