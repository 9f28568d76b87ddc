"""Finds and creates missing tables."""

from django.db import connection

from transactions.models import Outcome, Transaction, User

MODELS = (User, Transaction, Outcome)


def missing() -> list[str]:
    """Names of the app's tables that the database lacks."""
    present = {name.upper() for name in connection.introspection.table_names()}
    return [model._meta.db_table for model in MODELS if model._meta.db_table not in present]


def ensure() -> None:
    absent = missing()
    with connection.schema_editor() as editor:
        for model in MODELS:
            if model._meta.db_table in absent:
                editor.create_model(model)
