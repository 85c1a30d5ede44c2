"""docs/reference/api.md, from the API's own description: what each operation takes and answers."""

import json
import shlex
from collections.abc import Iterator
from pathlib import Path
from typing import Any

API = Path(__file__).resolve().parent.parent / "docs" / "reference" / "api.md"
HEAD = """# HTTP API

Every operation of `onecopy serve`, as its description at `/openapi.json` (OpenAPI 3.1) has it. This page is
written by `make docs`, and every command on it is run by the tests. For a first integration read
[Connect a portal](../how-to/connect-a-portal.md); which role may do what is in
[Agencies and tokens](../how-to/agencies-and-tokens.md).

- Every request carries `Authorization: Bearer TOKEN`; a browser may carry a session instead.
- Errors are `application/problem+json` (RFC 9457) with a stable `code`; the
  [table](../how-to/connect-a-portal.md#9-when-something-goes-wrong) says what to do about each.
- Times are RFC 3339 with a zone. Ids are opaque. What is another agency's is as if it were not there.
- Lists have a `cursor`: ask again with `next` of the page before, or follow the `Link` header (RFC 8288).

In the commands, `ONECOPY_URL` and `ONECOPY_TOKEN` are the address and a token, and names like `$occurrence`
stand for ids from earlier answers.
"""
_SINGULAR = {"batches": "batch", "deliveries": "delivery"}
_JSON = "application/json"


def api_page() -> str:
    """The whole page."""
    from onecopy.service.app import create_app
    from onecopy.service.settings import Settings

    document = create_app(Settings()).openapi()
    by_tag: dict[str, list[str]] = {}
    for path, methods in document["paths"].items():
        for method, operation in methods.items():
            section = "\n\n".join(_section(document, method.upper(), path, operation))
            by_tag.setdefault(operation["tags"][0], []).append(section)
    parts = [HEAD.rstrip("\n")]
    for tag, sections in by_tag.items():
        parts += [f"## {tag.capitalize()}", *sections]
    return "\n\n".join(parts) + "\n"


def _section(document: dict[str, Any], method: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
    yield f"### {method} {path}"
    yield operation.get("description") or operation["summary"]
    parameters = operation.get("parameters", [])
    if parameters:
        rows = [_parameter(one) for one in parameters]
        yield "\n".join(["| parameter | in | | example |", "|---|---|---|---|", *rows])
    yield from _body(document, operation)
    yield "\n".join(["| status | |", "|---|---|", *map(_status, sorted(operation["responses"].items()))])
    yield f"```sh\n{command(method, path, operation)}\n```"
    example = _answer(operation)
    if example is not None:
        yield f"```json\n{json.dumps(example, indent=2, ensure_ascii=False)}\n```"


def _parameter(one: dict[str, Any]) -> str:
    about = one.get("description", "")
    must = "**Required.** " if one.get("required") and one["in"] != "path" else ""
    return f"| `{one['name']}` | {one['in']} | {must}{_cell(about)} | {_code(one.get('example', ''))} |"


def _body(document: dict[str, Any], operation: dict[str, Any]) -> Iterator[str]:
    content = operation.get("requestBody", {}).get("content", {})
    for kind in (_JSON, "multipart/form-data"):
        if kind not in content:
            continue
        schema = content[kind]["schema"]
        required = schema.get("required", [])
        rows = [
            f"| `{name}` | {'required' if name in required else 'optional'} | {_cell(_about(field))} |"
            for name, field in schema["properties"].items()
        ]
        yield f"Body, as `{kind}`:"
        yield "\n".join(["| field | | |", "|---|---|---|", *rows])
    others = [f"`{kind}`" for kind in content if kind not in (_JSON, "multipart/form-data")]
    if others:
        yield f"Or the file alone, as {', '.join(others)}, with the fields in the address."


def _about(field: dict[str, Any]) -> str:
    said = [field["description"]] if "description" in field else []
    said += [f"One of: {', '.join(map(str, field['enum']))}."] if "enum" in field else []
    said += [f"At most {field['maxLength']:,} characters."] if "maxLength" in field else []
    return " ".join(said)


def _status(item: tuple[str, dict[str, Any]]) -> str:
    status, response = item
    return f"| {status} | {_cell(response['description'])} |"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _code(value: Any) -> str:
    text = value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)
    return f"`{_cell(text)}`" if text else ""


def _answer(operation: dict[str, Any]) -> Any:
    for status, response in operation["responses"].items():
        found = response.get("content", {}).get(_JSON, {})
        if status.startswith("2") and "example" in found:
            return found["example"]
    return None


def command(method: str, path: str, operation: dict[str, Any]) -> str:
    """How to ask with curl."""
    words = ['curl -s -H "Authorization: Bearer $ONECOPY_TOKEN"']
    content = operation.get("requestBody", {}).get("content", {})
    if "multipart/form-data" in content:
        words.append("-F case=24016-00001 -F file=@photo.jpg")
    elif _JSON in content:
        words.append(f"-H 'Content-Type: {_JSON}'")
        words.append(f"-d {shlex.quote(json.dumps(content[_JSON]['example'], ensure_ascii=False))}")
    elif content:
        words.append(f"-H 'Content-Type: {next(iter(content))}' --data-binary @manifest.csv")
    elif method != "GET":
        words.append(f"-X {method}")
    if (
        not any(_JSON in one.get("content", {}) for one in operation["responses"].values())
        and method == "GET"
    ):
        words.append("-o answer")
    needed = [one for one in operation.get("parameters", []) if one["in"] == "query" and one.get("required")]
    query = "&".join(f"{one['name']}={one['example']}" for one in needed)
    address = f"$ONECOPY_URL{_place(path, operation)}" + (f"?{query}" if query else "")
    return " \\\n    ".join([*words, f'"{address}"'])


def _place(path: str, operation: dict[str, Any]) -> str:
    examples = {one["name"]: one.get("example") for one in operation.get("parameters", ())}
    steps = path.split("/")
    for at, step in enumerate(steps):
        if not step.startswith("{"):
            continue
        name = step.strip("{}").partition(":")[0]
        if isinstance(examples[name], int):
            steps[at] = str(examples[name])
        else:
            before = path.split("/")[at - 1]
            steps[at] = "$" + (_SINGULAR.get(before, before.removesuffix("s")) if name == "id" else name)
    return "/".join(steps)
