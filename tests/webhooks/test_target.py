"""Which addresses may be told anything."""

from ipaddress import ip_address

import pytest

from onecopy.errors import UsageError
from onecopy.webhooks.target import Allowed, parse, public


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_the_internet_may_be_told(address):
    assert public(ip_address(address))


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1", "127.8.8.8", "0.0.0.0", "10.0.0.1", "172.16.0.1", "192.168.1.1", "169.254.169.254",
        "100.64.0.1", "192.0.2.1", "198.18.0.1", "224.0.0.1", "239.1.2.3", "240.0.0.1", "255.255.255.255",
        "::", "::1", "fe80::1", "fc00::1", "fd00:ec2::254", "fec0::1", "ff02::1", "2001:db8::1", "::7f00:1",
        "::ffff:127.0.0.1", "::ffff:10.0.0.1", "64:ff9b::7f00:1", "64:ff9b::a9fe:a9fe", "2002:7f00:1::",
        "2002:a00:1::", "64:ff9b:1::7f00:1",
    ],
)  # fmt: skip
def test_what_only_this_machine_reaches_may_not(address):
    assert not public(ip_address(address))


@pytest.mark.parametrize(
    "url",
    [
        "", "portal", "//portal", "ftp://portal/", "file:///etc/passwd", "https://", "https:///x",
        "https://a b/",
        "https://user:secret@portal/", "https://portal/#x", "https://portal:99999/", "https://portal\\@evil/",
        "https://[::1", "https://[fe80::1%25eth0]/", "https://porta\u0142/", "https://portal/\n",
        "https://p/" + "a" * 2000,
    ],
)  # fmt: skip
def test_what_is_no_address(url):
    with pytest.raises(UsageError) as refused:
        parse(url)
    assert refused.value.code == "bad-target"


def test_an_address_is_taken_apart():
    one = parse("https://Portal.Example.:8443/a/b?c=d")
    assert (one.scheme, one.host, one.port, one.path) == ("https", "portal.example", 8443, "/a/b?c=d")
    assert parse("https://portal").path == "/"
    assert parse("http://[::1]/").literal == ip_address("::1")


LETS = Allowed.parse("portal.internal, 10.20.0.0/16 [::1]")


@pytest.mark.parametrize(
    ("url", "addresses", "passes"),
    [
        ("https://a.example", ["8.8.8.8"], True),
        ("http://a.example", ["8.8.8.8"], False),
        ("https://a.example", ["8.8.8.8", "127.0.0.1"], False),
        ("https://a.example", [], False),
        ("https://a.example", ["10.20.3.4"], True),
        ("http://a.example", ["10.20.3.4"], True),
        ("http://a.example", ["::ffff:10.20.3.4"], True),
        ("http://a.example", ["10.20.3.4", "10.21.3.4"], False),
        ("http://[::1]:9", ["::1"], True),
        ("http://PORTAL.internal", ["192.168.1.1"], True),
        ("http://sub.portal.internal", ["192.168.1.1"], False),
        ("https://2130706433", ["127.0.0.1"], False),
    ],
)
def test_what_is_let_in(url, addresses, passes):
    found = [ip_address(one) for one in addresses]
    if passes:
        assert LETS.check(parse(url), found) == found
    else:
        with pytest.raises(UsageError) as refused:
            LETS.check(parse(url), found)
        assert refused.value.code == "bad-target"


def test_a_setting_that_cannot_be_read_is_said():
    assert Allowed.parse("") == Allowed()
    with pytest.raises(UsageError, match=r"'10.20.0.0/40' is neither"):
        Allowed.parse("portal, 10.20.0.0/40")
