"""The servers of the local run: how each one is configured, started, watched and started again."""
