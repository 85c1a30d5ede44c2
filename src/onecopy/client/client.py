"""The client."""

import contextlib
import hashlib
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any, Self, TypeVar

import httpx

from onecopy.client import calls
from onecopy.client.ask import Ask, File, again, answer, opened, pause, problem, segment, sha256_of
from onecopy.client.calls import Metadata
from onecopy.client.errors import UnreachableError
from onecopy.client.model import (
    Case,
    CaseInList,
    Delivery,
    Import,
    ImportRow,
    Matches,
    NewWebhook,
    Occurrence,
    Reply,
    Webhook,
)
from onecopy.client.transport import ATTEMPTS, SECONDS, address, headers, unreachable, whole

T = TypeVar("T")
PageT = TypeVar("PageT", bound=calls.Page)


class Client:
    """Talks to one service. Thread-safe; close it when done (it is a context manager).

    Args:
        url: Of the service: ``http://127.0.0.1:8420``.
        token: Of the portal; see ``onecopy token``.
        timeout: Seconds to wait for an answer.
        attempts: How often a request is sent, at most, where it broke on the way or the service was busy.
        transport: For tests, or for a proxy: httpx's own.

    Every method raises :class:`~onecopy.client.errors.ApiError` for a problem that the service answers with,
    and :class:`~onecopy.client.errors.UnreachableError` once nothing more is tried.

    Raises:
        UsageError: The address or the token cannot be one.
    """

    def __init__(
        self,
        url: str,
        token: str,
        *,
        timeout: float = SECONDS,
        attempts: int = ATTEMPTS,
        transport: httpx.BaseTransport | None = None,
    ) -> None:
        self._attempts = attempts
        self._http = httpx.Client(
            base_url=address(url), headers=headers(token), timeout=timeout, transport=transport
        )

    def upload(
        self,
        file: File,
        *,
        case: str,
        name: str = "",
        agency: str | None = None,
        source: str = "",
        category: str = "",
        captured_at: datetime | None = None,
        metadata: Metadata | None = None,
        idempotency_key: str | None = None,
    ) -> Reply:
        """Send an upload. On return it is kept.

        Args:
            file: A path, bytes, or an open file.
            case: What it belongs to.
            name: Its name, if it is not the path's.
            agency: Whose it is, where the token is for all agencies.
            source: Where it came from.
            category: What it is to the agency.
            captured_at: When it was taken; with its zone.
            metadata: What is to be kept beside it: a small object.
            idempotency_key: Names this upload, so that your own retry of it, also after a restart, is
                answered as it was first. By default each call has one of its own.

        Raises:
            RejectedError: The agency's policy turned it away.
        """
        said = calls.fields(case, name, agency, source, category, captured_at, metadata)
        return self._do(calls.upload(file, said, idempotency_key))

    def check(
        self,
        file: File,
        *,
        case: str,
        name: str = "",
        agency: str | None = None,
        source: str = "",
        category: str = "",
        captured_at: datetime | None = None,
        metadata: Metadata | None = None,
    ) -> Reply:
        """Say what would become of an upload; store nothing. Bytes are sent only if the digest says nothing.

        Args as for :meth:`upload`.
        """
        said = calls.fields(case, name, agency, source, category, captured_at, metadata)
        reply = self._do(calls.check_digest(sha256_of(file), said))
        return self._do(calls.check(file, said)) if reply.needs_bytes else reply

    def check_digest(self, sha256: str, *, case: str, agency: str | None = None) -> Reply:
        """Ask about a file by its digest alone; ``needs_bytes`` says that it is not held."""
        return self._do(calls.check_digest(sha256, calls.fields(case, "", agency, "", "", None, None)))

    def occurrence(self, id: str) -> Occurrence:
        """What is known of an occurrence."""
        return self._do(calls.occurrence(id))

    def delete(self, id: str) -> None:
        """Delete an occurrence; refused while it is held."""
        self._do(calls.delete(id))

    def matches(self, id: str) -> Matches:
        """What the images of an occurrence are to others, by what is known today."""
        return self._do(calls.matches(id))

    def case(self, id: str, *, agency: str | None = None) -> Case:
        """A case, and what was received for it."""
        return self._do(calls.case(id, agency))

    def content(self, id: str) -> bytes:
        """The original bytes of an occurrence, compared with their digest; large ones: :meth:`download`."""
        with self._content(id) as (response, expected):
            data = response.read()
        whole(hashlib.sha256(data), expected)
        return data

    def download(self, id: str, to: str | Path) -> Path:
        """Write the original bytes of an occurrence into a file, which is there whole or not at all.

        Args:
            id: Of the occurrence.
            to: The file, or a folder that it gets its own name in: the occurrence's id.

        Returns:
            The file.
        """
        target = Path(to) / id if Path(to).is_dir() else Path(to)
        with contextlib.ExitStack() as opened_files:
            file = opened_files.enter_context(tempfile.NamedTemporaryFile(dir=target.parent, delete=False))
            opened_files.callback(Path(file.name).unlink, missing_ok=True)
            digest = hashlib.sha256()
            with self._content(id) as (response, expected):
                for piece in response.iter_bytes():
                    digest.update(piece)
                    file.write(piece)
            whole(digest, expected)
            file.flush()
            Path(file.name).replace(target)
        return target

    def occurrences(self, /, **filters: Any) -> Iterator[Occurrence]:
        """Occurrences, newest first, page by page as they are asked for.

        Args:
            **filters: ``case``, ``agency``, ``sha256``, ``source``, ``category``, ``name``, ``since``,
                ``until``, ``captured_since``, ``captured_until``, ``metadata``, ``order``.
        """
        for page in self._pages(lambda cursor: calls.occurrences(cursor, filters)):
            yield from page.occurrences

    def cases(self, /, **filters: Any) -> Iterator[CaseInList]:
        """Cases, page by page; by ``agency``, ``prefix``, ``since``, ``until``."""
        for page in self._pages(lambda cursor: calls.cases(cursor, filters)):
            yield from page.cases

    def create_import(
        self,
        manifest: str | Path | bytes,
        *,
        dry_run: bool = False,
        name: str = "",
        agency: str | None = None,
        json_lines: bool | None = None,
        defaults: Mapping[str, str] | None = None,
    ) -> Import:
        """Have the service take in the files that a manifest names.

        Args:
            manifest: CSV, or JSON lines.
            dry_run: Only say what would become of them.
            name: What to call it.
            agency: Whose they are, where the token is for all agencies.
            json_lines: Whether it is JSON lines; by default its name says.
            defaults: ``case``, ``source``, ``category`` of rows that name none.
        """
        more = dict(defaults or {})
        return self._do(
            calls.create_import(
                manifest, json_lines=json_lines, dry_run=dry_run, name=name, agency=agency, defaults=more
            )
        )

    def get_import(self, id: str) -> Import:
        """An import, and how far it is."""
        return self._do(calls.import_(id))

    def imports(self) -> Iterator[Import]:
        """Imports, newest first."""
        for page in self._pages(lambda cursor: calls.imports(cursor)):
            yield from page.imports

    def import_rows(self, id: str, *, states: Collection[str] = ()) -> Iterator[ImportRow]:
        """The rows of an import; with ``states=["problem"]`` those that went wrong."""
        for page in self._pages(lambda cursor: calls.import_rows(id, cursor, states)):
            yield from page.rows

    def pause_import(self, id: str) -> Import:
        """Pause an import."""
        return self._do(calls.change_import(id, "pause"))

    def resume_import(self, id: str) -> Import:
        """Go on with an import that was paused."""
        return self._do(calls.change_import(id, "resume"))

    def cancel_import(self, id: str) -> Import:
        """End an import before its end."""
        return self._do(calls.change_import(id, "cancel"))

    def retry_import(self, id: str) -> Import:
        """Try the rows once more that went wrong."""
        return self._do(calls.change_import(id, "retry"))

    def create_webhook(
        self, url: str, *, events: Collection[str] | None = None, agency: str | None = None
    ) -> NewWebhook:
        """Have an address told what happens. Keep the secret from the reply: it is shown this once."""
        return self._do(calls.create_webhook(url, events, agency))

    def webhooks(self) -> tuple[Webhook, ...]:
        """All webhooks."""
        return self._do(calls.webhooks()).webhooks

    def delete_webhook(self, id: str) -> None:
        """Delete a webhook."""
        self._do(calls.delete_webhook(id))

    def deliveries(self, id: str) -> Iterator[Delivery]:
        """What a webhook was told, newest first."""
        for page in self._pages(lambda cursor: calls.deliveries(id, cursor)):
            yield from page.deliveries

    def close(self) -> None:
        """Let go of the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def _pages(self, of: Callable[[Any], Ask[PageT]]) -> Iterator[PageT]:
        """The pages of a list, each once it is asked for; ``of`` makes a page's request from its cursor."""
        cursor: Any = None
        while True:
            page = self._do(of(cursor))
            yield page
            cursor = page.next
            if cursor is None:
                return

    def _do(self, ask: Ask[T]) -> T:
        for attempt in range(self._attempts):
            last = attempt + 1 == self._attempts
            response = None
            try:
                response = self._send(ask)
            except httpx.TransportError as error:
                if last or not (ask.may_repeat or isinstance(error, httpx.ConnectError)):
                    raise unreachable(self._http.base_url, error) from error
            if response is not None and (last or not again(response)):
                return answer(ask, response)
            time.sleep(pause(attempt, response))
        raise AssertionError

    def _send(self, ask: Ask[T]) -> httpx.Response:
        if ask.file is None:
            return self._http.request(ask.method, ask.path, **ask.arguments(None))
        file, ours = opened(ask.file)
        try:
            return self._http.request(ask.method, ask.path, **ask.arguments(file))
        finally:
            if ours:
                file.close()

    @contextlib.contextmanager
    def _content(self, id: str) -> Iterator[tuple[httpx.Response, str]]:
        try:
            with self._http.stream("GET", f"/v1/occurrences/{segment(id)}/content") as response:
                if not response.is_success:
                    response.read()
                    raise problem(response)
                yield response, response.headers.get("repr-digest", "")
        except httpx.TransportError as error:
            raise UnreachableError(unreachable(self._http.base_url, error).message) from error
