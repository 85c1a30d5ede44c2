"""A new catalog is made at once; it must be what all migrations, one after the other, come to."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from sqlalchemy import Connection, MetaData, Table, create_engine, inspect, select, text

from onecopy.catalog.schema import metadata
from onecopy.catalog.store import Catalog, parse

Older = Callable[[str], AbstractContextManager[Connection]]
_PROGRAMS = {
    "sqlite": ("SELECT type, name, sql FROM sqlite_master WHERE type IN ('trigger', 'view')",),
    "postgresql": (
        "SELECT tgname, pg_get_triggerdef(oid) FROM pg_trigger WHERE NOT tgisinternal",
        "SELECT viewname, definition FROM pg_views WHERE schemaname = 'public'",
        "SELECT proname, prosrc FROM pg_proc WHERE pronamespace = 'public'::regnamespace",
        "SELECT sequencename, data_type::text FROM pg_sequences WHERE schemaname = 'public'",
    ),
}
_DETAILS = {
    "sqlite": "SELECT name, sql LIKE '%AUTOINCREMENT%' FROM sqlite_master WHERE type = 'table'",
    "postgresql": (
        "SELECT table_name || '.' || column_name, coalesce(collation_name, '') || ' ' || is_identity "
        "|| ' ' || coalesce(column_default, '') FROM information_schema.columns WHERE table_schema = 'public'"
    ),
}


def described(connection: Connection) -> dict[str, Any]:
    """Everything that there is in a database, whatever order it was made in."""
    there, dialect = inspect(connection), connection.dialect.name
    found: dict[str, Any] = {
        "details": sorted(map(tuple, connection.execute(text(_DETAILS[dialect])))),
        "programs": [sorted(map(tuple, connection.execute(text(one)))) for one in _PROGRAMS[dialect]],
    }
    for name in there.get_table_names():
        rows = connection.execute(select(Table(name, MetaData(), autoload_with=connection)))
        found[name] = {
            "columns": sorted(
                (one["name"], str(one["type"]), one["nullable"], str(one["default"]))
                for one in there.get_columns(name)
            ),
            "key": there.get_pk_constraint(name),
            "references": _sorted(there.get_foreign_keys(name)),
            "unique": _sorted(there.get_unique_constraints(name)),
            "checks": _sorted(there.get_check_constraints(name)),
            "indexes": _sorted(there.get_indexes(name)),
            "rows": [dict(row) for row in rows.mappings()],
        }
    return found


def _sorted(found: list[Any]) -> list[list[tuple[str, str]]]:
    return sorted(sorted((key, _said(value)) for key, value in one.items()) for one in found)


def _said(value: Any) -> str:
    """Conditions of indexes come as objects, which are never equal."""
    if isinstance(value, dict):
        return str({key: str(one) for key, one in value.items()})
    return str(value)


def emptied(url: str) -> None:
    if "://" not in url:
        for path in Path(url).parent.glob("catalog.db*"):
            path.unlink()
        return
    engine = create_engine(parse(url))
    with engine.begin() as connection:
        connection.execute(text("DROP SCHEMA public CASCADE"))
        connection.execute(text("CREATE SCHEMA public"))
    engine.dispose()


@pytest.fixture
def made_at_once(empty_url: str) -> dict[str, Any]:
    with Catalog(empty_url) as catalog, catalog.read() as connection:
        found = described(connection)
    emptied(empty_url)
    return found


def test_a_new_catalog_is_what_the_migrations_come_to(made_at_once: dict[str, Any], older: Older) -> None:
    with older("head") as connection:
        assert compare_metadata(MigrationContext.configure(connection), metadata) == []
        step_by_step = described(connection)
    assert made_at_once.keys() == step_by_step.keys()
    for name, one in step_by_step.items():
        assert made_at_once[name] == one, name
    assert step_by_step["event_head"]["rows"]
    assert step_by_step["occurrence"]["indexes"]
