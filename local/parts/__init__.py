"""The real parts of the local run: how each server is configured, started, watched and started again."""
