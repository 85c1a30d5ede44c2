"""``Content-Disposition`` for any name (RFC 6266, RFC 8187): nothing in a name can end the header."""

import re
from urllib.parse import quote


def attachment(name: str) -> str:
    """Offer a download under ``name``, and under its nearest ASCII relative to old clients."""
    plain = re.sub(r"[^A-Za-z0-9 !#$&'()+,\-.;=@\[\]^_`{}~]", "_", name)
    if plain == name:
        return f'attachment; filename="{plain}"'
    exact = quote(name.encode("utf-8", "surrogateescape"), safe="!#$&+-.^_`|~")
    return f"attachment; filename=\"{plain}\"; filename*=UTF-8''{exact}"
