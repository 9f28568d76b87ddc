"""Generates and stores payments, and shows them on a page with the alerts."""
