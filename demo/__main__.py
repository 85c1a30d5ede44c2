"""``python -m demo build DIR`` makes the archive; ``run`` tells the story; ``serve`` leaves the gate up."""

import argparse
import signal
import sys
from pathlib import Path

from demo.archive import build


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="python -m demo", description=__doc__)
    steps = parser.add_subparsers(dest="step", required=True)
    for name, about in (
        ("build", "make the archive"),
        ("run", "make it, scan it, send it through a gate, answer, check all against the truth"),
        ("serve", "start a gate whose desk has the questions of the application, until Ctrl-C"),
    ):
        step = steps.add_parser(name, help=about)
        step.add_argument("folder", type=Path, nargs="?", default=Path("demo-out"))
    chosen = parser.parse_args(arguments)
    if chosen.step == "build":
        build(chosen.folder)
        return 0
    from demo import story

    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # so that the gate ends with it
    return story.run(chosen.folder) if chosen.step == "run" else story.serve(chosen.folder)


if __name__ == "__main__":
    sys.exit(main())
