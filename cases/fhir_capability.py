"""The FHIR R4 CapabilityStatement of this server, made of what is routed and what can be searched."""

from collections.abc import Mapping, Sequence
from typing import Any

from cases.fhir_search import PARAMETERS

# The day on which what is said here last changed.
DATE = "2026-12-01"
SECURITY = "http://terminology.hl7.org/CodeSystem/restful-security-service"
URIS = "http://fhir-registry.smarthealthit.org/StructureDefinition/oauth-uris"
# Our actions as FHIR calls them.
INTERACTIONS = {"list": "search-type", "create": "create", "retrieve": "read"}


def capability_json(
    resources: Mapping[str, Sequence[str]], *, base: str, token: str
) -> dict[str, Any]:
    """`resources` are the actions of each resource that is routed, `base` and `token` addresses of this server."""
    return {
        "resourceType": "CapabilityStatement",
        "status": "active",
        "date": DATE,
        "kind": "instance",
        "software": {"name": "msw-portal"},
        "implementation": {"description": "医务社工门户：转介", "url": base},
        "fhirVersion": "4.0.1",
        "format": ["application/fhir+json"],
        "rest": [
            {
                "mode": "server",
                "security": {
                    "service": [{"coding": [{"system": SECURITY, "code": "OAuth"}]}],
                    "description": "OAuth2 client credentials; scopes referrals:read and referrals:write.",
                    "extension": [
                        {"url": URIS, "extension": [{"url": "token", "valueUri": token}]}
                    ],
                },
                "resource": [_resource(name, actions) for name, actions in resources.items()],
            }
        ],
    }


def _resource(name: str, actions: Sequence[str]) -> dict[str, Any]:
    said: dict[str, Any] = {
        "type": name,
        "interaction": [{"code": INTERACTIONS[action]} for action in actions],
        "versioning": "no-version",
    }
    if "list" in actions:
        said["searchParam"] = [
            {"name": key, "type": kind, "documentation": words}
            for key, (kind, words) in PARAMETERS.items()
        ]
    return said
