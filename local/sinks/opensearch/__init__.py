"""OpenSearch's twin: the run's own OpenSearch."""

from __future__ import annotations

from typing import Any

from local.sinks.config import SinkConfig
from local.sinks.loop import Writer
from local.sinks.opensearch import keys
from local.sinks.twin import Stores, Twin


def _writer(config: SinkConfig) -> Writer:
    from local.sinks.opensearch.writer import OpenSearchWriter

    return OpenSearchWriter(config)


def _target(stores: Stores, _name: str) -> dict[str, Any]:
    return {"url": stores.opensearch.url}


OPENSEARCH = Twin(
    kind=keys.KIND,
    connector_class="OpenSearchSink",
    settings=keys.settings,
    writer=_writer,
    target=_target,
    server=lambda stores: stores.opensearch,
)
