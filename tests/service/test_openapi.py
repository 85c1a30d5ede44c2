"""The description of the API, and health."""

import httpx
import jsonschema


def test_health_needs_no_token(service):
    response = httpx.get(f"{service.url}/healthz", trust_env=False, timeout=60)
    assert (response.status_code, response.json()) == (200, {"status": "ok"})
    assert "server" not in response.headers
    assert response.headers["referrer-policy"] == "no-referrer"


def test_description_says_what_there_is(service):
    document = httpx.get(f"{service.url}/openapi.json", trust_env=False, timeout=60).json()
    assert document["openapi"].startswith("3.1")
    upload = document["paths"]["/v1/uploads"]["post"]
    assert {"200", "201", "202", "400", "401", "409", "413", "415", "422", "503"} <= set(upload["responses"])
    form = upload["requestBody"]["content"]["multipart/form-data"]["schema"]
    assert form["required"] == ["file", "case"]
    assert upload["security"]
    assert "ValidationError" not in str(document)
    assert "$defs" not in str(document)
    assert set(document["paths"]) == {
        "/v1/uploads",
        "/v1/checks",
        "/v1/occurrences/{id}",
        "/v1/occurrences/{id}/content",
        "/v1/occurrences/{id}/pictures",
        "/v1/occurrences/{id}/picture",
        "/v1/occurrences/{id}/tiles/{level}/{column}/{row}",
        "/v1/occurrences/{id}/pages/{number}",
        "/v1/occurrences/{id}/differences/{other}",
        "/v1/occurrences",
        "/v1/occurrences/{id}/matches",
        "/v1/upload-requirements",
        "/v1/cases",
        "/v1/cases/{id}",
        "/v1/cases/{id}/current",
        "/v1/me",
        "/v1/sign-in",
        "/v1/sign-in/callback",
        "/v1/sign-out",
        "/v1/tokens",
        "/v1/tokens/{id}",
        "/v1/agreements",
        "/v1/agreements/{id}",
        "/v1/questions",
        "/v1/questions/counts",
        "/v1/questions/cases",
        "/v1/questions/next",
        "/v1/questions/changes",
        "/v1/questions/{id}",
        "/v1/questions/{id}/claim",
        "/v1/questions/{id}/release",
        "/v1/questions/{id}/assign",
        "/v1/questions/{id}/answers",
        "/v1/answers",
        "/v1/answers/{id}/undo",
        "/v1/batches/{id}/undo",
        "/v1/offered-rules",
        "/v1/offered-rules/{id}/adopt",
        "/v1/webhooks",
        "/v1/webhooks/{id}",
        "/v1/webhooks/{id}/secret",
        "/v1/webhooks/{id}/enable",
        "/v1/webhooks/{id}/ping",
        "/v1/webhooks/{id}/deliveries",
        "/v1/webhooks/{id}/deliveries/{message}/redeliver",
        "/v1/imports",
        "/v1/imports/{id}",
        "/v1/imports/{id}/rows",
        "/v1/imports/{id}/pause",
        "/v1/imports/{id}/resume",
        "/v1/imports/{id}/retry",
        "/v1/imports/{id}/cancel",
        "/v1/policy",
        "/v1/audit/head",
        "/v1/audit/events",
        "/healthz",
        "/readyz",
        "/metrics",
    }


def test_examples_fit_their_schemas(service):
    document = httpx.get(f"{service.url}/openapi.json", trust_env=False, timeout=60).json()
    schemas = document["components"]["schemas"]
    shown = {name: schema for name, schema in schemas.items() if "examples" in schema}
    assert {"Reply", "Occurrence", "Case", "Problem", "Match"} <= set(shown)
    for name, schema in shown.items():
        checker = jsonschema.Draft202012Validator({"$ref": f"#/components/schemas/{name}"} | document)
        for example in schema["examples"]:
            checker.validate(example)


def test_replies_fit_their_schemas(service, send, encode, photo):
    document = httpx.get(f"{service.url}/openapi.json", trust_env=False, timeout=60).json()
    checker = jsonschema.Draft202012Validator({"$ref": "#/components/schemas/Reply"} | document)
    for data in (encode(photo()), encode(photo()), b"not an image"):
        checker.validate(send(data, agency="schemas").json())


BINARY = ("image/", "application/octet-stream", "application/pdf", "application/zip", "application/x-tar")


def test_every_operation_has_examples_that_fit(service):
    document = httpx.get(f"{service.url}/openapi.json", trust_env=False, timeout=60).json()
    without = []

    def look(name, place, schema):
        if "example" not in place and not place.get("examples") and not schema.get("examples"):
            without.append(name)
        elif "example" in place:
            checker = jsonschema.Draft202012Validator(schema | {"components": document["components"]})
            assert not list(checker.iter_errors(place["example"])), name

    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            name = f"{method.upper()} {path}"
            for one in operation.get("parameters", ()):
                look(f"{name} {one['name']}", one, one["schema"])
            contents = [*operation.get("requestBody", {}).get("content", {}).items()]
            for response in operation["responses"].values():
                assert response["description"]
                contents += response.get("content", {}).items()
            for kind, content in contents:
                if not kind.startswith((*BINARY, "text/")):
                    look(f"{name} {kind}", content, content["schema"])
    assert without == []
