"""Sending one message to a real receiver, however that behaves."""

import socket
import subprocess
import time

import apart
import pytest
import receiver as receivers

from onecopy.catalog.webhooks import fresh_secret
from onecopy.webhooks import resolve
from onecopy.webhooks.send import Sender
from onecopy.webhooks.target import Allowed

SECRET = fresh_secret()
HERE = Allowed.parse("127.0.0.1")


def send(url, *, allowed=HERE, seconds=10.0, id="msg_1"):
    return apart.run(Sender(allowed, seconds).send(url, id, '{"type":"webhook.ping"}', [SECRET]))


@pytest.mark.parametrize(
    ("how", "status", "problem"),
    [
        ("ok", 204, None),
        ("fail", 500, "It answered 500."),
        ("gone", 410, "It answered 410."),
        ("endless", 200, None),
        ("busy", 503, "It answered 503."),
    ],
)
def test_what_it_answers_is_what_counts(receiver, how, status, problem):
    receiver.trust(SECRET, f"/{how}")
    answer = send(receiver.url(f"/{how}/answers"))
    assert (answer.status, answer.problem) == (status, problem)
    assert answer.taken == (status < 300)
    assert (answer.asked is not None and answer.asked.seconds == 7) == (how == "busy")
    (request,) = receiver.told(f"/{how}/answers")
    assert request["verified"]
    assert request["headers"]["content-type"] == "application/json"
    assert request["headers"]["user-agent"].startswith("onecopy/")
    assert request["headers"]["host"] == f"127.0.0.1:{receiver.port}"


@pytest.mark.parametrize("how", ["slow", "drip"])
def test_no_receiver_is_waited_for_long(receiver, how):
    begun = time.monotonic()
    answer = send(receiver.url(f"/{how}/x"), seconds=0.5)
    assert (answer.status, answer.problem) == (None, "It did not answer within 0.5 seconds.")
    assert time.monotonic() - begun < 10  # the receiver would take 30, or for ever


def test_redirects_are_not_followed(receiver):
    answer = send(receiver.url(f"/move/http://127.0.0.1:{receiver.port}/inside"))
    assert (answer.status, answer.taken) == (302, False)
    assert "redirects are not followed" in answer.problem
    assert receiver.told("/inside") == []


@pytest.mark.parametrize(
    "host", ["127.0.0.1", "localhost", "[::ffff:127.0.0.1]", "2130706433", "0x7f.1", "0"]
)
def test_nothing_is_sent_inside_unless_that_is_let_in(receiver, host):
    before = len(receiver.told())
    answer = send(receiver.url("/ok", host), allowed=Allowed())
    assert answer.status is None
    assert answer.problem.startswith("The webhook's address cannot be used.")
    answer = send(f"https://{host}:{receiver.port}/ok", allowed=Allowed())
    assert "is not an address of the internet" in answer.problem
    assert len(receiver.told()) == before


def test_the_address_that_was_checked_is_connected_to(receiver, monkeypatch):
    """A name that resolves to another address a moment later gains nothing by it."""
    asked = []

    async def elsewhere(host, port, **_):
        asked.append(host)
        address = "127.0.0.1" if len(asked) == 1 else "127.0.0.2"
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (address, port))]

    monkeypatch.setattr(resolve.anyio, "getaddrinfo", elsewhere)
    # Whatever would look the name up by itself would find nothing: there is no such name.
    answer = send(receiver.url("/ok/rebound", "rebinding.example"))
    assert (answer.status, asked) == (204, ["rebinding.example"])
    (request,) = receiver.told("/ok/rebound")
    assert request["headers"]["host"] == f"rebinding.example:{receiver.port}"
    answer = send(receiver.url("/ok/again", "rebinding.example"))  # it resolves to 127.0.0.2 by now
    assert "is not an address" in answer.problem or "https://" in answer.problem
    assert receiver.told("/ok/again") == []


@pytest.mark.parametrize(
    ("url", "said"),
    [
        ("http://127.0.0.1:1/", "It could not be connected to"),
        ("https://no-such-host.invalid/", "There is no host no-such-host.invalid"),
        ("https://" + "a" * 70 + ".example/", "There is no host"),
    ],
)
def test_who_cannot_be_reached_is_said(url, said):
    assert said in send(url).problem


@pytest.fixture(scope="module")
def secure(tmp_path_factory):
    """A receiver that speaks TLS, and its certificate, for the name localhost."""
    folder = tmp_path_factory.mktemp("secure")
    key, certificate = folder / "key.pem", folder / "certificate.pem"
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-keyout", key, "-out", certificate, "-days", "2", "-subj", "/CN=localhost"),
            *("-addext", "subjectAltName=DNS:localhost"),
        ],
        check=True,
        capture_output=True,
    )
    both = folder / "both.pem"
    both.write_bytes(key.read_bytes() + certificate.read_bytes())
    with receivers.running(folder, certificate=both) as receiver:
        yield receiver, certificate


def test_certificates_are_checked_against_the_name(secure, monkeypatch):
    receiver, certificate = secure
    assert "could not be connected to" in send(receiver.url("/ok", "localhost")).problem
    monkeypatch.setenv("SSL_CERT_FILE", str(certificate))
    assert send(receiver.url("/ok", "localhost")).status == 204
    assert "could not be connected to" in send(receiver.url("/ok", "127.0.0.1")).problem
