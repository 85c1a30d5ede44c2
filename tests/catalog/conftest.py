import contextlib
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from pathlib import Path

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, create_engine

from onecopy.catalog import migrate
from onecopy.catalog.store import Catalog, parse


@pytest.fixture
def catalog(catalog_url: str) -> Iterator[Catalog]:
    with Catalog(catalog_url) as opened:
        yield opened


@pytest.fixture
def older(empty_url: str) -> Callable[[str], AbstractContextManager[Connection]]:
    """Makes the catalog as an older release left it, for a transaction that fills it."""

    @contextlib.contextmanager
    def older(revision: str) -> Iterator[Connection]:
        engine = create_engine(parse(empty_url))
        config = Config()
        config.set_main_option("script_location", str(Path(migrate.__file__).parent / "migrations"))
        with engine.begin() as connection:
            config.attributes["connection"] = connection
            command.upgrade(config, revision)
            yield connection
        engine.dispose()

    return older
