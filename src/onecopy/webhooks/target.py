"""Which addresses may be told anything: those of the internet, over HTTPS, and what a setting lets in.

Whoever may set a webhook up could otherwise have the service ask machines that only it can reach.
"""

import re
from collections.abc import Iterable
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Self
from urllib.parse import urlsplit

from onecopy.errors import UsageError

LONGEST = 2000
"""Characters of an address."""

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NAT64 = (ip_network("64:ff9b::/96"), ip_network("64:ff9b:1::/48"))
_SPACE = re.compile(r"[^\x21-\x7e]")


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """A webhook's address, taken apart. ``host`` is without brackets, in lower case."""

    scheme: str
    host: str
    port: int
    path: str

    @property
    def literal(self) -> Address | None:
        """The host, if it is a number and not a name."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None


@dataclass(frozen=True, slots=True, kw_only=True)
class Allowed:
    """What is let in besides the internet.

    Attributes:
        hosts: Names, in lower case. What they resolve to is trusted.
        networks: Networks.
    """

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()

    @classmethod
    def parse(cls, text: str) -> Self:
        """Read ``portal.internal, 10.20.0.0/16, ::1``.

        Raises:
            UsageError: An entry is neither a host nor a network.
        """
        hosts, networks = set(), []
        for entry in filter(None, re.split(r"[,\s]+", text)):
            try:
                networks.append(ip_network(entry.strip("[]")))
            except ValueError:
                if not re.fullmatch(r"[A-Za-z0-9_]([A-Za-z0-9_.-]*[A-Za-z0-9])?", entry) or "/" in entry:
                    raise UsageError(
                        f"{entry!r} is neither a host nor a network such as 10.20.0.0/16."
                    ) from None
                hosts.add(entry.lower())
        return cls(hosts=frozenset(hosts), networks=tuple(networks))

    def names(self, host: str, addresses: Iterable[Address] = ()) -> bool:
        """Whether a host is let in by its name, or all its addresses by their networks."""
        inside = [any(_within(one, network) for network in self.networks) for one in addresses]
        return host in self.hosts or (bool(inside) and all(inside))

    def check(self, target: Target, addresses: Iterable[Address]) -> list[Address]:
        """See whether a target may be told anything, at the addresses that it has now.

        Returns:
            The addresses; connect to these and to no other.

        Raises:
            UsageError: ``bad-target``.
        """
        found = list(addresses)
        if self.names(target.host, found):
            return found
        if target.scheme != "https":
            raise bad_target(
                "It must begin with https://; only hosts that the service is told of go without."
            )
        if not found or not all(public(one) for one in found):
            raise bad_target(
                f"{target.host} is not an address of the internet. If it is to be told all the same, whoever "
                "runs the service lists it in ONECOPY_WEBHOOK_ALLOW."
            )
        return found


def parse(url: str) -> Target:
    """Take a webhook's address apart.

    Raises:
        UsageError: ``bad-target``: it is none.
    """
    if len(url) > LONGEST or _SPACE.search(url):
        raise bad_target(f"It has at most {LONGEST:,} characters; others than ASCII are percent-encoded.")
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise bad_target("It cannot be read.") from None
    host = (parts.hostname or "").rstrip(".")
    if parts.scheme not in ("http", "https") or not host:
        raise bad_target("It is a URL such as https://portal.example/onecopy.")
    if parts.username is not None or parts.fragment or "\\" in url or "%" in host:
        raise bad_target("It has no user name, no fragment, no backslash and no zone.")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    default = 443 if parts.scheme == "https" else 80
    return Target(scheme=parts.scheme, host=host, port=default if port is None else port, path=path)


def public(address: Address) -> bool:
    """Whether the internet reaches it: none that is loopback, private, link-local, multicast or reserved."""
    inner = _embedded(address)
    if inner is not None:
        return public(inner)
    reserved = address.is_reserved or address.is_multicast or getattr(address, "is_site_local", False)
    return address.is_global and not reserved


def bad_target(detail: str) -> UsageError:
    """The address cannot be a webhook's."""
    return UsageError(f"The webhook's address cannot be used. {detail}", code="bad-target")


def _embedded(address: Address) -> IPv4Address | None:
    """The IPv4 address that an IPv6 address stands for, if it does."""
    if isinstance(address, IPv4Address):
        return None
    if any(address in network for network in _NAT64):
        return IPv4Address(int(address) & 0xFFFFFFFF)
    return address.ipv4_mapped or address.sixtofour or (address.teredo[1] if address.teredo else None)


def _within(address: Address, network: Network) -> bool:
    plain = address.ipv4_mapped if isinstance(address, IPv6Address) and address.ipv4_mapped else address
    return plain in network
