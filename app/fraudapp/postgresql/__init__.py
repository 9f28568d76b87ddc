"""Django's backend, with a time limit for each answer of the database."""
