"""What the API promises of every resource, read from its own description.

A single resource is read with an ETag; an unsafe method on one demands If-Match and an
Idempotency-Key and describes 412 and 428 as problem documents.
"""

from typing import Any

import pytest
from drf_spectacular.generators import SchemaGenerator

UNSAFE = {"post", "put", "patch", "delete"}
PROBLEM, FHIR = "application/problem+json", "application/fhir+json"
# Addresses of one resource that demand no If-Match, and why.
WITHOUT_MATCH = {
    "/api/v1/episodes/{mrn}": "the hospital's system never reads: the time of its source decides which "
    "of two deliveries stands, and an older one is no error",
}


@pytest.fixture(scope="module")
def singles() -> dict[tuple[str, str], dict[str, Any]]:
    """(path, method) -> operation, of every address that names one resource."""
    paths = SchemaGenerator().get_schema(public=True)["paths"]
    return {
        (path, method): operation
        for path, methods in paths.items()
        for method, operation in methods.items()
        if "{" in path and path.rstrip("/") not in WITHOUT_MATCH
    }


def _headers(operation: dict[str, Any]) -> dict[str, bool]:
    return {
        one["name"]: one.get("required", False)
        for one in operation.get("parameters", ())
        if one["in"] == "header"
    }


def test_every_single_resource_answers_with_its_etag(singles):
    reads = {key: one for key, one in singles.items() if key[1] == "get"}
    told = {key: "ETag" in one["responses"]["200"].get("headers", {}) for key, one in reads.items()}
    assert reads
    assert [key for key, has_tag in told.items() if not has_tag] == []


def test_every_unsafe_method_on_a_resource_demands_what_was_read_and_a_key(singles):
    wrong = {}
    for key, one in singles.items():
        if key[1] not in UNSAFE:
            continue
        asked, answers = _headers(one), one["responses"]
        problems = {
            code for code in ("412", "428") if PROBLEM in answers.get(code, {}).get("content", {})
        }
        if not (asked.get("If-Match") and asked.get("Idempotency-Key") and len(problems) == 2):
            wrong[key] = (asked, sorted(answers))
    assert wrong == {}


def test_every_operation_says_what_it_is_which_scope_it_needs_and_how_it_is_refused():
    wrong = {}
    for path, methods in SchemaGenerator().get_schema(public=True)["paths"].items():
        for method, one in methods.items():
            scopes = [scope for need in one.get("security", ()) for scope in need.get("oauth2", ())]
            # FHIR says a refusal in its own way.
            refusal = FHIR if path.startswith("/api/v1/fhir/") else PROBLEM
            refused = {
                code
                for code in ("401", "429", "503")
                if refusal in one["responses"].get(code, {}).get("content", {})
                or PROBLEM in one["responses"].get(code, {}).get("content", {})
            }
            is_told = path == "/api/v1/me/" or len(scopes) == 1
            if not (
                one.get("summary") and one.get("description") and is_told and len(refused) == 3
            ):
                wrong[(path, method)] = (scopes, sorted(refused))
    assert wrong == {}
