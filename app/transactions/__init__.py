"""Payments of the app's users: made, stored, shown, together with the alerts that come back."""
