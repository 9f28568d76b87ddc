"""Measures the local run on this machine (`make bench`)."""
