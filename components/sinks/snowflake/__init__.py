"""The sink Snowflake: its store, and the connector that feeds it."""
