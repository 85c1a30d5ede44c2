"""An OpenID provider of its own process, which knows a few people."""

import contextlib
import json
import socket
import subprocess
import sys
import time
from collections.abc import Iterator

import httpx

PEOPLE = [
    {"sub": "a1", "email": "alice@example.gov", "email_verified": True},
    {"sub": "b2", "email": "bob@example.gov", "email_verified": True},
    {"sub": "m3", "email": "alice@example.gov", "email_verified": False},
]


@contextlib.contextmanager
def server() -> Iterator[str]:
    """Its address, which is its issuer's name, too."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    known = [part for one in PEOPLE for part in ("--user-claims", json.dumps(one))]
    command = [sys.executable, "-W", "ignore", "-m", "oidc_provider_mock", "--port", str(port), *known]
    process = subprocess.Popen([*command, "--require-nonce", "true"], stderr=subprocess.DEVNULL)
    try:
        yield _ready(f"http://127.0.0.1:{port}", process)
    finally:
        process.terminate()
        process.wait(10)


def _ready(url: str, process: subprocess.Popen[bytes]) -> str:
    """Wait for it; what it calls itself."""
    for _ in range(200):
        if process.poll() is not None:
            break
        with contextlib.suppress(httpx.HTTPError):
            said = httpx.get(f"{url}/.well-known/openid-configuration", trust_env=False).json()
            return str(said["issuer"])
        time.sleep(0.05)
    raise AssertionError("the OpenID provider did not start")
