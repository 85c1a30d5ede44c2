"""Alembic's entry: always on a connection that :mod:`onecopy.catalog.migrate` hands over."""

from alembic import context

from onecopy.catalog.schema import metadata

context.configure(connection=context.config.attributes["connection"], target_metadata=metadata)
context.run_migrations()
