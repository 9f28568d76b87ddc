"""The sink Redshift: its store, and the connector that feeds it."""
