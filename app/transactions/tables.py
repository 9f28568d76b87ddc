"""The tables where nobody has made them."""

from django.db import connection

from transactions.models import Transaction, User


def missing() -> list[str]:
    """Names of the app's tables that the database does not have."""
    present = {name.upper() for name in connection.introspection.table_names()}
    return [model._meta.db_table for model in (User, Transaction) if model._meta.db_table not in present]


def ensure() -> None:
    """Make the tables that are missing."""
    absent = missing()
    with connection.schema_editor() as editor:
        for model in (User, Transaction):
            if model._meta.db_table in absent:
                editor.create_model(model)
