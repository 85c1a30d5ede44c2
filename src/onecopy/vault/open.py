"""Opening a vault by its address: a folder, or a bucket."""

import os
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import parse_qsl, unquote, urlsplit

from onecopy.errors import UsageError
from onecopy.vault.bucket import BucketVault
from onecopy.vault.interface import Vault
from onecopy.vault.local import LocalVault, default_vault
from onecopy.vault.s3 import Bucket

_YES = {"1": True, "yes": True, "true": True, "0": False, "no": False, "false": False}
_OPTIONS = {"file": {"read_back"}, "s3": {"read_back", "endpoint", "region", "seconds", "spool"}}


def open_vault(where: str | os.PathLike[str] | None = None, *, make: bool = True) -> Vault:
    """Open a vault, and make one where there is nothing yet.

    Args:
        where: A folder; or ``file:///folder`` or ``s3://bucket/prefix``, either with options behind a ``?``:
            ``read_back=yes`` reads everything again before it counts as kept; of a bucket also ``endpoint``,
            ``region``, ``seconds`` (for one request) and ``spool`` (the folder where bytes wait to be sent).
            By default the folder in the user's data folder.
        make: Without it, the vault must be there.

    Raises:
        UsageError: The address cannot be understood.
        EnvironmentProblem: The vault cannot be opened.
    """
    if where is None:
        return LocalVault(default_vault(), make=make)
    text = os.fspath(where)
    if "://" not in text:
        return LocalVault(Path(text).expanduser(), make=make)
    try:
        parts = urlsplit(text)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        named, secret = parts.hostname or "", parts.username is not None
    except ValueError:
        raise _misread() from None
    if parts.scheme not in _OPTIONS or parts.fragment:
        raise _misread()
    if secret:
        raise UsageError(
            "A vault's address holds no keys. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY instead."
        )
    if unknown := sorted(set(options) - _OPTIONS[parts.scheme]):
        raise UsageError(f"A vault's address has no option {unknown[0]!r}. See the how-to on storage.")
    read_back = _choice(options)
    if parts.scheme == "file":
        return LocalVault(Path(unquote(parts.path)), read_back=read_back, make=make)
    spool = options.get("spool")
    return BucketVault(
        _bucket(named, unquote(parts.path), options),
        spool=Path(spool).expanduser() if spool else None,
        read_back=read_back,
        make=make,
    )


def bucket_at(where: str) -> Bucket:
    """A bucket by its address, ``s3://bucket/prefix``, with the options of a vault's address.

    Raises:
        UsageError: The address cannot be understood.
    """
    try:
        parts = urlsplit(where)
        options = dict(parse_qsl(parts.query, keep_blank_values=True))
        known = set(options) <= {"endpoint", "region", "seconds"}
        if parts.scheme != "s3" or parts.fragment or parts.username is not None or not known:
            raise _misread()
        return _bucket(parts.hostname or "", unquote(parts.path), options)
    except ValueError:
        raise _misread() from None


def _bucket(name: str, path: str, options: Mapping[str, str]) -> Bucket:
    endpoint = options.get("endpoint", "").rstrip("/")
    if not name or (endpoint and not endpoint.startswith(("http://", "https://"))):
        raise _misread()
    try:
        seconds = float(options.get("seconds", 60))
    except ValueError:
        seconds = 0.0
    if not 0.1 <= seconds <= 3600:
        raise UsageError("The option 'seconds' of a vault's address is a number from 0.1 to 3600.")
    return Bucket(
        name=name,
        prefix=path.strip("/"),
        endpoint=endpoint,
        region=options.get("region", ""),
        seconds=seconds,
    )


def _choice(options: Mapping[str, str]) -> bool:
    try:
        return _YES[options.get("read_back", "no").lower()]
    except KeyError:
        raise UsageError("The option 'read_back' of a vault's address is 'yes' or 'no'.") from None


def _misread() -> UsageError:
    return UsageError(
        "The vault's address cannot be read. Give a folder, or s3://bucket/prefix, "
        "with ?endpoint=https://… behind it if the store is not AWS."
    )
