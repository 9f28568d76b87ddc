"""Settings of the search domain."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from ...constraints import Slots, Text, Whole
from ...credential_slots import CredentialSlots
from ...section import Problem, Section

INSTANCE_TYPE = Text(r"[a-z0-9]+\.[a-z0-9]+\.search", "an instance type such as t3.small.search")
# Size of a node's volume. AWS enforces further limits for each instance type.
LEAST_GIB, MOST_GIB = 10, 3072


class OpenSearchSettings(Section):
    """All nodes hold data and elect the manager."""

    title: ClassVar[str] = "OpenSearch"

    version: Annotated[str, Text(r"OpenSearch_\d+\.\d+", "an engine version such as OpenSearch_3.1")] = Field(
        default="OpenSearch_3.1",
        validation_alias="opensearchVersion",
        description="Engine version of the OpenSearch domain.",
    )
    instance_type: Annotated[str, INSTANCE_TYPE] = Field(
        default="t3.small.search",
        validation_alias="opensearchInstanceType",
        description="Instance type of the OpenSearch nodes.",
    )
    nodes: Annotated[int, Whole(1, 30)] = Field(
        default=1,
        validation_alias="opensearchNodes",
        description="OpenSearch nodes; three or more are spread over the zones.",
    )
    volume_gib: Annotated[int, Whole(LEAST_GIB, MOST_GIB)] = Field(
        default=20, validation_alias="opensearchVolumeGib", description="Volume of each OpenSearch node."
    )
    slots: Annotated[CredentialSlots, Slots()] = Field(
        default=CredentialSlots(),
        validation_alias="opensearchSlots",
        description="Users of the OpenSearch connector that exist, the active one first (docs/rotation.md).",
    )

    @property
    def zones(self) -> int:
        """The number of zones, 3 or 2, that can have equal numbers of nodes; else 0."""
        return next((zones for zones in (3, 2) if self.nodes % zones == 0), 0)

    def problems(self) -> Iterator[Problem]:
        if self.nodes > 1 and not self.zones:
            yield Problem("nodes", self.nodes, "1, or a multiple of 2 or 3, for equal numbers in each zone")

    def production_problems(self) -> Iterator[Problem]:
        if self.nodes < 3:
            yield Problem("nodes", self.nodes, "3 or more in production: fewer cannot elect a manager")
