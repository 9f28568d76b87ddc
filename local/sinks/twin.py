"""A twin: a process that stands in for a managed sink connector, and its store on this machine."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from local.sinks.config import SinkConfig

if TYPE_CHECKING:  # a sink process starts no server
    from local.servers.opensearch import OpenSearch
    from local.servers.postgres import Postgres
    from local.servers.server import Server


class Stores(Protocol):
    """The stores of the twins: servers of the run, or files in its folder."""

    postgres: Postgres
    opensearch: OpenSearch
    folder: Path


@dataclass(frozen=True, kw_only=True)
class Twin:
    """`settings` translates the connector's configuration. `writer`: the class, as `module:name`. `target` returns the
    writer's settings for a sink with that name. `server` returns the server that must be up before, if any.
    """

    connector_class: str
    settings: Callable[[Mapping[str, str]], SinkConfig]
    writer: str
    target: Callable[[Stores, str], dict[str, Any]]
    server: Callable[[Stores], Server | None] = lambda _stores: None
