"""Figures of the local run, measured on the machine at hand: `make bench`."""
