"""Errors that more than one module knows."""


class DatabaseAwayError(Exception):
    """Raised when the database does not answer for as long as the caller waits."""


class NoUsersError(Exception):
    """Raised when there is nobody who could pay."""

    def __init__(self) -> None:
        super().__init__("There are no users: run `manage.py seed` first.")
