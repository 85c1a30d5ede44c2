"""Reaching an S3 store: its address, its settings, and its errors in words.

Credentials come from the environment alone, under the names that AWS's own tools read (``AWS_ACCESS_KEY_ID``,
``AWS_SECRET_ACCESS_KEY``, ``AWS_SESSION_TOKEN``, or a role of the machine); never from an address.
"""

import contextlib
import functools
import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from onecopy.errors import EnvironmentProblem

if TYPE_CHECKING:
    from obstore.store import S3Store

PATIENCE = timedelta(seconds=30)
"""How long a request is tried again, at most, while the store says that it cannot now."""
RETRIES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Bucket:
    """Where a vault's objects are. Hashable, and can be sent to another process.

    Attributes:
        name: Of the bucket.
        prefix: What the names of all objects begin with, without slashes around it.
        endpoint: The store's address; empty for AWS, or what ``AWS_ENDPOINT_URL`` says.
        region: Empty for what ``AWS_REGION`` says, else ``us-east-1``.
        seconds: How long one request may take.
    """

    name: str
    prefix: str = ""
    endpoint: str = ""
    region: str = ""
    seconds: float = 60.0

    @property
    def place(self) -> str:
        """Its address, to be shown to people."""
        return "/".join(filter(None, (f"s3://{self.name}", self.prefix)))

    def store(self) -> "S3Store":
        """For everything but sending contents.

        Raises:
            EnvironmentProblem: ``needs-extra``.
        """
        return _store(self)

    def sending(self) -> "S3Store":
        """For sending contents: the store is told their SHA-256 and refuses what has another."""
        return _store(self, checksum=True)


@functools.lru_cache(maxsize=32)
def _store(bucket: Bucket, *, checksum: bool = False) -> "S3Store":
    try:
        from obstore.store import S3Store
    except ImportError:
        raise EnvironmentProblem(
            "A vault on S3 needs parts that are not installed. Install them with: pip install 'onecopy[s3]'",
            code="needs-extra",
        ) from None
    client: dict[str, Any] = {
        "timeout": timedelta(seconds=bucket.seconds),
        "connect_timeout": timedelta(seconds=min(5.0, bucket.seconds)),
        "allow_http": bucket.endpoint.startswith("http:"),
    }
    settings: dict[str, Any] = {}
    if checksum:
        # Some stores look at the checksum only if this says that there is one.
        client["default_headers"] = {"x-amz-sdk-checksum-algorithm": "SHA256"}
        settings["checksum_algorithm"] = "SHA256"
    if bucket.endpoint:
        settings["endpoint"] = bucket.endpoint
    if bucket.region:
        settings["region"] = bucket.region
    return S3Store(
        bucket.name,
        prefix=bucket.prefix or None,
        client_options=client,  # type: ignore[arg-type]
        retry_config={
            "max_retries": RETRIES,
            "retry_timeout": min(PATIENCE, timedelta(seconds=2 * bucket.seconds)),
            "backoff": {"init_backoff": timedelta(milliseconds=100), "max_backoff": timedelta(seconds=2)},
        },
        **settings,
    )


@contextlib.contextmanager
def in_words(bucket: Bucket) -> Iterator[None]:
    """Turn what the store says into a problem; that an object is not there stays ``FileNotFoundError``.

    Raises:
        EnvironmentProblem: ``vault-unwritable`` where it refuses, ``vault-unreachable`` where it fails.
    """
    from obstore import exceptions as said

    try:
        yield
    except (said.PermissionDeniedError, said.UnauthenticatedError) as error:
        raise _refused(bucket, error) from error
    except said.BaseError as error:
        if " 403 " in str(error):
            raise _refused(bucket, error) from error
        if "NoSuchBucket" in str(error):
            raise no_bucket(bucket) from error
        raise EnvironmentProblem(
            f"The vault {bucket.place} cannot be reached now ({_short(error)}). "
            "Nothing was acknowledged; try again.",
            code="vault-unreachable",
        ) from error


def broke_off(error: Exception) -> bool:
    """Whether the connection failed, so that nobody knows what became of the request."""
    return "status code:" not in str(error)


def no_bucket(bucket: Bucket) -> EnvironmentProblem:
    """That there is no such bucket."""
    return EnvironmentProblem(
        f"There is no bucket {bucket.name}. Make it, or check the name and the endpoint.",
        code="vault-unreachable",
    )


def _refused(bucket: Bucket, error: Exception) -> EnvironmentProblem:
    return EnvironmentProblem(
        f"The vault {bucket.place} refuses us ({_short(error)}). Check AWS_ACCESS_KEY_ID, "
        "AWS_SECRET_ACCESS_KEY and what they may do; nothing was stored.",
        code="vault-unwritable",
    )


def _short(error: Exception) -> str:
    """What a store said, without addresses, signatures and the rest of its reply."""
    text = str(error).partition("\n\nDebug source")[0]
    code = re.search(r"<Code>(\w+)</Code>", text)
    status = re.search(r"status code: (\d{3} [A-Za-z ]+)", text)
    if code or status:
        return " ".join(found[1].strip() for found in (status, code) if found)
    return text.rpartition(" - ")[2].split("\n")[0][:200]


def spool_folder(bucket: Bucket) -> Path:
    """Where bytes wait on their way in, unless an address says where."""
    import platformdirs

    return platformdirs.user_cache_path("onecopy", appauthor=False) / "spool" / bucket.name
