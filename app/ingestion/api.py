"""`/api/v1`: payments and outcomes, with keys, rates, and exactly-once writing."""

from functools import cache
from typing import Annotated, Any

from django.conf import settings
from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse
from fraudapp import json_bodies
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, AuthorizationError
from ninja.params.functions import Body, Header
from ninja.parser import Parser
from ninja.security import HttpBearer
from transactions.errors import DatabaseAwayError
from transactions.live import live
from transactions.payment_table import received

from ingestion import bodies, documents
from ingestion.clients import Client, Scope, holder
from ingestion.jobs import FullError, InProgressError, Job, KeyReusedError, Told, UnknownError
from ingestion.rates import Rates
from ingestion.refusals import Refusal, install
from ingestion.requests_table import fingerprint, request_key
from ingestion.writer import writer


class StrictParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        return json_bodies.read(request)


class ApiKey(HttpBearer):
    """A client's key with one of its scopes."""

    def __init__(self, scope: Scope) -> None:
        super().__init__()
        self._scope = scope

    def authenticate(self, request: HttpRequest, token: str) -> Client:
        client = holder(settings.API_CLIENTS, token)
        if client is None:
            raise AuthenticationError
        if self._scope not in client.scopes:
            raise AuthorizationError(message=f"The key of {client.name} lacks the scope {self._scope}.")
        return client


api = NinjaAPI(
    title="Payments",
    version="1",
    description=documents.ABOUT,
    parser=StrictParser(),
    docs=documents.Page(),
    docs_decorator=documents.loosened,
    urls_namespace="api-v1",
)
install(api)
BODY: Any = Body(...)
Key = Annotated[str, Header(alias="Idempotency-Key", description=documents.KEY, example="2f1c9f6e-7d0b")]


@api.post(
    "/payments",
    auth=ApiKey("payments:write"),
    response={201: bodies.Answer},
    openapi_extra=documents.described("a payment", "payments"),
    summary="Commit payments",
)
def payments(request: HttpRequest, idempotency_key: Key, body: bodies.Payments = BODY) -> HttpResponse:
    """One payment, or {"payments": […]} with up to 1,000. All are committed, or none."""
    several = body.payments if isinstance(body, bodies.PaymentsBody) else [body]
    rows = received([one.payment() for one in several], live().now())
    return _written(request, Job(*_identity(request, idempotency_key), payments=rows))


@api.post(
    "/outcomes",
    auth=ApiKey("outcomes:write"),
    response={201: bodies.Answer},
    openapi_extra=documents.described("an outcome", "outcomes"),
    summary="Commit outcomes",
)
def outcomes(request: HttpRequest, idempotency_key: Key, body: bodies.Outcomes = BODY) -> HttpResponse:
    """What became known about one payment, or {"outcomes": […]} with up to 1,000. All are committed, or none."""
    several = body.outcomes if isinstance(body, bodies.OutcomesBody) else [body]
    now = live().now()
    told = [Told(one.transaction_id, one.is_fraud, one.known_at or now) for one in several]
    return _written(request, Job(*_identity(request, idempotency_key), outcomes=told))


@cache
def rates() -> Rates:
    return Rates()


def _identity(request: HttpRequest, key: str) -> tuple[str, str]:
    try:
        digest = request_key(_client(request).name, key)
    except ValueError as error:
        raise Refusal(400, str(error)) from None
    return digest, fingerprint(request.path_info, request.body)


def _client(request: HttpRequest) -> Client:
    return request.auth  # type: ignore[attr-defined, no-any-return]


def _written(request: HttpRequest, job: Job) -> HttpResponse:
    standing = rates().take(_client(request), job.size)
    if not standing.allowed:
        raise Refusal(429, "This client sends too many payments; wait as Retry-After says.", headers=standing.headers)
    try:
        result = writer().add(job, settings.INGESTION_SECONDS)
    except UnknownError as error:
        told = [{"index": index, "field": name, "message": words} for index, name, words in error.problems]
        raise Refusal(422, "Nothing was written: some rows refer to what does not exist.", errors=told) from None
    except KeyReusedError:
        raise Refusal(
            422, "This Idempotency-Key belongs to a request with another body or address; send a new key."
        ) from None
    except InProgressError:
        raise Refusal(
            409, "A request with this Idempotency-Key is still running; repeat this one later.", retry_seconds=1
        ) from None
    except FullError:
        raise Refusal(503, "Too many payments wait to be written; nothing was written.", retry_seconds=1) from None
    except (DatabaseAwayError, DatabaseError, TimeoutError):
        raise Refusal(
            503,
            "The database does not answer. Repeat the request with the same Idempotency-Key: then it is written once.",
            retry_seconds=2,
        ) from None
    headers = standing.headers | ({"Idempotent-Replayed": "true"} if result.replayed else {})
    return HttpResponse(result.answer, status=201, content_type=json_bodies.CONTENT_TYPE, headers=headers)
