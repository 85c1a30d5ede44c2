"""``Content-Disposition`` for any name (RFC 6266, RFC 8187): nothing in a name can end the header."""

import re
from urllib.parse import quote, unquote_to_bytes

_PARAMETER = re.compile(r';\s*([\w*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^\s;"]+))')
_CHARSETS = {"utf-8", "iso-8859-1"}


def attachment(name: str) -> str:
    """Offer a download under ``name``, and under its nearest ASCII relative to old clients."""
    plain = re.sub(r"[^A-Za-z0-9 !#$&'()+,\-.;=@\[\]^_`{}~]", "_", name)
    if plain == name:
        return f'attachment; filename="{plain}"'
    exact = quote(name.encode("utf-8", "surrogateescape"), safe="!#$&+-.^_`|~")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}"


def file_name(header: str) -> str:
    """The name that a header gives a file, without any path; empty where it gives none.

    Args:
        header: As servers hand headers on: each byte a character.
    """
    given = {key.lower(): quoted or token for key, quoted, token in _PARAMETER.findall(header)}
    name = _extended(given.get("filename*", ""))
    if not name:
        raw = given.get("filename", "")
        if re.match(r"[A-Za-z]:\\|\\\\", raw):  # a path of Windows, not escaped
            raw = raw.rsplit("\\", 1)[-1]
        name = re.sub(r"\\(.)", r"\1", raw).encode("latin-1").decode("utf-8", "surrogateescape")
    return name.rsplit("/", 1)[-1]


def _extended(value: str) -> str:
    """A value with its character set and language before it (RFC 8187)."""
    charset, _, rest = value.partition("'")
    encoded = rest.partition("'")[2]
    if charset.lower() not in _CHARSETS or not encoded:
        return ""
    return unquote_to_bytes(encoded).decode(charset, "surrogateescape")
