"""Who may change anything: operators, who sign in with a password. No table holds them."""

import functools
import ipaddress
import logging
from collections.abc import Callable
from typing import Any, Concatenate, ParamSpec

from django.conf import settings
from django.contrib.auth import hashers
from django.contrib.auth.backends import BaseBackend
from django.core.management.base import CommandError
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.urls import reverse
from fraudapp.problems import problem

from transactions.models import Operator

log = logging.getLogger(__name__)
P = ParamSpec("P")


def find(name: str) -> Operator | None:
    """The operator, with the hash that his sessions depend on: a new password ends them."""
    password = settings.OPERATORS.get(name)
    return None if password is None else Operator(username=name, password=password)


class Backend(BaseBackend):
    """Compares passwords with those of the settings."""

    def authenticate(
        self, request: HttpRequest | None, username: str | None = None, password: str | None = None, **_: Any
    ) -> Operator | None:
        if username is None or password is None:
            return None
        operator = find(username)
        if operator is None:
            hashers.make_password(password)  # the same work, so that the time does not tell which names exist
            return None
        return operator if hashers.check_password(password, operator.password) else None

    def get_user(self, user_id: Any) -> Operator | None:
        return find(user_id)


class SignInByItself:
    """Signs in LOCAL_OPERATOR, for a run on one machine, where nobody else reaches the page."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        if settings.LOCAL_OPERATOR and not request.user.is_authenticated:
            request.user = Operator(username=settings.LOCAL_OPERATOR)  # pyright: ignore[reportAttributeAccessIssue]
        return self._get_response(request)


def required(
    view: Callable[Concatenate[HttpRequest, P], HttpResponseBase],
) -> Callable[Concatenate[HttpRequest, P], HttpResponseBase]:
    """Refuse the view to everyone but operators."""

    @functools.wraps(view)
    def checked(request: HttpRequest, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
        if request.user.is_authenticated:
            return view(request, *args, **kwargs)
        who = "Sign in first" if settings.OPERATORS else "This page is only read: it has no operators (OPERATORS)"
        return problem(401, f"{who}; only an operator may change anything.", login=reverse("login"))

    return checked


def name_of(request: HttpRequest) -> str:
    """The operator's name; "" without one."""
    return request.user.get_username() if request.user.is_authenticated else ""


def context(request: HttpRequest) -> dict[str, Any]:
    """What templates show of the operator."""
    name = name_of(request)
    by_itself = bool(name) and name == settings.LOCAL_OPERATOR
    return {"operator": name, "signed_in_by_itself": by_itself, "operators_exist": bool(settings.OPERATORS)}


def check_host(host: str) -> None:
    """Refuse to serve a page that signs everybody in to other machines."""
    if not settings.LOCAL_OPERATOR:
        return
    try:
        local = ipaddress.ip_address(host).is_loopback
    except ValueError:
        local = host == "localhost"
    if not local:
        raise CommandError(
            f"LOCAL_OPERATOR signs everybody in, so the host {host} is refused; use --host 127.0.0.1, or OPERATORS "
            "instead."
        )
