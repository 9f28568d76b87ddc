"""Names that the database, its bootstrap and its clients share."""

from __future__ import annotations

from ..contracts import SCHEMA

# Express Edition fixes the names of its container database and its only pluggable database.
CDB = "XE"
PDB = "XEPDB1"

OUTBOUND_SERVER = "XOUT"
CAPTURE = "FRAUD_CAPTURE"

APP_USER = SCHEMA
XSTREAM_ADMIN = "C##CFLTADMIN"
XSTREAM_USER = "C##CFLTUSER"
