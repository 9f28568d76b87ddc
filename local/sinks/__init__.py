"""The twins of the sink connectors: one loop, and a writer for each store."""
