"""The other tools: how each is installed and run."""

import shutil
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from benchmarks.measure import Ran, catalog, run, scan
from benchmarks.pictures import CACHE

HERE = Path(__file__).resolve().parent


class AbsentError(Exception):
    """The tool cannot be had here, and why."""


@dataclass(frozen=True)
class Time:
    """What a tool needed for some files, in seconds.

    Attributes:
        whole: The whole command.
        alone: What the tool itself takes for its work, once it is loaded.
        cpu: Processor time of the whole command.
        pairs: How many pairs it calls alike.
    """

    whole: float
    alone: float
    cpu: float
    pairs: int


@dataclass(frozen=True)
class Python:
    """A tool in a virtual environment of its own in the cache."""

    name: str
    packages: Sequence[Sequence[str]]
    """What pip installs, one call after the other."""

    def ready(self) -> None:
        """Install it if it is not there.

        Raises:
            AbsentError: It cannot be.
        """
        if (self._place() / "ready").exists():
            return
        print(f"Installing {self.name} into {self._place()} …", flush=True)
        shutil.rmtree(self._place(), ignore_errors=True)
        commands = [[sys.executable, "-m", "venv", str(self._place())]]
        pip = [str(self.python), "-m", "pip", "install", "-q", "--disable-pip-version-check"]
        commands += [[*pip, *wanted] for wanted in self.packages]
        for command in commands:
            done = subprocess.run(command, check=False, capture_output=True, text=True)
            if done.returncode:
                raise AbsentError((done.stderr.strip().splitlines() or ["it cannot be installed"])[-1])
        (self._place() / "ready").touch()

    def time(self, folder: Path) -> Time:
        """Run it on a folder.

        Raises:
            AbsentError: It does not run here.
        """
        ran = run([self.python, HERE / f"run_{self.name.lower()}.py", folder], check=False)
        if ran.code or not ran.lines:
            raise AbsentError(f"it ended with exit code {ran.code} and no result")
        told = ran.lines[-1][1]
        return Time(ran.seconds, told["seconds"], ran.cpu, told["pairs"])

    def _place(self) -> Path:
        return CACHE / f"environment-{self.name.lower()}"

    @property
    def python(self) -> Path:
        """Its interpreter."""
        return self._place() / "bin" / "python"


@dataclass(frozen=True)
class FindImageDupes:
    """findimagedupes, where the system has it: a Perl program that runs on one processor."""

    name: str = "findimagedupes"

    def ready(self) -> None:
        """See :meth:`Python.ready`."""
        if shutil.which(self.name) is None:
            raise AbsentError("it is not installed (Debian: apt-get install findimagedupes)")

    def time(self, folder: Path) -> Time:
        """See :meth:`Python.time`."""
        ran = run([self.name, "--recurse", "--quiet", "--quiet", folder], check=False)
        if ran.code:
            raise AbsentError(f"it ended with exit code {ran.code}")
        return Time(ran.seconds, ran.seconds, ran.cpu, ran.others)


@dataclass(frozen=True)
class OneCopy:
    """A first scan with an empty catalog, the whole command."""

    name: str = "onecopy scan"

    def ready(self) -> None:
        """It is here."""

    def time(self, folder: Path) -> Time:
        """See :meth:`Python.time`."""
        with catalog() as store:
            ran: Ran = scan(folder, store)
        done = ran.lines[-1][1]
        linked = sum(one["images"] for one in done["totals"]["redundant"].values())
        return Time(ran.seconds, done["seconds"], ran.cpu, linked)


TOOLS = (
    OneCopy(),
    Python(
        "imagededup",
        (
            # Without what only its neural network needs: torch, torchvision.
            ("--no-deps", "imagededup==0.3.3.post2"),
            ("numpy", "pillow", "scipy", "scikit-learn", "tqdm", "PyWavelets"),
        ),
    ),
    Python("difPy", (("difPy==4.2.1",),)),
    Python("fastdup", (("fastdup==2.54",),)),
    FindImageDupes(),
)
