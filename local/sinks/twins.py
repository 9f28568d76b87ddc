"""The registry of the twins, one for each managed sink connector."""

from __future__ import annotations

from local.sinks.opensearch import OPENSEARCH
from local.sinks.redshift import REDSHIFT
from local.sinks.snowflake import SNOWFLAKE

BY_CLASS = {twin.connector_class: twin for twin in (REDSHIFT, OPENSEARCH, SNOWFLAKE)}
