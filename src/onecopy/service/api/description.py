"""The API's description, completed: every operation, parameter and answer has an example."""

from collections.abc import Iterator
from http import HTTPStatus
from typing import Any

from onecopy.service.api.models import Problem, problems

_ID = "5b0e9d0e-4f1c-4a56-9a53-0f6f3e6a9d11"
_EXAMPLES: dict[str, Any] = {
    "id": _ID,
    "other": "c1a3ad2e-95f0-4c0e-8f5e-0c7f6f4f3b52",
    "message": "msg_2Lj8kQ0c1D",
    "before": "msg_2Lj8kQ0c1D",
    "agency": "building",
    "case": "24016-00001",
    "category": "site-photo",
    "source": "portal",
    "reviewer": "kim@example.gov",
    "inner": "#page=3&image=1",
    "side": 640,
    "level": 0,
    "column": 0,
    "row": 0,
    "number": 1,
    "cursor": "WyJuZXdlc3QiLCI1YjBlOWQwZSJd",
    "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
}
"""Of parameters that have none of their own, by their names."""
_PROBLEMS = {
    400: ("interrupted", "The request was interrupted. Send it again."),
    401: ("unauthorized", "The request carries no valid token. Send 'Authorization: Bearer <token>'."),
    403: ("forbidden", "The role 'auditor' may not send uploads and checks."),
    404: ("not-found", "There is no such occurrence."),
    408: ("stalled", "Nothing came for 30 seconds, so the request was dropped. Send it again."),
    409: ("rejected", "It was not stored. Send the signed plan."),
    410: ("vanished", "The vault has no such content. If it should, restore it from a backup."),
    413: (
        "too-large",
        "The file is larger than the 1,073,741,824 bytes that are let in.",
    ),
    415: ("not-a-form", "Send the file as multipart/form-data, or the file alone."),
    416: ("range-not-satisfiable", "The range begins beyond the end: the content has 2,183,402 bytes."),
    422: ("bad-context", "The field 'case' is empty. Say which case the upload belongs to."),
    429: ("too-many-requests", "There were too many requests. Wait, and send it again."),
    502: ("provider-failed", "The sign-in provider cannot be reached."),
    503: ("unavailable", "The service cannot reach its storage. Nothing was taken in; send it again."),
    507: ("disk-full", "The service has no room left. Nothing was taken in; send it again later."),
}
"""An example of a problem of each status: its code, and what it says."""
_ANSWERS = {"/healthz": {"status": "ok"}, "/readyz": {"status": "ready"}}
"""Examples of answers that have no model."""
_UNUSED = ("HTTPValidationError", "ValidationError")
"""The framework's own form of errors, which is not used here."""


def described(document: dict[str, Any]) -> dict[str, Any]:
    """Complete the description that the framework made."""
    schemas = document["components"]["schemas"]
    for unused in _UNUSED:
        schemas.pop(unused, None)
    schemas["Problem"] = Problem.model_json_schema()
    for path, answer in _ANSWERS.items():
        document["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["example"] = answer
    for operation in operations(document):
        if "401" in operation["responses"]:
            operation["responses"] |= {str(status): said for status, said in problems(429).items()}
        if "422" in operation["responses"]:
            operation["responses"]["422"] = problems(422)[422]
        for parameter in operation.get("parameters", ()):
            _with_example(parameter, parameter["schema"], schemas)
        for body in operation.get("requestBody", {}).get("content", {}).values():
            _with_example(body, body["schema"], schemas)
        for status, response in operation["responses"].items():
            if response["description"] == "Successful Response":  # the framework's own words
                response["description"] = "Done."
            for kind, content in response.get("content", {}).items():
                if kind == "application/problem+json":
                    response["content"] = {kind: content | {"example": _problem(int(status))}}
                elif "schema" in content:
                    _with_example(content, content["schema"], schemas)
    return document


def operations(document: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """All operations of a description."""
    for path in document["paths"].values():
        yield from path.values()


def _with_example(place: dict[str, Any], schema: dict[str, Any], schemas: dict[str, Any]) -> None:
    """Lift a schema's first example to where tools look for it; what has none gets that of its name."""
    named = schemas[schema["$ref"].rpartition("/")[2]] if "$ref" in schema else schema
    if "example" in place or "examples" in place:
        return
    if named.get("examples"):
        place["example"] = named["examples"][0]
    elif place.get("name") in _EXAMPLES and _is_text(named) == isinstance(_EXAMPLES[place["name"]], str):
        place["example"] = _EXAMPLES[place["name"]]
    elif (made := _made_up(named, schemas)) is not None:
        place["example"] = made


def _is_text(schema: dict[str, Any]) -> bool:
    return "string" in {one.get("type") for one in (schema, *schema.get("anyOf", ()))}


def _made_up(schema: dict[str, Any], schemas: dict[str, Any]) -> Any:
    """A value that fits a schema, where one can be told from it: its default, a choice, a number."""
    if "$ref" in schema:
        return _made_up(schemas[schema["$ref"].rpartition("/")[2]], schemas)
    if schema.get("default") is not None:
        return schema["default"]
    for one in schema.get("anyOf", ()):
        return _made_up(one, schemas)
    if schema.get("type") == "array":
        return [_made_up(schema["items"], schemas)]
    if "enum" in schema:
        return schema["enum"][0]
    if schema.get("type") in ("integer", "number"):
        return schema.get("minimum", 1)
    return schema.get("default")


def _problem(status: int) -> dict[str, Any]:
    code, detail = _PROBLEMS[status]
    return {
        "type": "about:blank",
        "title": HTTPStatus(status).phrase,
        "status": status,
        "code": code,
        "detail": detail,
    }
