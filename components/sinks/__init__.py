"""The stores that the sink connectors write to: Redshift, OpenSearch, Snowflake."""
