"""The service on PostgreSQL and a bucket, also on a bad day of the store."""

import uuid

import pytest
from faulty import Faulty


@pytest.fixture(scope="module")
def new_database_for_all(postgres_server):
    """A database of this module's own."""
    import psycopg

    name = f"onecopy_test_{uuid.uuid4().hex}"
    with psycopg.connect(f"{postgres_server}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        yield f"{postgres_server}/{name}"
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")


@pytest.fixture(scope="module")
def faulty(s3_server):
    with Faulty(s3_server.endpoint).running() as faulty:
        yield faulty


@pytest.fixture(scope="module")
def city(new_database_for_all, faulty, s3_server, make_service):
    vault = f"s3://{s3_server.make_bucket()}/permits?endpoint={faulty.endpoint}&seconds=2"
    service = make_service(arguments=("--catalog", new_database_for_all, "--vault", vault)).start()
    yield service
    service.stop()
    assert "Traceback" not in service.errors()


@pytest.fixture
def send(city, case):
    def send(data, name="photo.jpg"):
        with city.client() as client:
            return client.post("/v1/uploads", files={"file": (name, data)}, data={"case": case})

    return send


def test_its_secrets_are_not_shown(city, postgres_server):
    said = "\n".join(city.said) + city.errors()
    secret = postgres_server.split("@")[0].rpartition(":")[2]
    assert secret not in said
    assert "postgresql://" in said
    assert "s3://" in said


def test_an_upload_is_linked_and_read_back(city, send, encode, photo):
    first = send(encode(photo(), 90))
    assert first.status_code == 201
    second = send(encode(photo(), 70), "again.jpg")
    assert (second.status_code, second.json()["decision"]) == (200, "link")
    with city.client() as client:
        kept = client.get(f"{first.headers['location']}/content")
    assert kept.content == encode(photo(), 90)


@pytest.mark.parametrize("fault", ["503", "reset", "hang"])
def test_an_upload_that_cannot_be_kept_is_refused_and_may_come_again(send, faulty, fault):
    data = f"no picture, {fault}".encode()
    faulty.always(fault, "PUT")
    try:
        refused = send(data)
    finally:
        faulty.always(None)
    assert (refused.status_code, refused.json()["code"]) == (503, "unavailable")
    assert int(refused.headers["retry-after"]) > 0
    assert "s3" not in refused.text
    assert send(data).status_code == 201


def test_bytes_that_cannot_be_fetched_now_are_not_said_to_be_lost(city, send, faulty):
    kept = send(b"no picture either")
    faulty.always("503", "GET", "HEAD")
    try:
        with city.client() as client:
            answer = client.get(f"{kept.headers['location']}/content")
    finally:
        faulty.always(None)
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
