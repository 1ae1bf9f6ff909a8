"""Alembic's entry: the connection is handed in by web.migrations.upgrade, so there is one way only to migrate."""

from alembic import context

from web.store.tables import metadata

connection = context.config.attributes["connection"]
context.configure(connection=connection, target_metadata=metadata, render_as_batch=True)
with context.begin_transaction():
    context.run_migrations()
