"""The registry of sinks, which stacks, settings and outputs loop over."""

from __future__ import annotations

from .opensearch.sink import OPENSEARCH
from .redshift.sink import REDSHIFT
from .snowflake.sink import SNOWFLAKE

SINKS = {sink.name: sink for sink in (REDSHIFT, OPENSEARCH, SNOWFLAKE)}
