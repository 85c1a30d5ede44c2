"""``python -m benchmarks.speed``: every table about speed."""

import argparse

from benchmarks.measure import machine, title
from benchmarks.speed import large, memory, rescan, start

PARTS = ("start", "large", "rescan", "memory")


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.speed", description=__doc__)
    parser.add_argument("--large", type=int, default=200, help="how many 12-megapixel JPEGs")
    parser.add_argument("--tree", type=int, default=20_000, help="how many files in the tree to rescan")
    parser.add_argument("--memory", type=int, nargs=2, default=(500, 2000), help="two numbers of images")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS)
    asked = parser.parse_args()
    title(f"Speed ({machine()})")
    if "start" in asked.only:
        start.measure(2 * asked.rounds + 1)
    if "large" in asked.only:
        large.measure(asked.large, asked.rounds)
    if "rescan" in asked.only:
        rescan.measure(asked.tree, 2 * asked.rounds + 1)
    if "memory" in asked.only:
        memory.measure(*asked.memory)


if __name__ == "__main__":
    main()
