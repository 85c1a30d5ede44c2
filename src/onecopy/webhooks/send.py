"""Sending one message: to an address that was checked and to no other, in bounded time, reading little."""

import logging
import re
import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from typing import Any

import anyio
import certifi
import httpcore

import onecopy
from onecopy.errors import UsageError
from onecopy.webhooks.resolve import looked_up
from onecopy.webhooks.signing import signed
from onecopy.webhooks.target import Address, Allowed, Target

MOST = 16 << 10
"""Bytes of an answer that are read. Nobody looks at them; a receiver may not notice that it was cut short."""

Headers = list[tuple[str, str]]

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came of an attempt.

    Attributes:
        status: What the receiver answered; ``None`` if it did not.
        problem: Why it did not, in a sentence.
        asked: How long it asked to be left alone.
    """

    status: int | None = None
    problem: str | None = None
    asked: timedelta | None = None

    @property
    def taken(self) -> bool:
        """Whether it took the message."""
        return self.status is not None and 200 <= self.status < 300


class _Checked(httpcore.AsyncNetworkBackend):
    """Connects to the addresses that were checked, whatever the name resolves to a moment later."""

    def __init__(self, addresses: Iterable[Address]) -> None:
        self._addresses = list(addresses)
        self._network = httpcore.AnyIOBackend()

    async def connect_tcp(self, host: str, port: int, *args: Any, **how: Any) -> httpcore.AsyncNetworkStream:
        """Connect to the first that answers. The name stays what the certificate is compared with."""
        problem: httpcore.ConnectError | httpcore.ConnectTimeout | None = None
        for address in self._addresses:
            try:
                return await self._network.connect_tcp(str(address), port, *args, **how)
            except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
                problem = error
        raise problem or httpcore.ConnectError("no address")


class Sender:
    """Sends messages. Nothing is kept between two of them.

    Args:
        allowed: What is let in besides the internet.
        seconds: How long one attempt may take, from looking up the name to the end of the answer.
    """

    def __init__(self, allowed: Allowed, seconds: float) -> None:
        self.allowed, self.seconds = allowed, seconds
        self._tls = ssl.create_default_context()
        self._tls.load_verify_locations(certifi.where())  # beside the system's, which may have none

    async def send(self, url: str, id: str, body: str, secrets: Iterable[str]) -> Answer:
        """Make one attempt. Never raises for anything that a receiver does."""
        try:
            with anyio.fail_after(self.seconds):
                target, addresses = await looked_up(url, self.allowed)
                return await self._post(target, addresses, _headers(target, id, body, secrets), body)
        except TimeoutError:
            return Answer(problem=f"It did not answer within {self.seconds:g} seconds.")
        except UsageError as error:
            return Answer(problem=error.message)
        except (httpcore.ConnectError, httpcore.ConnectTimeout) as error:
            return Answer(problem=f"It could not be connected to ({_said(error)}).")
        except (OSError, httpcore.NetworkError, httpcore.ProtocolError, httpcore.TimeoutException) as error:
            return Answer(problem=f"The connection broke ({_said(error)}).")
        except Exception:  # the others must be told all the same
            log.exception("a webhook's message could not be sent")
            return Answer(problem="Sending it failed in a way nobody foresaw. It was logged.")

    async def _post(
        self, target: Target, addresses: Iterable[Address], headers: Headers, body: str
    ) -> Answer:
        url = httpcore.URL(
            scheme=target.scheme.encode(),
            host=target.host.encode(),
            port=target.port,
            target=target.path.encode(),
        )
        async with (
            httpcore.AsyncConnectionPool(
                ssl_context=self._tls, network_backend=_Checked(addresses), max_keepalive_connections=0
            ) as pool,
            pool.stream("POST", url, headers=headers, content=body.encode()) as answer,
        ):
            await _skim(answer)
            found = {name.lower(): value for name, value in answer.headers}
        status = answer.status
        problem = None if 200 <= status < 300 else _problem(status)
        return Answer(status=status, problem=problem, asked=_asked(found.get(b"retry-after", b"")))


async def _skim(answer: httpcore.Response) -> None:
    left = MOST
    async for chunk in answer.aiter_stream():
        left -= len(chunk)
        if left <= 0:
            return


def _headers(target: Target, id: str, body: str, secrets: Iterable[str]) -> Headers:
    host = f"[{target.host}]" if ":" in target.host else target.host
    default = target.port == (443 if target.scheme == "https" else 80)
    headers = {
        "host": host if default else f"{host}:{target.port}",
        "content-type": "application/json",
        "user-agent": f"onecopy/{onecopy.__version__}",
        "accept-encoding": "identity",
        "connection": "close",
    }
    return [*headers.items(), *signed(id, int(time.time()), body, secrets).items()]


def _problem(status: int) -> str:
    if 300 <= status < 400:
        return f"It answered {status}: redirects are not followed. Set the webhook up with the new address."
    return f"It answered {status}."


def _asked(text: bytes) -> timedelta | None:
    """``Retry-After``: seconds, or a date."""
    said = text.decode("ascii", "replace").strip()
    if re.fullmatch(r"\d{1,9}", said):
        return timedelta(seconds=int(said))
    try:
        then = parsedate_to_datetime(said)
    except (TypeError, ValueError):
        return None
    ahead = (then if then.tzinfo else then.replace(tzinfo=UTC)) - datetime.now(UTC)
    return max(ahead, timedelta())


def _said(error: BaseException) -> str:
    """What an error says, without the addresses in it."""
    text = str(error.args[-1]) if error.args else ""
    return re.sub(r"\s+", " ", text)[:200] or type(error).__name__
