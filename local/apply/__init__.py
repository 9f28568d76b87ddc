"""Applies the streaming resources of a plan to this machine."""
