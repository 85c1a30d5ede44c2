"""Requests made up from the API's own description, fitting and not: none may end in an error of ours."""

import contextlib

import httpx
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode

HERE = {"ONECOPY_WEBHOOK_ALLOW": "127.0.0.1", "ONECOPY_REQUESTS_PER_MINUTE": "0"}
UNFIT = (Unsatisfiable,)
"""Raised where nothing can be wrong with a request: it takes nothing."""
LEFT_OUT = {"GET /metrics"}
"""Counted with the ten thousandth request, not tried with it."""


@pytest.fixture(scope="module")
def running(make_service):
    service = make_service(environment=HERE).start()
    yield service
    assert "Traceback" not in service.errors()


@pytest.fixture(scope="module")
def operations(running):
    document = httpx.get(f"{running.url}/openapi.json", trust_env=False, timeout=60).json()
    found = [result.ok() for result in schemathesis.openapi.from_dict(document).get_all_operations()]
    assert len(found) == sum(len(methods) for methods in document["paths"].values())
    return [one for one in found if one.label not in LEFT_OUT]


def tried(running, operations, examples):
    """Sends ``examples`` requests to each operation, half of which do not fit; returns how many it sent."""
    headers = {"Authorization": f"Bearer {running.token}"}
    statuses = []
    for operation in operations:
        for mode in (GenerationMode.POSITIVE, GenerationMode.NEGATIVE):

            @settings(
                max_examples=examples,
                deadline=None,
                database=None,
                derandomize=True,
                phases=[Phase.explicit, Phase.generate],
                suppress_health_check=list(HealthCheck),
            )
            @given(case=operation.as_strategy(generation_mode=mode))
            def attempt(case):
                reply = case.call(base_url=running.url, headers=headers, timeout=60)
                statuses.append(reply.status_code)
                assert reply.status_code < 500, f"{case.as_curl_command()}\n{reply.text}"
                if reply.status_code >= 400:
                    assert reply.headers["content-type"][0] == "application/problem+json"

            with contextlib.suppress(*UNFIT if mode is GenerationMode.NEGATIVE else ()):
                attempt()
    return statuses


def test_nothing_that_is_sent_is_our_fault(running, operations):
    statuses = tried(running, operations, 2)
    assert {200, 404, 422} <= set(statuses)


@pytest.mark.slow
def test_nothing_of_much_that_is_sent_is_our_fault(running, operations):
    statuses = tried(running, operations, 50)
    assert len(statuses) > 2000
    assert {200, 201, 204, 404, 422} <= set(statuses)
