"""The in-process engine that the SDK talks to."""

from __future__ import annotations

from typing import Any

from google.protobuf import empty_pb2
from pulumi.runtime.proto import engine_pb2


class Engine:
    """Keeps the warnings of the SDK's log and drops its other messages."""

    def __init__(self) -> None:
        self.warnings: list[str] = []
        self._root = ""

    def Log(self, request: engine_pb2.LogRequest) -> empty_pb2.Empty:
        if request.severity == engine_pb2.WARNING:
            self.warnings.append(request.message)
        return empty_pb2.Empty()

    def GetRootResource(self, _request: Any) -> engine_pb2.GetRootResourceResponse:
        return engine_pb2.GetRootResourceResponse(urn=self._root)

    def SetRootResource(self, request: engine_pb2.SetRootResourceRequest) -> engine_pb2.SetRootResourceResponse:
        self._root = request.urn
        return engine_pb2.SetRootResourceResponse()

    def RequirePulumiVersion(self, _request: Any) -> engine_pb2.RequirePulumiVersionResponse:
        return engine_pb2.RequirePulumiVersionResponse()
