"""The optional parts: what each is for, and whether it is installed."""

from collections.abc import Iterator
from importlib.util import find_spec

from onecopy.decode.extras import MODULES

PARTS = {
    "service": ("fastapi", "the gate: onecopy serve"),
    "oidc": ("authlib", "signing in through an OpenID provider"),
    "parquet": ("pyarrow", "Parquet beside CSV"),
    "heic": (MODULES["heic"], "HEIC pictures"),
    "postgres": ("psycopg", "a catalog on PostgreSQL"),
    "s3": ("obstore", "a vault on S3"),
}
"""By the name of the extra: the module that it brings, and what it is for."""


def parts() -> Iterator[tuple[str, str, bool]]:
    """Every part: its name, what it is for, and whether it is installed."""
    for name, (module, purpose) in PARTS.items():
        yield name, purpose, find_spec(module) is not None
