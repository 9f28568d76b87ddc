"""Endpoints for the cluster: liveness, readiness, metrics."""

from django.db import DatabaseError
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views.decorators.http import require_GET
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Gauge, generate_latest

from transactions import tables
from transactions.live import live


@require_GET
def livez(_request: HttpRequest) -> HttpResponse:
    """Does not check the database: killing the process would not bring it back."""
    return HttpResponse("ok\n", content_type="text/plain")


@require_GET
def readyz(_request: HttpRequest) -> JsonResponse:
    """503 with the reason when the database or a table is missing."""
    try:
        absent = tables.missing()
    except DatabaseError as error:
        return JsonResponse({"ready": False, "reason": str(error).strip()}, status=503)
    if absent:
        return JsonResponse({"ready": False, "reason": f"missing tables: {', '.join(absent)}"}, status=503)
    return JsonResponse({"ready": True})


@require_GET
def metrics(_request: HttpRequest) -> HttpResponse:
    state = live().state()
    registry = CollectorRegistry()
    Gauge("fraud_app_payments", "Payments in the database.", registry=registry).set(state["payments"])
    Gauge("fraud_app_payment_rate", "Payments a second.", registry=registry).set(state["rate"])
    alerts = Gauge("fraud_app_alerts", "Alerts read back, by rule.", ["rule"], registry=registry)
    for rule, count in state["by_rule"].items():
        alerts.labels(rule).set(count)
    delay = Gauge("fraud_app_alert_delay_seconds", "Payment to alert.", ["quantile"], registry=registry)
    for quantile, key in (("0.5", "delay_p50_ms"), ("0.99", "delay_p99_ms")):
        if state[key] is not None:
            delay.labels(quantile).set(state[key] / 1000)
    return HttpResponse(generate_latest(registry), content_type=CONTENT_TYPE_LATEST)
