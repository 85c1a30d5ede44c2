"""A real service: its own process, port, catalog and vault."""

import contextlib
import io
import os
import re
import signal
import socket
import subprocess
import sys
import uuid
from dataclasses import dataclass, field
from pathlib import Path

import httpx
import numpy as np
import pytest
import warm
from PIL import Image

TOKEN = "test-token-of-enough-length"
START = "import typer; from onecopy.cli.serve import serve; typer.run(serve)"


@dataclass
class Service:
    """``onecopy serve`` on a free port; start it, talk to it, stop or kill it, start it again."""

    folder: Path
    token: str | None = TOKEN
    environment: dict = field(default_factory=dict)
    arguments: tuple = ()
    before: str = ""
    process: subprocess.Popen | warm.Process | None = None
    url: str = ""
    said: list = field(default_factory=list)
    code: int | None = None

    def start(self):
        environment = os.environ | {"XDG_CACHE_HOME": str(self.folder / "cache")} | self.environment
        if self.token:
            environment["ONECOPY_ADMIN_TOKEN"] = self.token
        places = ["--catalog", self.folder / "catalog.db", "--vault", self.folder / "vault"]
        self.log = (self.folder / "log").open("a+")
        code, arguments = self.before + START, ["--port", "0", *places, *self.arguments]
        if self.before:  # something changed before anything is imported
            self.process = subprocess.Popen(
                [sys.executable, "-c", code, *arguments],
                env=environment,
                stdout=subprocess.PIPE,
                stderr=self.log,
                text=True,
            )
        else:
            self.process = warm.start(code, arguments, environment, self.log)
        self.said = []
        while not (self.said and "/v1/uploads" in self.said[-1]):
            line = self.process.stdout.readline()
            if not line:
                self.code = self.stop()
                raise AssertionError(f"the service did not start:\n{self.errors()}")
            self.said.append(line.rstrip("\n"))
        self.url = re.search(r"http://\S+", self.said[0])[0]
        return self

    def client(self, token=None):
        token = token or self.token or self.printed_token()
        return httpx.Client(
            base_url=self.url, headers={"Authorization": f"Bearer {token}"}, timeout=120, trust_env=False
        )

    def printed_token(self):
        return next((line.split()[1] for line in self.said if line.startswith("token")), None)

    def errors(self):
        return (self.folder / "log").read_text()

    def stop(self, how=signal.SIGTERM):
        if self.process is None:
            return None
        if how is not None:
            with contextlib.suppress(ProcessLookupError):
                self.process.send_signal(how)
        code = self.process.wait(90)
        self.process.stdout.close()
        self.log.close()
        self.process = None
        return code


@pytest.fixture(scope="module")
def make_service(tmp_path_factory):
    """Makes services that do not run yet, each with places of its own; all are stopped in the end."""
    made = []

    def make(**how):
        made.append(Service(tmp_path_factory.mktemp("service"), **how))
        return made[-1]

    yield make
    for service in made:
        service.stop(signal.SIGKILL)


@pytest.fixture(scope="session")
def service(tmp_path_factory):
    running = Service(tmp_path_factory.mktemp("service")).start()
    yield running
    running.stop()
    assert "Traceback" not in running.errors()


@pytest.fixture
def client(service):
    with service.client() as client:
        yield client


@pytest.fixture(scope="session")
def city_service(request, tmp_path_factory):
    """A service on PostgreSQL and a bucket."""
    import psycopg

    postgres, s3 = (request.getfixturevalue(name) for name in ("postgres_server", "s3_server"))
    name = f"onecopy_test_{uuid.uuid4().hex}"
    with psycopg.connect(f"{postgres}/postgres", autocommit=True) as admin:
        admin.execute(f"CREATE DATABASE {name}")
        places = (
            "--catalog",
            f"{postgres}/{name}",
            "--vault",
            f"s3://{s3.make_bucket()}?endpoint={s3.endpoint}",
        )
        running = Service(tmp_path_factory.mktemp("service"), arguments=places).start()
        yield running
        running.stop()
        admin.execute(f"DROP DATABASE {name} WITH (FORCE)")
    assert "Traceback" not in running.errors()


@pytest.fixture(params=["service", "city_service"], ids=["SQLite, folder", "PostgreSQL, bucket"])
def anywhere(request):
    """A service, on each kind of storage."""
    return request.getfixturevalue(request.param)


@pytest.fixture
def free_port():
    """A port that nobody listens at."""
    with socket.socket() as listening:
        listening.bind(("127.0.0.1", 0))
        return listening.getsockname()[1]


@pytest.fixture
def case(request):
    """A case of the test's own."""
    return re.sub(r"\W+", "-", request.node.name)


@pytest.fixture
def send(client, case):
    """Uploads bytes: ``send(data, name, to="checks", case=…, agency=…)``."""

    def send(data, name="photo.jpg", /, to="uploads", **fields):
        return client.post(f"/v1/{to}", files={"file": (name, data)}, data={"case": case} | fields)

    return send


def jpeg(image, quality=90, **how):
    with io.BytesIO() as out:
        image.save(out, "JPEG", quality=quality, **how)
        return out.getvalue()


@pytest.fixture(scope="session")
def encode():
    return jpeg


@pytest.fixture(scope="session")
def photo():
    """A real photograph, 512 pixels square; each number gives a differently framed, distinct one."""
    from skimage import data

    pictures = [data.astronaut(), data.coffee(), data.chelsea(), data.rocket(), data.immunohistochemistry()]

    def photo(number=0):
        picture = Image.fromarray(np.ascontiguousarray(pictures[number % len(pictures)]))
        return picture.resize((640, 480), Image.Resampling.LANCZOS)

    return photo
