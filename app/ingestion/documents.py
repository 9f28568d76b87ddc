"""The OpenAPI document and its page."""

from collections.abc import Callable
from typing import Any

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from fraudapp.middleware import POLICY
from fraudapp.problems import CONTENT_TYPE
from ninja.openapi.docs import Swagger

from ingestion import bodies

ABOUT = """Send payments, and what becomes known about them. Each needs a key of the app's API, and a header
Idempotency-Key by which a repeated request writes nothing. All errors are problem details (RFC 9457)."""
KEY = (
    "Chosen by the client, a new one for each new request, for example a UUID. For 24 hours a request with the same "
    "key and body gets the first one's answer, with the header Idempotent-Replayed, and writes nothing."
)
# Swagger UI has pictures in its style sheet as data: URLs, and sets styles from its script.
PAGE_POLICY = POLICY.replace("img-src 'self'", "img-src 'self' data:").replace(
    "style-src 'self'", "style-src 'self' 'unsafe-inline'"
)
PROBLEMS: dict[int, tuple[str, str]] = {
    400: ("The body is not JSON, or the Idempotency-Key is missing", "The body is not JSON: …"),
    401: ("The key is missing or unknown", "The key is missing or unknown; …"),
    403: ("The key lacks the scope", "The key of shop lacks the scope …"),
    409: ("A request with this Idempotency-Key is still running", "A request with this Idempotency-Key …"),
    413: ("The body is too large", "The body is too large."),
    415: ("The body is no JSON by its Content-Type", "The Content-Type is 'text/plain'; …"),
    422: ("A field, an account or a payment is wrong, or the key belongs to another request", "amount: must not be …"),
    429: ("The client's rate is exceeded", "This client sends too many payments; …"),
    503: ("The database or the queue does not take it now; repeat it with the same key", "Too many payments wait …"),
}
_WAIT = {"Retry-After": {"schema": {"type": "integer"}, "description": "Seconds to wait."}}
_RATE: dict[str, Any] = {
    name: {"schema": {"type": "string"}, "description": words}
    for name, words in (
        ("RateLimit-Policy", "q payments are allowed in w seconds."),
        ("RateLimit", "r payments are left; the count is new in t seconds."),
    )
}
_REPLAYED = {"Idempotent-Replayed": {"schema": {"type": "string"}, "description": "true: nothing new was written."}}


class Page(Swagger):
    def __init__(self) -> None:
        super().__init__({"persistAuthorization": False, "validatorUrl": None})


def loosened(view: Callable[..., HttpResponseBase]) -> Callable[..., HttpResponseBase]:
    """Gives Swagger UI's page the policy that it needs."""

    def wrapped(request: HttpRequest, *args: Any, **named: Any) -> HttpResponseBase:
        response = view(request, *args, **named)
        if response.headers.get("Content-Type", "").startswith("text/html"):
            response["Content-Security-Policy"] = PAGE_POLICY
        return response

    return wrapped


def described(one: str, many: str) -> dict[str, Any]:
    """What Ninja does not write by itself: examples, and every problem with an example."""
    single = bodies.PAYMENT if many == "payments" else bodies.OUTCOME
    examples = {"one": {"summary": one, "value": single}, "batch": {"summary": many, "value": {many: [single]}}}
    answers: dict[int, Any] = {status: _problem(status, *words) for status, words in PROBLEMS.items()}
    answers[201] = {
        "description": "Committed.",
        "headers": _RATE | _REPLAYED,
        "content": {"application/json": {"example": {"ids": [4711]}}},
    }
    return {"requestBody": {"content": {"application/json": {"examples": examples}}}, "responses": answers}


def _problem(status: int, description: str, detail: str) -> dict[str, Any]:
    example = {"type": "about:blank", "title": description, "status": status, "detail": detail}
    headers = _WAIT if status in (409, 429, 503) else {}
    return {
        "description": description,
        "headers": headers | (_RATE if status == 429 else {}),
        "content": {CONTENT_TYPE: {"schema": bodies.Problem.model_json_schema(), "example": example}},
    }
