"""The local run: the streaming part of a plan on this machine, with real servers."""
