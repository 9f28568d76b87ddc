"""Labelled episodes of seven typologies of fraud, each with honest look-alikes, and what judges the alerts."""
