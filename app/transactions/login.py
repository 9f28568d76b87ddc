"""The sign-in form, with a limit on failures."""

import logging
import math
import time
from typing import Any

from django.conf import settings
from django.contrib.auth.forms import AuthenticationForm
from django.contrib.auth.views import LoginView
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from limits import RateLimitItem, RateLimitItemPerMinute, storage, strategies

log = logging.getLogger(__name__)
LIMITER = strategies.MovingWindowRateLimiter(storage.MemoryStorage())
"""Of this process: with several pods, each counts its own."""
MINUTES = 5
OF_NAME = RateLimitItemPerMinute(5, MINUTES, namespace="login-name")
"""Per name and address, so that a stranger elsewhere cannot lock an operator out."""
OF_ADDRESS = RateLimitItemPerMinute(20, MINUTES, namespace="login-address")
LONGEST_NAME = 64


class Login(LoginView):
    redirect_authenticated_user = True

    def post(self, request: HttpRequest, *args: str, **kwargs: Any) -> HttpResponse:
        address = address_of(request)
        name = request.POST.get("username", "")[:LONGEST_NAME]
        limits: list[tuple[RateLimitItem, tuple[str, ...]]] = [(OF_NAME, (address, name)), (OF_ADDRESS, (address,))]
        for limit, keys in limits:
            # Counted before the password is checked: many attempts at once get no more chances.
            if not LIMITER.hit(limit, *keys):
                return self._refused(name, address, LIMITER.get_window_stats(limit, *keys).reset_time)
        response: HttpResponse = super().post(request, *args, **kwargs)
        if request.user.is_authenticated:
            LIMITER.clear(OF_NAME, address, name)
            log.info("operator %s signed in from %s", name, address)
        else:
            log.warning("sign-in failed for %s from %s", _known(name), address)
        return response

    def _refused(self, name: str, address: str, reset: float) -> HttpResponse:
        wait = max(1, math.ceil(reset - time.time()))
        log.warning("sign-in refused for %s from %s: too many attempts", _known(name), address)
        words = f"Too many attempts. Try again in {wait} seconds."
        # Not the bound form, which would check the password after all.
        context = self.get_context_data(form=AuthenticationForm(self.request), refused=words)
        response = self.render_to_response(context, status=429)
        response["Retry-After"] = str(wait)
        return response


login = never_cache(Login.as_view())


def address_of(request: HttpRequest) -> str:
    """The client's address. Only the load balancer reaches the pods, and it appends the address that it saw."""
    forwarded = request.META.get("HTTP_X_FORWARDED_FOR", "") if settings.BEHIND_LOAD_BALANCER else ""
    return forwarded.rpartition(",")[2].strip() or request.META.get("REMOTE_ADDR", "")


def _known(name: str) -> str:
    """Other names are not logged: people type passwords into the wrong field."""
    return f"operator {name}" if name in settings.OPERATORS else "an unknown name"
