"""What a service tells of itself: figures, readiness, its log."""

import json
import re

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families

from onecopy.service.requests import HEADER


def figures(client):
    """The samples of ``/metrics`` by name and labels."""
    response = client.get("/metrics")
    assert response.status_code == 200
    assert response.headers["content-type"].startswith("text/plain")
    return parsed(response.text)


def parsed(text):
    return {
        (sample.name, *(sample.labels[label] for label in sorted(sample.labels))): sample.value
        for family in text_string_to_metric_families(text)
        for sample in family.samples
    }


@pytest.fixture(scope="module", params=[1, 2], ids=["one process", "two processes"])
def watched(request, make_service):
    arguments = ("--workers", str(request.param), "--log-format", "json", "--metrics-port", "0")
    return make_service(arguments=arguments).start()


def test_figures_are_those_of_all_processes(watched, encode, photo):
    first, near = encode(photo(3), 92), encode(photo(3), 60)
    for data in (first, near, first, b"no picture"):
        with watched.client() as client:  # each over a connection of its own: any process may get it
            form = {"files": {"file": ("secret-name.jpg", data)}, "data": {"case": "secret-case"}}
            assert client.post("/v1/uploads", **form).is_success
    processes = 1 + (watched.arguments[1] == "2")
    with watched.client() as client:
        found = figures(client)
        assert found["onecopy_uploads_total", "store", "none"] == 2
        assert found["onecopy_uploads_total", "link", "same-image"] == 1
        assert found["onecopy_uploads_total", "link", "same-bytes"] == 1
        assert found["onecopy_decodes_total",] == 3  # the exact duplicate cost none
        assert found["onecopy_comparisons_total",] == 1
        assert found["onecopy_candidates_count",] == 4
        assert found["onecopy_requests_total", "POST", "/v1/uploads", "201"] == 2
        assert found["onecopy_workers",] == processes
        assert found["onecopy_decode_workers",] >= processes
        assert (found["onecopy_uploads_under_way",], found["onecopy_spool_bytes",]) == (0, 0)
        for stage in ("identify", "compare", "keep", "store"):
            assert found["onecopy_stage_seconds_count", stage] > 0
        text = client.get("/metrics").text
    assert not re.search(r"secret|24016|jpg", text)
    address = re.search(r"http://\S+", next(line for line in watched.said if line.startswith("figures")))[0]
    alone = parsed(httpx.get(address, trust_env=False).text)
    assert alone["onecopy_uploads_total", "store", "none"] == 2
    assert httpx.get(address.replace("/metrics", "/v1/uploads"), trust_env=False).text.startswith("#")


def test_every_request_has_an_id_and_one_line_in_the_log(watched):
    with watched.client() as client:
        mine = client.get("/v1/cases/secret-case-2", headers={HEADER: "portal-4711"})
        assert mine.headers[HEADER] == "portal-4711"
        for unfit in ("x" * 129, "a b", "a\tb"):
            given = client.get("/v1/cases/x", headers={HEADER: unfit}).headers[HEADER]
            assert re.fullmatch(r"[0-9a-f]{32}", given)
        client.get("/made/up/secret-case")
        client.get("/healthz")
    lines = [json.loads(line) for line in watched.errors().splitlines()]
    (line,) = (line for line in lines if line.get("request_id") == "portal-4711")
    assert (line["event"], line["status"], line["route"]) == ("request", 404, "/v1/cases/{id}")
    assert (line["level"], line["method"]) == ("info", "GET")
    assert line["ms"] > 0
    assert not any(line.get("route") == "/healthz" for line in lines)
    said = watched.errors()
    assert watched.token not in said
    assert "secret" not in said


def test_ready_needs_no_token(watched):
    response = httpx.get(f"{watched.url}/readyz", trust_env=False)
    assert (response.status_code, response.json()) == (200, {"status": "ready"})


def test_not_ready_while_the_vault_or_the_catalog_is_away(make_service):
    service = make_service().start()
    for path in ("vault", "catalog.db"):
        away = service.folder / f"{path}-away"
        (service.folder / path).rename(away)
        if path == "catalog.db":  # connections that are open go on; a folder in its place stops new ones
            (service.folder / path).mkdir()
            for other in service.folder.glob("catalog.db-*"):
                if other != away:
                    other.unlink()
        response = httpx.get(f"{service.url}/readyz", trust_env=False)
        if path == "catalog.db":
            (service.folder / path).rmdir()
        away.rename(service.folder / path)
        if path == "vault":
            assert (response.status_code, response.json()["code"]) == (503, "not-ready")
            assert str(service.folder) not in response.text
            assert httpx.get(f"{service.url}/readyz", trust_env=False).status_code == 200
