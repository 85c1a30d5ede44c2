"""Signatures, beside the library of the specification's authors."""

import time
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from standardwebhooks.webhooks import Webhook, WebhookVerificationError

from onecopy.catalog.webhooks import fresh_secret
from onecopy.errors import UsageError
from onecopy.webhooks.signing import TOLERANCE, signed, verified

SECRET = fresh_secret()


@given(st.text(st.characters(codec="ascii"), max_size=300))
def test_the_library_makes_the_same(body):
    now = int(time.time())
    ours = signed("msg_1", now, body, [SECRET])["webhook-signature"]
    assert ours == Webhook(SECRET).sign("msg_1", datetime.fromtimestamp(now, UTC), body)
    assert verified(signed("msg_1", now, body, [SECRET]), body.encode(), SECRET)


def test_both_secrets_sign_while_one_takes_over():
    now = int(time.time())
    new, former = fresh_secret(), fresh_secret()
    headers = signed("msg_1", now, '{"a":1}', [new, former])
    for secret in (new, former):
        assert Webhook(secret).verify('{"a":1}', headers) == {"a": 1}
        assert verified({name.title(): value for name, value in headers.items()}, b'{"a":1}', secret)
    with pytest.raises(WebhookVerificationError):
        Webhook(fresh_secret()).verify('{"a":1}', headers)


@pytest.mark.parametrize(
    "change",
    [
        {"webhook-id": "msg_2"},
        {"webhook-id": ""},
        {"webhook-timestamp": "9" * 5000},
        {"webhook-timestamp": "١٢٣"},
        {"webhook-signature": ""},
        {"webhook-signature": "v1,"},
        {"webhook-signature": "v1,é v2,x"},
    ],
)
def test_what_was_changed_is_not_believed(change):
    now = int(time.time())
    headers = signed("msg_1", now, "{}", [SECRET])
    assert verified(headers, b"{}", SECRET)
    assert not verified(headers | change, b"{}", SECRET)
    assert not verified(headers, b"{} ", SECRET)
    assert not verified({}, b"{}", SECRET)


def test_another_moment_is_not_believed():
    now = int(time.time())
    headers = signed("msg_1", now, "{}", [SECRET])
    for said in (str(now - 1), f" {now}"):
        assert not verified(headers | {"webhook-timestamp": said}, b"{}", SECRET)


def test_what_is_old_or_early_is_not_believed():
    now = int(time.time())
    headers = signed("msg_1", now, "{}", [SECRET])
    assert verified(headers, b"{}", SECRET, now=now + TOLERANCE)
    assert not verified(headers, b"{}", SECRET, now=now + TOLERANCE + 1)
    assert not verified(headers, b"{}", SECRET, now=now - TOLERANCE - 1)


def test_a_secret_that_is_none_is_said():
    with pytest.raises(UsageError, match="begins with whsec_"):
        verified(signed("msg_1", int(time.time()), "{}", [SECRET]), b"{}", "whsec_!")
