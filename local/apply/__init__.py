"""Makes real, on this machine, what the plan declares of the streaming part."""
