"""The Kubernetes versions in EKS's standard support.

The policies do not import the program and have their own copy, which tests/policy/test_agreement.py compares.
"""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from types import MappingProxyType

# The last day of standard support; later the control plane costs six times as much. Source: EKS user guide,
# "Understand the Kubernetes version lifecycle on EKS".
SUPPORTED_VERSIONS: Mapping[str, date] = MappingProxyType(
    {
        "1.35": date(2027, 3, 27),
        "1.36": date(2027, 8, 2),
    }
)
DEFAULT_VERSION = "1.35"
