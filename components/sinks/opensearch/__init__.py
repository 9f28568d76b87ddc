"""The OpenSearch sink: its store, and the connector that feeds it."""
