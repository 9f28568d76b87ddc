"""An operator's verdict on a payment becomes an outcome, from which the score learns."""

import logging
from typing import Annotated

from django.db import DatabaseError
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_POST
from fraudapp.bodies import Body, takes
from fraudapp.problems import problem
from pydantic import Field

from transactions import operators, outcome_table
from transactions.live import live
from transactions.models import Transaction

log = logging.getLogger(__name__)
MOST = 2**63 - 1
WAIT = {"Retry-After": "2"}


class Verdict(Body):
    transaction_id: Annotated[int, Field(ge=1, le=MOST)]
    is_fraud: bool


@require_POST
@operators.required
@takes(Verdict)
def add(request: HttpRequest, verdict: Verdict) -> JsonResponse:
    """Body: {"transaction_id": a payment, "is_fraud": true or false}. The last verdict on a payment counts."""
    try:
        payment = Transaction.objects.get(pk=verdict.transaction_id)
        outcome = outcome_table.outcome_of(payment, is_fraud=verdict.is_fraud, known_at=live().now())
        number = outcome_table.add_one(outcome)
    except Transaction.DoesNotExist:
        return problem(404, f"transaction_id is {verdict.transaction_id}: there is no such payment.")
    except DatabaseError as error:
        log.warning("cannot write a verdict: %s", str(error).strip())
        return problem(503, "The database does not answer; try again. A verdict given twice counts once.", headers=WAIT)
    words = "fraud" if verdict.is_fraud else "genuine"
    log.info("operator %s: payment %s is %s", operators.name_of(request), payment.pk, words)
    return JsonResponse({"outcome": number}, status=201)
