"""JSON bodies of requests, checked field by field."""

import functools
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec, TypeVar

from django.http import HttpRequest
from django.http.response import HttpResponseBase
from pydantic import BaseModel, ConfigDict, ValidationError

from fraudapp import json_bodies
from fraudapp.problems import problem

P = ParamSpec("P")
LONGEST_QUOTE = 80


class Body(BaseModel):
    """Nothing is converted and nothing is ignored: 1.9 is no account, "no" no truth, and a misspelt field an error."""

    model_config = ConfigDict(strict=True, extra="forbid", allow_inf_nan=False)


B = TypeVar("B", bound=Body)


def takes(
    kind: type[B],
) -> Callable[
    [Callable[Concatenate[HttpRequest, B, P], HttpResponseBase]],
    Callable[Concatenate[HttpRequest, P], HttpResponseBase],
]:
    """The view's second argument is the request's body, as a `kind`. Any other body gets 400, 415 or 422."""

    def decorate(
        view: Callable[Concatenate[HttpRequest, B, P], HttpResponseBase],
    ) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
        @functools.wraps(view)
        def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            try:
                json_bodies.read(request)  # refuses what is no plain JSON; pydantic then reads it in its own way
                body = kind.model_validate_json(request.body)
            except json_bodies.BodyError as error:
                return problem(error.status, str(error))
            except ValidationError as error:
                return _refusal(error)
            return view(request, body, *args, **kwargs)

        return checked

    return decorate


def _refusal(error: ValidationError) -> HttpResponseBase:
    found = error.errors(include_url=False)
    errors = [{"field": ".".join(map(str, one["loc"])), "message": _words(dict(one))} for one in found]
    return problem(422, " ".join(one["message"] for one in errors), errors=errors)


def _words(error: dict[str, Any]) -> str:
    """Field, value and what is allowed."""
    if not error["loc"]:
        return "The body must be a JSON object."
    field, told = ".".join(map(str, error["loc"])), error["msg"][0].lower() + error["msg"][1:]
    if error["type"] in ("missing", "extra_forbidden"):
        return f"{field}: {told}."
    given = repr(error["input"])
    given = given if len(given) <= LONGEST_QUOTE else f"{given[:LONGEST_QUOTE]}…"
    return f"{field} is {given}: {told}."
