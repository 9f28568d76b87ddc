"""What a twin is: a process on this machine that stands in for a managed sink connector and its store."""

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
    """Where the twins write: servers of the run, or files in its folder."""

    postgres: Postgres
    opensearch: OpenSearch
    folder: Path


@dataclass(frozen=True, kw_only=True)
class Twin:
    """`settings` are those that the connector's keys ask for, `server` is the one that must be up before, if any, and
    `target` is what the writer needs to reach the store; the sink's name is its second argument.

    `writer` names the class with a colon after its module.
    """

    connector_class: str
    settings: Callable[[Mapping[str, str]], SinkConfig]
    writer: str
    target: Callable[[Stores, str], dict[str, Any]]
    server: Callable[[Stores], Server | None] = lambda _stores: None
