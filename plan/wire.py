"""Convert the SDK's wire values to plain Python with markers, back, and to a plan's masked JSON."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from google.protobuf import struct_pb2
from pulumi.runtime import rpc

from plan.model import MASK, UNKNOWN_TEXT

_SIGNATURE = rpc._special_sig_key  # pyright: ignore[reportPrivateUsage] - the comment below says why
"""The key that marks a wire object as a secret, an output, a reference or an asset.

Private in the SDK, like its values, though the protocol is public (pulumi/pulumi:
sdk/go/common/resource/plugin/rpc.go). The SDK's public decoder, `provider.experimental.property_value`, drops the id
of a reference and does not support unknown values.
"""
_SECRET = rpc._special_secret_sig  # pyright: ignore[reportPrivateUsage] - as above
_OUTPUT = rpc._special_output_value_sig  # pyright: ignore[reportPrivateUsage] - as above
_RESOURCE = rpc._special_resource_sig  # pyright: ignore[reportPrivateUsage] - as above


class Unknown:
    """The type of `UNKNOWN`, a value known only after a deploy."""

    def __repr__(self) -> str:
        return UNKNOWN_TEXT


UNKNOWN = Unknown()


@dataclass(frozen=True, repr=False)
class Secret:
    """A secret value; its text form never shows it."""

    value: Any

    def __repr__(self) -> str:
        return MASK


@dataclass(frozen=True)
class Reference:
    """A resource passed as a value. `id` is None for a component and unknown in preview."""

    urn: str
    id: Any = None


class AssetValue(dict[str, Any]):
    """An asset or archive."""


Value = Secret | Reference | Unknown | dict[str, Any] | list[Any] | str | float | bool | None
"""A decoded value."""


def decode_struct(struct: struct_pb2.Struct) -> dict[str, Any]:
    return {key: decode(value) for key, value in struct.fields.items()}


def decode(value: struct_pb2.Value) -> Value:
    """A protobuf value as plain Python, whole numbers as int, with Secret, UNKNOWN, Reference and AssetValue."""
    kind = value.WhichOneof("kind")
    if kind == "struct_value":
        return _decode_object(value.struct_value)
    if kind == "list_value":
        return [decode(item) for item in value.list_value.values]
    if kind == "number_value":
        number = value.number_value
        return int(number) if number.is_integer() else number
    if kind == "string_value":
        return UNKNOWN if value.string_value == rpc.UNKNOWN else value.string_value
    return value.bool_value if kind == "bool_value" else None


def _decode_object(struct: struct_pb2.Struct) -> Value:
    fields = struct.fields
    if _SIGNATURE not in fields:
        return decode_struct(struct)
    signature = fields[_SIGNATURE].string_value
    if signature == _SECRET:
        return Secret(decode(fields["value"]))
    if signature == _OUTPUT:
        inner = decode(fields["value"]) if "value" in fields else UNKNOWN
        return Secret(inner) if "secret" in fields and fields["secret"].bool_value else inner
    if signature == _RESOURCE:
        identity = decode(fields["id"]) if "id" in fields else None
        return Reference(fields["urn"].string_value, UNKNOWN if identity == "" else identity)
    return AssetValue({key: decode(item) for key, item in fields.items() if key != _SIGNATURE})


def encode_struct(values: dict[str, Any]) -> struct_pb2.Struct:
    return struct_pb2.Struct(fields={key: encode(value) for key, value in values.items()})


def encode(value: Value | tuple[Any, ...]) -> struct_pb2.Value:
    """Encode a value as a provider sends it: references become ids, assets their text."""
    if isinstance(value, Secret):
        inner = struct_pb2.Struct(fields={"value": encode(value.value)})
        inner.fields[_SIGNATURE].string_value = _SECRET
        return struct_pb2.Value(struct_value=inner)
    if isinstance(value, Reference):
        return encode(value.urn if value.id is None else value.id)
    if isinstance(value, dict):
        return struct_pb2.Value(struct_value=encode_struct(value))
    if isinstance(value, (list, tuple)):
        return struct_pb2.Value(list_value=struct_pb2.ListValue(values=[encode(item) for item in value]))
    if value is None:
        return struct_pb2.Value(null_value=struct_pb2.NULL_VALUE)
    if isinstance(value, bool):
        return struct_pb2.Value(bool_value=value)
    if isinstance(value, (int, float)):
        return struct_pb2.Value(number_value=value)
    return struct_pb2.Value(string_value=rpc.UNKNOWN if isinstance(value, Unknown) else value)


def opened(value: Value) -> Any:
    """A decoded value with secrets unwrapped and unknown values as None."""
    if isinstance(value, Secret):
        return opened(value.value)
    if isinstance(value, dict):
        return {key: opened(item) for key, item in value.items()}
    if isinstance(value, list):
        return [opened(item) for item in value]
    return None if value is UNKNOWN else value


def masked(value: Value) -> Any:
    """A decoded value as JSON for the plan: keys in order, secrets replaced by the mask, resources by their URN."""
    if isinstance(value, Secret):
        return MASK
    if isinstance(value, Unknown):
        return UNKNOWN_TEXT
    if isinstance(value, Reference):
        return {"resource": value.urn}
    if isinstance(value, dict):
        return {key: masked(value[key]) for key in sorted(value)}
    if isinstance(value, list):
        return [masked(item) for item in value]
    return value


def new_texts(given: Value, made: Value, path: str = "") -> Iterator[tuple[str, str]]:
    """(path, text) of every text in `made` that differs from `given`, without secrets."""
    if made is given:
        return
    if isinstance(made, str) and made:
        yield path, made
    elif isinstance(made, dict):
        before: dict[str, Any] = given if isinstance(given, dict) else {}
        for key, item in made.items():
            yield from new_texts(before.get(key), item, f"{path}.{key}".lstrip("."))
    elif isinstance(made, list):
        for index, item in enumerate(made):
            yield from new_texts(None, item, f"{path}[{index}]")
