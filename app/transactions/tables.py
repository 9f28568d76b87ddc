"""Finds and creates missing tables."""

from django.core.exceptions import ImproperlyConfigured
from django.db import connection

from transactions.models import IdempotencyKey, Outcome, Transaction, User

MODELS = (User, Transaction, Outcome, IdempotencyKey)


def missing() -> list[str]:
    """Names of the app's tables that the database lacks."""
    present = {name.upper() for name in connection.introspection.table_names()}
    return [model._meta.db_table for model in MODELS if model._meta.db_table not in present]


def ensure() -> None:
    """Create the missing tables in SQLite. Elsewhere that would give columns other types than the contract's.

    Raises ImproperlyConfigured when another database lacks tables.
    """
    absent = missing()
    if absent and connection.vendor != "sqlite":
        raise ImproperlyConfigured(
            f"The database lacks {', '.join(absent)}; its set-up creates tables, not the app: on Oracle the host's "
            "bootstrap, on PostgreSQL the local run."
        )
    with connection.schema_editor() as editor:
        for model in MODELS:
            if model._meta.db_table in absent:
                editor.create_model(model)
