"""Deleting occurrences: what is held and what others need stays, and the log says so."""

import pytest

from onecopy.audit.check import check
from onecopy.catalog import events
from onecopy.catalog.store import Catalog
from onecopy.records.audited import disagreements


def sent(send, data, **how):
    return send(data, "a.jpg", **how).json()["occurrence"]["id"]


def test_what_is_deleted_is_gone_and_others_stay(client, send, encode, photo, case):
    data = encode(photo(3), 77)
    first, second = sent(send, data), sent(send, data)
    assert client.delete(f"/v1/occurrences/{first}").status_code == 204
    for path in (f"/v1/occurrences/{first}", f"/v1/occurrences/{first}/content"):
        assert client.get(path).status_code == 404
    assert client.delete(f"/v1/occurrences/{first}").status_code == 404
    assert client.get(f"/v1/occurrences/{second}/content").content == data
    assert [one["id"] for one in client.get(f"/v1/cases/{case}").json()["occurrences"]] == [second]
    again = send(data, "b.jpg").json()
    assert [match["occurrence"]["id"] for match in again["matches"]] == [second]


@pytest.mark.parametrize("quality", [88, 60])
def test_nothing_is_matched_with_what_was_deleted(client, send, encode, photo, quality):
    one = sent(send, encode(photo(2), 88))
    assert send(encode(photo(2), quality), to="checks").json()["matches"]
    client.delete(f"/v1/occurrences/{one}")
    reply = send(encode(photo(2), quality), to="checks").json()
    assert (reply["decision"], reply["matches"]) == ("store", [])


def test_what_is_held_cannot_be_deleted(client, send, encode, photo):
    sent(send, encode(photo(1), 91))
    held = send(encode(photo(1).crop((60, 50, 600, 440)), 91)).json()
    assert held["decision"] == "hold"
    refused = client.delete(f"/v1/occurrences/{held['occurrence']['id']}")
    assert (refused.status_code, refused.json()["code"]) == (409, "under-hold")
    assert client.get(f"/v1/occurrences/{held['occurrence']['id']}").status_code == 200


def test_the_log_says_so(client, service, send):
    one = sent(send, b"deleted and logged")
    client.delete(f"/v1/occurrences/{one}")
    with Catalog(service.folder / "catalog.db") as catalog, catalog.read() as connection:
        assert check(events.entries(connection), events.head(connection)).intact
        assert not [said for said in disagreements(connection) if one in said]
        last = events.head(connection).size - 1
        ((_, line),) = events.lines(connection, agency=None, after=last - 1, limit=1)
    assert '"eventDetail":"occurrence.deleted","' in line
    assert '"eventType":"deaccession","eventTypeURI"' in line
    assert one in line
