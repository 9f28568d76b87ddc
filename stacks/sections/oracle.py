"""The source database."""

from __future__ import annotations

from dataclasses import dataclass

from components.credential_slots import CredentialSlots
from components.oracle.host import ARM, LEAST_GIB
from stacks.config import Reader

# As long as a repository's name may be: it goes into the bootstrap document, which is limited.
IMAGE = r"(?=.{1,255}$)[\w.-]+(:\d+)?(/[\w.-]+)+(:(?!latest\b)[\w.-]+|@sha256:[0-9a-f]{64})"


@dataclass(frozen=True, kw_only=True)
class Oracle:
    """`image` names a container image and its version; `processor_licenses` is what the connector's contract counts."""

    instance_type: str
    volume_gib: int
    image: str
    processor_licenses: int
    slots: CredentialSlots


def read(reader: Reader) -> Oracle:
    """Read the section."""
    oracle = Oracle(
        instance_type=reader.text("oracleInstanceType", r"[a-z0-9-]+\.[a-z0-9]+", "an EC2 type such as t3.large"),
        volume_gib=reader.integer("oracleVolumeGib", LEAST_GIB, 16_384),
        image=reader.text("oracleImage", IMAGE, "an image with its version, name:tag or name@sha256:…, not latest"),
        processor_licenses=reader.needed_integer("oracleProcessorLicenses", 1, 10_000),
        slots=reader.slots("oracleSlots"),
    )
    if ARM.match(oracle.instance_type):
        reader.refuse(
            "oracleInstanceType", oracle.instance_type, "an x86 type such as t3.large: XE does not run on ARM"
        )
    return oracle
