"""The sink OpenSearch: its store, and the connector that feeds it."""
