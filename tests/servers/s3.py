"""A real S3 server for tests: one that runs already, or Ceph, as ``tools/ceph.py`` unpacks it.

``ONECOPY_TEST_S3_ENDPOINT`` names one that runs; the keys are then the usual ``AWS_…`` variables.
``ONECOPY_TEST_CEPH`` names the folder that holds Ceph, if it is not in the user's cache folder.
"""

import contextlib
import datetime
import hashlib
import hmac
import os
import shutil
import subprocess
import tempfile
import time
import urllib.request
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from postgres import free_port

WHERE = "ONECOPY_TEST_S3_ENDPOINT"
_CACHE = Path(os.environ.get("XDG_CACHE_HOME") or "~/.cache").expanduser()
CEPH = Path(os.environ.get("ONECOPY_TEST_CEPH") or _CACHE / "onecopy-tests" / "ceph")
_LIBRARIES = "usr/lib/x86_64-linux-gnu"


@dataclass(frozen=True)
class Server:
    """A server that runs, and the keys that open it."""

    endpoint: str
    access_key: str
    secret_key: str

    @property
    def environment(self) -> dict[str, str]:
        """The variables that hold the keys."""
        return {"AWS_ACCESS_KEY_ID": self.access_key, "AWS_SECRET_ACCESS_KEY": self.secret_key}

    def make_bucket(self) -> str:
        """Make an empty bucket and return its name."""
        name = f"onecopy-test-{uuid.uuid4().hex}"
        request = urllib.request.Request(f"{self.endpoint}/{name}", method="PUT", headers=self._signed(name))
        with urllib.request.urlopen(request, timeout=30):
            return name

    def _signed(self, bucket: str) -> dict[str, str]:
        """Headers of AWS's signature, version 4, for a request without a body."""
        now = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
        scope = f"{now[:8]}/us-east-1/s3/aws4_request"
        headers = {
            "host": self.endpoint.split("//")[1],
            "x-amz-content-sha256": hashlib.sha256(b"").hexdigest(),
            "x-amz-date": now,
        }
        names = ";".join(headers)
        lines = [f"{name}:{value}" for name, value in headers.items()]
        asked = "\n".join(["PUT", f"/{bucket}", "", *lines, "", names, headers["x-amz-content-sha256"]])
        digest = hashlib.sha256(asked.encode()).hexdigest()
        key = b"AWS4" + self.secret_key.encode()
        for word in (*scope.split("/"), "\n".join(["AWS4-HMAC-SHA256", now, scope, digest])):
            key = hmac.new(key, word.encode(), "sha256").digest()
        proof = f"Credential={self.access_key}/{scope},SignedHeaders={names},Signature={key.hex()}"
        return headers | {"Authorization": f"AWS4-HMAC-SHA256 {proof}"}


def missing() -> str | None:
    """Why there is no S3 server here, or ``None``."""
    if os.environ.get(WHERE) or (CEPH / "root" / "ready").exists():
        return None
    return f"no S3 server: run 'python3 tools/ceph.py {CEPH}' on Debian, or name a running one in {WHERE}"


@contextlib.contextmanager
def server() -> Iterator[Server]:
    """A server; it runs as long as this lasts."""
    running = os.environ.get(WHERE)
    if running:
        yield Server(running, os.environ["AWS_ACCESS_KEY_ID"], os.environ["AWS_SECRET_ACCESS_KEY"])
        return
    folder = Path(tempfile.mkdtemp(prefix="onecopy-s3-"))
    try:
        with contextlib.ExitStack() as stack:
            yield _started(folder, stack)
    finally:
        shutil.rmtree(folder, ignore_errors=True)


_CONF = """[global]
fsid = {fsid}
mon host = v2:127.0.0.1:{mon}
public addr = 127.0.0.1
cluster addr = 127.0.0.1
ms bind msgr1 = false
ms bind port min = {low}
ms bind port max = {high}
ms mon client mode = crc
auth cluster required = none
auth service required = none
auth client required = none
run dir = {state}
admin socket =
pid file =
log file = {state}/$name.log
mon cluster log to file = false
mon cluster log file =
plugin dir = {libraries}/ceph
erasure code dir = {libraries}/ceph/erasure-code
osd class dir = {libraries}/rados-classes
osd class load list = *
osd class default list = *
mon data = {state}/mon
mon data avail warn = 1
mon data avail crit = 0
paxos propose interval = 0.02
paxos min wait = 0.01
mon allow pool size one = true
mon max pg per osd = 1000
osd pool default size = 1
osd pool default min size = 1
osd pool default pg num = 4
osd pool default pgp num = 4
osd pool default pg autoscale mode = off
osd objectstore = memstore
memstore device bytes = 4294967296
osd data = {state}/osd
rgw data = {state}
rgw frontends = beast endpoint=127.0.0.1:{port} tcp_nodelay=1
"""


def _started(folder: Path, stack: contextlib.ExitStack) -> Server:
    """A cluster of one: a monitor, a store in memory, and the gateway that speaks S3."""
    root, port, monitor = CEPH / "root", free_port(), free_port()
    for name in ("mon", "osd"):
        (folder / name).mkdir()
    low = 20000 + os.getpid() % 8000
    values = {"fsid": uuid.uuid4(), "mon": monitor, "low": low, "high": low + 99, "port": port}
    config = _CONF.format(**values, state=folder, libraries=root / _LIBRARIES)
    (folder / "ceph.conf").write_text(config)
    environment = os.environ | {"CEPH_CONF": str(folder / "ceph.conf"), "HOME": str(folder)}

    def run(program: str, *words: object) -> None:
        done = subprocess.run(
            _command(root, program, *words), env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, timeout=60, check=False,
        )  # fmt: skip
        assert done.returncode == 0, f"{program}: {done.stdout.decode()[-2000:]}"

    def spawn(program: str, *words: object) -> subprocess.Popen[bytes]:
        alive = shutil.which("setpriv")
        before = [alive, "--pdeathsig", "KILL"] if alive else []
        with (folder / f"{program}.out").open("wb") as out:
            process = subprocess.Popen(
                [*before, *_command(root, program, *words)],
                env=environment, stdin=subprocess.DEVNULL, stdout=out, stderr=out,
            )  # fmt: skip
        stack.callback(_end, process)
        return process

    server = Server(f"http://127.0.0.1:{port}", "testaccess", "testsecret")
    map_ = folder / "monmap"
    run("monmaptool", "--create", "--fsid", values["fsid"], "--addv", "a", f"v2:127.0.0.1:{monitor}", map_)
    run("osdmaptool", "--createsimple", "1", "--clobber", folder / "osdmap")
    run("ceph-mon", "--mkfs", "-i", "a", "--monmap", map_, "--osdmap", folder / "osdmap")
    spawn("ceph-mon", "-i", "a", "-f")
    run("ceph-osd", "-i", "0", "--mkfs")
    spawn("ceph-osd", "-i", "0", "-f")
    keys = ["--access-key", server.access_key, "--secret-key", server.secret_key]
    run("radosgw-admin", "user", "create", "--uid=test", "--display-name=test", *keys)
    _wait(server, spawn("radosgw", "-f"), folder)
    return server


def _command(root: Path, program: str, *words: object) -> list[str]:
    """With the C library it came with, whichever Debian this is."""
    libraries = root / _LIBRARIES
    path = f"{libraries}:{libraries}/ceph:{root}/lib/x86_64-linux-gnu"
    found = [libraries / "ld-linux-x86-64.so.2", "--library-path", path, root / "usr" / "bin" / program]
    return [str(word) for word in (*found, *words)]


def _wait(server: Server, process: subprocess.Popen[bytes], folder: Path) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(OSError), urllib.request.urlopen(server.endpoint, timeout=2):
            return
        time.sleep(0.05)
    raise RuntimeError(f"the S3 server did not start:\n{(folder / 'radosgw.out').read_text()}")


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()  # all is in memory: there is nothing to save
    process.wait()
