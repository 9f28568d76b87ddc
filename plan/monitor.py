"""The in-process resource monitor that the SDK talks to: records what the program registers."""

from __future__ import annotations

import base64
import contextlib
import threading
from collections.abc import Callable, Iterable, Iterator
from typing import Any, cast

from google.protobuf import empty_pb2
from pulumi.runtime.proto import resource_pb2

from plan import aws_ids, fakes, fakes_kubernetes, remote, validate, wire
from plan.model import REFERENCE_TYPE, PlanError, Resource
from plan.project import PLACEHOLDER_SECRET
from plan.wire import UNKNOWN, Reference, Secret

STACK_TYPE = "pulumi:pulumi:Stack"
_MARKERS = (PLACEHOLDER_SECRET, fakes.SECRET_PREFIX)
References = Callable[[str], dict[str, Any]]
"""Outputs of another stack by its full name, secrets wrapped."""
_FEATURES = [
    resource_pb2.RESOURCE_MONITOR_FEATURE_SECRETS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_RESOURCE_REFERENCES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_OUTPUT_VALUES,
    resource_pb2.RESOURCE_MONITOR_FEATURE_ALIAS_SPECS,
    resource_pb2.RESOURCE_MONITOR_FEATURE_DELETED_WITH,
    resource_pb2.RESOURCE_MONITOR_FEATURE_PARAMETERIZATION,
]
"""Without transforms and hooks: the SDK then refuses a program that uses them, which would otherwise not run."""


class Monitor:
    """Serves one run of a program. Ids and computed outputs are unknown in preview, else simulated.

    The SDK calls the methods from its worker threads; an exception raised here fails the program with its message.
    """

    def __init__(self, project: str, stack: str, *, preview: bool, references: References) -> None:
        self.project, self.preview = project, preview
        self.resources: dict[str, Resource] = {}
        self.opened_outputs: dict[str, Any] = {}
        self.simulated: dict[str, dict[str, str]] = {}
        self.problems: dict[str, None] = {}
        self._prefix = f"urn:pulumi:{stack}::{project}::"
        self._references = references
        self._lock = threading.Lock()

    @property
    def outputs(self) -> dict[str, Any]:
        """The stack's outputs as JSON, secrets masked."""
        return wire.masked(self.opened_outputs)

    # The service, in the order of its use -----------------------------------------------------------------------

    def GetDeploymentInfo(self, _request: empty_pb2.Empty) -> resource_pb2.DeploymentInfo:
        return resource_pb2.DeploymentInfo(supportedFeatures=_FEATURES)

    def RegisterPackage(self, request: resource_pb2.RegisterPackageRequest) -> resource_pb2.RegisterPackageResponse:
        return resource_pb2.RegisterPackageResponse(ref=f"{request.name}@{request.version}")

    def RegisterResource(self, request: resource_pb2.RegisterResourceRequest) -> resource_pb2.RegisterResourceResponse:
        urn = self._urn(request.parent, request.type, request.name)
        if request.type == STACK_TYPE:
            return resource_pb2.RegisterResourceResponse(urn=urn)
        inputs = wire.decode_struct(request.object)
        self._record(urn, request, inputs)
        if not (request.custom or request.remote):
            return resource_pb2.RegisterResourceResponse(urn=urn)
        self._validate(urn, request.type, inputs)
        known = self._known(request, inputs)
        outputs = self._outputs(request.type, request.name, inputs, known, frozenset(request.additionalSecretOutputs))
        if request.remote:
            self._record_children(urn, request, inputs, outputs)
        # Empty means unknown to the SDK.
        identity = fakes.resource_id(request.type, request.name, known) if request.custom and not self.preview else ""
        self._simulate(urn, inputs, {"id": identity, **outputs})
        return resource_pb2.RegisterResourceResponse(urn=urn, id=identity, object=wire.encode_struct(outputs))

    def ReadResource(self, request: resource_pb2.ReadResourceRequest) -> resource_pb2.ReadResourceResponse:
        urn = self._urn(request.parent, request.type, request.name)
        inputs = wire.decode_struct(request.properties)
        parent = _parent(request.parent)
        options = {"read": request.id}
        dependencies = tuple(sorted(request.dependencies))
        self._add(Resource(urn, request.type, request.name, parent, True, wire.masked(inputs), options, dependencies))
        if request.type == REFERENCE_TYPE:
            outputs = self._reference(request.id)
        else:
            known = self._known(request, inputs)
            secret = frozenset(request.additionalSecretOutputs)
            outputs = self._outputs(request.type, request.name, inputs, known, secret)
        self._simulate(urn, inputs, outputs)
        return resource_pb2.ReadResourceResponse(urn=urn, properties=wire.encode_struct(outputs))

    def Invoke(self, request: resource_pb2.ResourceInvokeRequest) -> resource_pb2.ResourceInvokeResponse:
        answer = fakes.INVOKES.get(request.tok)
        if answer is None:
            raise PlanError(
                f"The program calls {request.tok}, for which the plan knows no answer; add one to INVOKES in "
                "plan/fakes.py."
            )
        result = answer(wire.opened(wire.decode_struct(request.args)))
        return resource_pb2.ResourceInvokeResponse(**{"return": wire.encode_struct(result)})  # pyright: ignore[reportArgumentType]

    def Call(self, request: Any) -> Any:
        raise PlanError(f"The program calls the resource method {request.tok}, which the plan cannot answer offline.")

    def RegisterResourceOutputs(self, request: resource_pb2.RegisterResourceOutputsRequest) -> empty_pb2.Empty:
        if STACK_TYPE in request.urn:
            outputs = wire.decode_struct(request.outputs)
            self._find_leaks("the stack's outputs", outputs)
            self.opened_outputs = outputs
        return empty_pb2.Empty()

    def SignalAndWaitForShutdown(self, _request: empty_pb2.Empty) -> empty_pb2.Empty:
        return empty_pb2.Empty()

    # Recording --------------------------------------------------------------------------------------------------

    def _urn(self, parent: str, token: str, name: str) -> str:
        parent_type = parent.split("::")[2] if parent else STACK_TYPE
        qualified = token if parent_type == STACK_TYPE else f"{parent_type}${token}"
        return f"{self._prefix}{qualified}::{name}"

    def _record(self, urn: str, request: resource_pb2.RegisterResourceRequest, inputs: dict[str, Any]) -> None:
        self._find_leaks(_label(urn, request.type), inputs)
        properties = {
            key: tuple(sorted(request.propertyDependencies[key].urns)) for key in sorted(request.propertyDependencies)
        }
        implied = {other for urns in properties.values() for other in urns}
        dependencies = tuple(sorted({*request.dependencies, *implied}))
        options = self._options(request, sorted(set(request.dependencies) - implied))
        self._add(
            Resource(
                urn=urn,
                type=request.type,
                name=request.name,
                parent=_parent(request.parent),
                custom=request.custom,
                inputs=wire.masked(inputs),
                options=options,
                dependencies=dependencies,
                property_dependencies={key: urns for key, urns in properties.items() if urns},
            )
        )

    def _record_children(
        self, urn: str, request: resource_pb2.RegisterResourceRequest, inputs: dict[str, Any], outputs: dict[str, Any]
    ) -> None:
        """Record a remote component's children, which the SDK never registers here."""
        if found := list(remote.problems(request.type, inputs)):
            with self._lock:
                self.problems.update(dict.fromkeys(f"{_label(urn, request.type)}: {problem}" for problem in found))
            return
        provider = request.providers.get("aws", request.provider).rsplit("::", 1)[0]
        urns: dict[str, str] = {}
        for child in remote.children(request.name, inputs, self._arn, outputs.get("kubeconfigJson", UNKNOWN)):
            parent = urns.get(child.parent, urn)
            urns[child.name] = self._urn(parent, child.type, child.name)
            self._find_leaks(_label(urns[child.name], child.type), child.inputs)
            self._validate(urns[child.name], child.type, child.inputs)
            options = {**child.options, **({"provider": provider} if child.type.startswith("aws:") else {})}
            self._add(
                Resource(
                    urn=urns[child.name],
                    type=child.type,
                    name=child.name,
                    parent=parent,
                    custom=True,
                    inputs=wire.masked(child.inputs),
                    options=options,
                    dependencies=tuple(sorted(urns[name] for name in child.after)),
                )
            )

    def _arn(self, value: Any) -> Any:
        """The ARN of an AWS resource that is passed as a value."""
        if self.preview or not isinstance(value, Reference):
            return UNKNOWN
        resource = self.resources[value.urn]
        return aws_ids.arn_of(resource.type, resource.name, resource.inputs)

    def _add(self, resource: Resource) -> None:
        with self._lock:
            if resource.urn in self.resources:
                raise PlanError(
                    f"Two resources of the type {resource.type} have the name {resource.name!r}; rename one."
                )
            self.resources[resource.urn] = resource

    def _options(self, request: resource_pb2.RegisterResourceRequest, explicit: list[str]) -> dict[str, Any]:
        """The options that are set, by their wire names."""
        timeouts, aliases = request.customTimeouts, cast("Iterable[Any]", request.aliases)  # pyright: ignore[reportUnknownMemberType] - its stub names no type
        options = {
            "additionalSecretOutputs": sorted(request.additionalSecretOutputs),
            "aliases": sorted(self._alias(alias, request) for alias in aliases),
            "customTimeouts": {
                key: getattr(timeouts, key) for key in ("create", "update", "delete") if getattr(timeouts, key)
            },
            "deleteBeforeReplace": request.deleteBeforeReplace,
            "deletedWith": request.deletedWith,
            "dependsOn": explicit,
            "ignoreChanges": sorted(request.ignoreChanges),
            "import": request.importId,
            "protect": request.protect,
            "provider": request.provider.rsplit("::", 1)[0],  # without the provider's id
            "replaceOnChanges": sorted(request.replaceOnChanges),
            "retainOnDelete": request.retainOnDelete,
        }
        return {key: value for key, value in options.items() if value}

    def _alias(self, alias: Any, request: resource_pb2.RegisterResourceRequest) -> str:
        if alias.urn:
            return alias.urn
        spec = alias.spec
        parent = "" if spec.noParent else spec.parentUrn or request.parent
        return self._urn(parent, spec.type or request.type, spec.name or request.name)

    def _reference(self, name: str) -> dict[str, Any]:
        outputs = self._references(name)
        secret = sorted(key for key, value in outputs.items() if isinstance(value, Secret))
        return {"name": name, "outputs": outputs, "secretOutputNames": secret}

    # Simulating and checking ------------------------------------------------------------------------------------

    def _known(self, request: Any, inputs: dict[str, Any]) -> dict[str, Any]:
        """The inputs as plain values; a missing region is the provider's."""
        provider = self.resources.get(request.provider.rsplit("::", 1)[0])
        region = provider.inputs.get("region") if provider else None
        return {**({"region": region} if region else {}), **wire.opened(inputs)}

    def _outputs(
        self, token: str, name: str, inputs: dict[str, Any], known: dict[str, Any], secret: frozenset[str]
    ) -> dict[str, Any]:
        """The inputs and every other output that the SDK declares: unknown in preview, else simulated.

        Blocks that the service fills in count as computed outputs, even if the program sets part of them.
        """
        completed = fakes.COMPLETED.get(token, ())
        kept = {key: value for key, value in inputs.items() if key not in completed}
        outputs = fakes_kubernetes.named(token, name, kept)
        for key, hint in validate.output_types(token).items():
            if key not in outputs and key not in ("id", "urn"):
                outputs[key] = (
                    UNKNOWN if self.preview else fakes.output(token, key, hint, name, known, secret=key in secret)
                )
        return {key: Secret(value) if key in secret else value for key, value in outputs.items()}

    def _simulate(self, urn: str, inputs: dict[str, Any], outputs: dict[str, Any]) -> None:
        """Remember the texts that the recorder made up."""
        if not self.preview:
            self.simulated[urn] = dict(wire.new_texts(inputs, outputs))

    def _validate(self, urn: str, token: str, inputs: dict[str, Any]) -> None:
        found = validate.validate(token, inputs)
        with self._lock:
            self.problems.update({f"{_label(urn, token)}: {problem}": None for problem in found})

    def _find_leaks(self, owner: str, values: dict[str, Any]) -> None:
        """Report simulated secrets in plain text: the program dropped their protection on the way."""
        found = {
            f"{path}: a secret value stands here in plain text; pass on the secret Output as it came"
            for path, text in wire.new_texts(None, values, owner)
            if any(marker in form for marker in _MARKERS for form in _forms(text))
        }
        with self._lock:
            self.problems.update(dict.fromkeys(sorted(found)))


def _forms(text: str) -> Iterator[str]:
    """The text, and its base64-decoded form if it has one, as in user data and Kubernetes secrets."""
    yield text
    with contextlib.suppress(ValueError):
        yield base64.b64decode(text, validate=True).decode()


def _label(urn: str, token: str) -> str:
    return f"{token.rsplit(':', 1)[-1]} {urn.rsplit('::', 1)[1]!r}"


def _parent(urn: str) -> str | None:
    """The parent component's URN; None at the top, where the SDK passes the stack's."""
    return None if not urn or f"::{STACK_TYPE}::" in urn else urn
