"""The bodies of requests and answers."""

from typing import Annotated, Any

from pydantic import BaseModel, ConfigDict, Discriminator, Tag, model_validator
from pydantic import Field as Limits
from transactions.payments import Payment

from ingestion import fields

MOST_ROWS = 1_000
PAYMENT: dict[str, Any] = {"account_id": 17, "amount": "12.50", "ip_address": "10.1.2.3", "terminal_id": "till-7"}
OUTCOME: dict[str, Any] = {"transaction_id": 4711, "is_fraud": True}


def example(value: dict[str, Any]) -> ConfigDict:
    return ConfigDict(extra="forbid", json_schema_extra={"examples": [value]})


class PaymentBody(BaseModel):
    """A payment. The fields are the columns of USER_TRANSACTION."""

    model_config = example(PAYMENT)
    account_id: fields.Identity
    amount: fields.Amount
    ip_address: fields.Address
    received_at: fields.MaybeTime = None
    terminal_id: fields.MaybeText = None
    device_id: fields.MaybeText = None
    latitude: fields.MaybeLatitude = None
    longitude: fields.MaybeLongitude = None
    payee_account_id: fields.MaybeIdentity = None

    @model_validator(mode="after")
    def _is_a_place(self) -> "PaymentBody":
        if (self.latitude is None) != (self.longitude is None):
            raise ValueError("latitude and longitude belong together; send both or neither")
        return self

    def payment(self) -> Payment:
        return Payment(
            account=self.account_id,
            amount=self.amount,
            address=self.ip_address,
            terminal=self.terminal_id,
            device=self.device_id,
            latitude=self.latitude,
            longitude=self.longitude,
            payee=self.payee_account_id,
            time=self.received_at,
        )


class PaymentsBody(BaseModel):
    """Several payments; all are committed, or none."""

    model_config = example({"payments": [PAYMENT, PAYMENT | {"account_id": 18}]})
    payments: Annotated[list[PaymentBody], Limits(min_length=1, max_length=MOST_ROWS)]


class OutcomeBody(BaseModel):
    """What became known about a payment. Its account, terminal and amount are taken from the payment."""

    model_config = example(OUTCOME)
    transaction_id: fields.Identity
    is_fraud: fields.Flag
    known_at: fields.MaybeTime = None


class OutcomesBody(BaseModel):
    """Several outcomes; all are committed, or none."""

    model_config = example({"outcomes": [OUTCOME]})
    outcomes: Annotated[list[OutcomeBody], Limits(min_length=1, max_length=MOST_ROWS)]


class Answer(BaseModel):
    """The ids that the database gave, in the order of the request."""

    model_config = example({"ids": [4711, 4712]})
    ids: list[int]


class FieldError(BaseModel):
    """`index`: of the payment in a batch."""

    field: str
    message: str
    index: int | None = None


class Problem(BaseModel):
    """RFC 9457."""

    type: str
    title: str
    status: int
    detail: str
    errors: list[FieldError] | None = None


def _kind_of(many: str) -> Discriminator:
    def kind(value: Any) -> str:
        return "batch" if isinstance(value, dict) and many in value else "one"

    return Discriminator(kind)


Payments = Annotated[Annotated[PaymentBody, Tag("one")] | Annotated[PaymentsBody, Tag("batch")], _kind_of("payments")]
Outcomes = Annotated[Annotated[OutcomeBody, Tag("one")] | Annotated[OutcomesBody, Tag("batch")], _kind_of("outcomes")]
