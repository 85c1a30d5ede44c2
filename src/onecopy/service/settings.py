"""What the service can be told: by flags, by ``ONECOPY_…`` variables, by a file, or not at all.

One table: a new setting is a field here, and has its flag, its variable, its line in ``--help`` and, after
``make docs``, its line in docs/reference/settings.md.
"""

import os
from collections.abc import Mapping
from dataclasses import Field, dataclass, fields
from enum import StrEnum
from pathlib import Path
from typing import Any, Self

from onecopy.model import Limits
from onecopy.service import setting as read
from onecopy.service.setting import PREFIX, setting

CONFIG = PREFIX + "CONFIG"
"""The variable that names the file."""

_PLACES = "Places"
_LISTEN = "Listening"
_FILE = "What one upload may cost"
_LOAD = "How much at once"
_WEBHOOKS = "Webhooks"
_IMPORTS = "Imports"
_WATCH = "Watching"
_PAGES = "Pages"
_PEOPLE = "Tokens and people"

_DEFAULTS = Limits()


class LogFormat(StrEnum):
    """How lines of the log are written."""

    CONSOLE = "console"
    JSON = "json"


class LogLevel(StrEnum):
    """What is logged: this, and all that is worse."""

    DEBUG = "debug"
    INFO = "info"
    WARNING = "warning"
    ERROR = "error"


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Settings of one service. Every one has a default that works."""

    catalog: str | None = setting(
        None, "Catalog: a path or a database URL.", group=_PLACES, metavar="URL", unset="in your data folder"
    )
    vault: str | None = setting(
        None,
        "What keeps the uploads: a folder or s3://bucket/prefix.",
        group=_PLACES,
        metavar="URL",
        unset="in your data folder",
    )
    policy: Path | None = setting(
        None,
        "What becomes of uploads, see: onecopy policy.",
        group=_PLACES,
        metavar="FILE",
        unset="as shipped",
    )
    picture_cache: Path | None = setting(
        None,
        "Folder for pictures made for people to look at; what is in it can be made again.",
        group=_PLACES,
        metavar="FOLDER",
        unset="in your cache folder",
    )
    picture_cache_bytes: int = setting(
        1 << 30, "Bytes that those pictures may take.", group=_PLACES, least=1 << 20
    )
    host: str = setting("127.0.0.1", "Address to listen on; 0.0.0.0 for every one.", group=_LISTEN)
    port: int = setting(8420, "Port; 0 takes any free one.", group=_LISTEN, least=0, most=65535)
    workers: int = setting(1, "Processes that answer requests.", group=_LISTEN, least=1, most=256)
    public_url: str | None = setting(
        None,
        "Where browsers reach the service; needed behind a proxy.",
        group=_LISTEN,
        metavar="URL",
        unset="where it listens",
    )
    max_upload_bytes: int = setting(1 << 30, "Bytes of a file that is let in.", group=_FILE, least=1)
    max_unpacked_bytes: int = setting(
        _DEFAULTS.unpacked_bytes, "Bytes unpacked from one file.", group=_FILE, least=1
    )
    max_pixels: int = setting(_DEFAULTS.pixels, "Pixels of one image.", group=_FILE, least=1)
    max_pages: int = setting(_DEFAULTS.pages, "Pages of one file.", group=_FILE, least=1)
    max_images: int = setting(_DEFAULTS.images, "Images in one file.", group=_FILE, least=1)
    max_nesting: int = setting(
        _DEFAULTS.nesting, "Containers inside containers.", group=_FILE, least=0, most=16
    )
    max_seconds: float = setting(
        _DEFAULTS.seconds, "Seconds for one file, or for comparing a few.", group=_FILE, least=1, most=3600
    )
    max_memory_bytes: int = setting(
        _DEFAULTS.memory_bytes, "Memory of one worker that reads files.", group=_FILE, least=400 << 20
    )
    requests_per_minute: int = setting(
        6000, "Requests a minute of one token or person; 0 for any number.", group=_LOAD, least=0
    )
    uploads_at_once: int = setting(
        64,
        "Uploads and checks that one process has under way; more are answered with 503.",
        group=_LOAD,
        least=1,
        most=10_000,
    )
    idle_seconds: float = setting(
        30.0, "Seconds that the body of a request may send nothing.", group=_LOAD, least=1, most=3600
    )
    idempotency_hours: float = setting(
        48.0,
        "Hours that the first answer to an upload with an Idempotency-Key is kept, at least.",
        group=_LOAD,
        least=1,
        most=10_000,
    )
    decodes: int | None = setting(
        None,
        "Files that are read or compared at once, by all processes together.",
        group=_LOAD,
        least=1,
        most=1024,
        unset="one for each processor",
    )
    webhook_allow: str = setting(
        "",
        "Hosts and networks that webhooks may be at besides the internet, with commas between.",
        group=_WEBHOOKS,
        metavar="HOSTS",
    )
    webhook_seconds: float = setting(
        20.0, "Seconds that a webhook's receiver may take.", group=_WEBHOOKS, least=0.1, most=300
    )
    import_folders: str = setting(
        "", "Folders that imports may read, with colons between.", group=_IMPORTS, metavar="FOLDERS"
    )
    import_buckets: str = setting(
        "",
        "Buckets that imports may read: s3://bucket/prefix, with spaces between.",
        group=_IMPORTS,
        metavar="URLS",
    )
    imports_at_once: int = setting(
        2, "Rows that an import takes in together; one while uploads come.", group=_IMPORTS, least=1, most=64
    )
    log_level: LogLevel = setting(LogLevel.INFO, "What is logged: this, and what is worse.", group=_WATCH)
    log_format: LogFormat = setting(
        LogFormat.CONSOLE, "How it is logged: for people or as JSON.", group=_WATCH
    )
    metrics_port: int | None = setting(
        None,
        "Another port, for /metrics alone, without a token.",
        group=_WATCH,
        least=0,
        most=65535,
        unset="none; /metrics needs a token",
    )
    metrics_host: str = setting("127.0.0.1", "The address of that port.", group=_WATCH)
    public_page: bool = setting(False, "Let anybody see rounded figures, at /public.", group=_PAGES)
    review_minutes: float = setting(
        3.0, "Minutes that a person looks at one picture, as the dashboard assumes.", group=_PAGES, least=0
    )
    price_per_tb_year: float = setting(
        276.0, "US dollars for 10¹² bytes and a year, as the dashboard assumes.", group=_PAGES, least=0
    )
    admin_token: str | None = setting(
        None,
        "Sets the administrator's token.",
        group=_PEOPLE,
        unset="one is made at the first start, and shown once",
        secret=True,
    )
    oidc_issuer: str | None = setting(
        None,
        "The OpenID provider that people sign in through.",
        group=_PEOPLE,
        metavar="URL",
        unset="nobody can sign in",
    )
    oidc_client_id: str = setting("onecopy", "What the provider calls the service.", group=_PEOPLE)
    oidc_client_secret: str | None = setting(
        None, "The secret that it shares with the provider.", group=_PEOPLE, unset="none", secret=True
    )

    @property
    def browsers_url(self) -> str:
        """Where browsers reach the service, without a slash at the end."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return (self.public_url or f"http://{host}:{self.port}").rstrip("/")

    @classmethod
    def load(
        cls, flags: Mapping[str, Any], config: Path | None, environment: Mapping[str, str] = os.environ
    ) -> Self:
        """Flags before variables before the file before defaults.

        Args:
            flags: Values by the names of settings; ``None`` for what was not given.
            config: The file; ``None`` for what ``ONECOPY_CONFIG`` names, if it does.
            environment: The variables.

        Raises:
            UsageError: Something cannot be read, or is no setting.
        """
        named = environment.get(CONFIG)
        file = config if config is not None else Path(named).expanduser() if named else None
        found = {} if file is None else read.from_file(table(), file)
        found |= read.from_environment(table(), environment)
        found |= {
            one.name: read.parsed(one, flags[one.name], str(read.flag(one)))
            for one in table()
            if flags.get(one.name) is not None
        }
        return cls(**found)

    @classmethod
    def from_environment(cls, environment: Mapping[str, str] = os.environ) -> Self:
        """Read the variables alone: ``ONECOPY_CATALOG``, ``ONECOPY_MAX_UPLOAD_BYTES`` and so on.

        Raises:
            UsageError: One cannot be read.
        """
        return cls(**read.from_environment(table(), environment))

    def to_environment(self) -> dict[str, str]:
        """The variables that :meth:`from_environment` reads this from, for the processes of one service."""
        values = {read.variable(one): getattr(self, one.name) for one in table()}
        return {name: str(value) for name, value in values.items() if value is not None}

    def limits(self) -> Limits:
        """What one upload may cost."""
        return Limits(
            file_bytes=self.max_upload_bytes,
            unpacked_bytes=self.max_unpacked_bytes,
            pixels=self.max_pixels,
            pages=self.max_pages,
            images=self.max_images,
            nesting=self.max_nesting,
            seconds=self.max_seconds,
            memory_bytes=self.max_memory_bytes,
        )


def table() -> tuple["Field[Any]", ...]:
    """All settings, in the order they are shown."""
    return fields(Settings)
