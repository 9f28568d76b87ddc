"""The servers of the local run: their configuration, start, stop and clean-up."""
