"""From a webhook's address to the numbers that may be connected to."""

from ipaddress import ip_address

import anyio

from onecopy.webhooks.target import Address, Allowed, Target, bad_target, parse


async def looked_up(url: str, allowed: Allowed) -> tuple[Target, list[Address]]:
    """Take an address apart, find out where it is now, and see whether it may be told anything there.

    Returns:
        The target, and the addresses to connect to.

    Raises:
        UsageError: ``bad-target``.
    """
    target = parse(url)
    return target, allowed.check(target, await _addresses(target))


async def _addresses(target: Target) -> list[Address]:
    if target.literal is not None:
        return [target.literal]
    try:
        found = await anyio.getaddrinfo(target.host, target.port, type=1)
    except (OSError, UnicodeError):
        raise bad_target(f"There is no host {target.host}, as far as can be seen from here.") from None
    return list(dict.fromkeys(ip_address(where[0].partition("%")[0]) for *_, where in found))
