"""The API's document says what the API does, and its page needs nothing from elsewhere."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest

from tests.app.ingestion_lab import send

STATUSES = {"201", "400", "401", "403", "409", "413", "415", "422", "429", "503"}


@pytest.fixture(scope="module")
def document(django: None) -> dict[str, Any]:
    from django.test import Client

    answer = Client().get("/api/v1/openapi.json")
    assert answer.status_code == 200 and answer["Content-Type"].startswith("application/json")
    return answer.json()


@pytest.mark.parametrize("path", ["/api/v1/payments", "/api/v1/outcomes"])
def test_every_answer_is_described_with_an_example(document: dict[str, Any], path: str) -> None:
    post = document["paths"][path]["post"]
    assert document["openapi"] == "3.1.0" and set(post["responses"]) == STATUSES
    for status, answer in post["responses"].items():
        kind = "application/json" if status == "201" else "application/problem+json"
        assert answer["description"] and answer["content"][kind]["example"], status
    assert post["security"] == [{"ApiKey": []}]
    assert document["components"]["securitySchemes"]["ApiKey"] == {"type": "http", "scheme": "bearer"}
    (header,) = post["parameters"]
    assert (header["name"], header["in"], header["required"]) == ("Idempotency-Key", "header", True)


def test_the_fields_are_those_of_the_tables(document: dict[str, Any]) -> None:
    from transactions.models import Outcome, Transaction

    schemas = document["components"]["schemas"]
    payment = {field.attname for field in Transaction._meta.fields} - {"id"}
    assert set(schemas["PaymentBody"]["properties"]) == payment
    assert set(schemas["PaymentBody"]["required"]) == {"account_id", "amount", "ip_address"}
    assert schemas["PaymentBody"]["additionalProperties"] is False
    assert set(schemas["OutcomeBody"]["properties"]) < {field.attname for field in Outcome._meta.fields}


def test_the_examples_are_accepted(document: dict[str, Any]) -> None:
    content = document["paths"]["/api/v1/payments"]["post"]["requestBody"]["content"]["application/json"]
    for example in content["examples"].values():
        assert send(example["value"]).status_code == 201
    assert content["schema"]["anyOf"] if "anyOf" in content["schema"] else content["schema"]["oneOf"]


def test_the_page_loads_its_own_files_alone_under_a_policy() -> None:
    from django.contrib.staticfiles import finders
    from django.test import Client

    answer = Client().get("/api/v1/docs")
    page = answer.content.decode()
    assert answer.status_code == 200 and "http://" not in page and "https://" not in page
    files = re.findall(r'(?:src|href)="/static/([^"]+)"', page)
    assert len(files) >= 3 and all(finders.find(name) for name in files)
    assert not re.search(r"<script>|<script (?!type=\"application/json\"|src=)|onclick", page), "inline code is blocked"
    policy = answer["Content-Security-Policy"]
    assert "script-src 'self';" in policy and "default-src 'none'" in policy and "unsafe-eval" not in policy
    assert "unsafe-inline" not in Client().get("/")["Content-Security-Policy"], "only that page's policy is looser"
    assert "unsafe-inline" not in Client().get("/api/v1/openapi.json")["Content-Security-Policy"]


def test_the_document_is_whole(document: dict[str, Any]) -> None:
    names = set(document["components"]["schemas"])
    used = set(re.findall(r'"#/components/schemas/([^"]+)"', json.dumps(document)))
    assert used <= names
