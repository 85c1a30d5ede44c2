"""How long ``onecopy --help`` takes."""

import sys

from benchmarks.measure import ONECOPY, middle, run, table, title

GOAL = 0.4


def measure(rounds: int) -> None:
    runs = [(run([ONECOPY, "--help"]), run([sys.executable, "-c", "pass"])) for _ in range(rounds)]
    title(f"Start-up, {rounds} rounds")
    rows = [
        [name, f"{middle(seconds):.2f} s", f"{min(seconds):.2f} s", f"{middle(cpu):.2f} s"]
        for name, seconds, cpu in (
            ("python -c pass", [bare.seconds for _, bare in runs], [bare.cpu for _, bare in runs]),
            ("onecopy --help", [one.seconds for one, _ in runs], [one.cpu for one, _ in runs]),
        )
    ]
    table([f"goal ≤ {GOAL} s", "median", "best", "CPU"], rows)
