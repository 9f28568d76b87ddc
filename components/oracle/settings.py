"""Settings of the source database."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Annotated, ClassVar

from pydantic import Field

from ..constraints import Slots, Text, Whole
from ..credential_slots import CredentialSlots
from ..section import Problem, Section

# The maximum length of a repository's name, because the bootstrap document has a size limit.
IMAGE = r"(?=.{1,255}$)[\w.-]+(:\d+)?(/[\w.-]+)+(:(?!latest\b)[\w.-]+|@sha256:[0-9a-f]{64})"
ARM = re.compile(r"^(a1\.|[a-z]+\d+g)")
# Express Edition's 12 GB, the same for archive logs and backups, and space for temporary and undo data.
LEAST_GIB, MOST_GIB = 40, 16_384
MOST_LICENSES = 10_000


class OracleSettings(Section):
    """`image` must be Oracle XE 21c and follow the conventions of Oracle's image: data in /opt/oracle/oradata,
    `DATABASE IS READY TO USE` in the log.
    """

    title: ClassVar[str] = "Oracle"

    instance_type: Annotated[str, Text(r"[a-z0-9-]+\.[a-z0-9]+", "an EC2 type such as t3.large")] = Field(
        default="t3.large",
        validation_alias="oracleInstanceType",
        description="EC2 type of the Oracle host; XE uses 2 threads and 2 GB, the container and the file cache use the "
        "rest.",
    )
    volume_gib: Annotated[int, Whole(LEAST_GIB, MOST_GIB)] = Field(
        default=50,
        validation_alias="oracleVolumeGib",
        description="Size of the volume for the database and its archive logs.",
    )
    image: Annotated[str, Text(IMAGE, "an image with its version, name:tag or name@sha256:…, not latest")] = Field(
        default="container-registry.oracle.com/database/express:21.3.0-xe",
        validation_alias="oracleImage",
        description="Oracle XE's container image; name@sha256:… pins it.",
    )
    slots: Annotated[CredentialSlots, Slots()] = Field(
        default=CredentialSlots(),
        validation_alias="oracleSlots",
        description="Passwords of the Oracle users that exist, the active one first (docs/rotation.md).",
    )

    def problems(self) -> Iterator[Problem]:
        if ARM.match(self.instance_type):
            yield Problem("instance_type", self.instance_type, "an x86 type such as t3.large: XE does not run on ARM")


class SourceSettings(Section):
    title: ClassVar[str] = "Source connector"

    processor_licenses: Annotated[int, Whole(0, MOST_LICENSES)] = Field(
        default=0,
        validation_alias="oracleProcessorLicenses",
        description="Oracle processor licences in your contract for the XStream connector. Required: 0 is refused.",
    )

    def problems(self) -> Iterator[Problem]:
        if self.processor_licenses == 0:
            yield Problem("processor_licenses", None, f"a whole number from 1 to {MOST_LICENSES}")
