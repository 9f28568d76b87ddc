"""Sends payments to the app's API: from a CSV file, or made up at a steady rate."""
