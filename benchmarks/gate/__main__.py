"""``python -m benchmarks.gate``: how fast the gate is."""

import argparse

from benchmarks.gate import crowd, many
from benchmarks.measure import machine, title

PARTS = ("crowd", "many")


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.gate", description=__doc__)
    parser.add_argument("--images", type=int, default=120, help="how many 12-megapixel JPEGs")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--processes", type=int, default=1, help="processes that answer")
    parser.add_argument("--fingerprints", type=int, default=1_000_000)
    parser.add_argument("--points", type=int, default=0, help="key points of each fingerprint")
    parser.add_argument("--only", choices=PARTS, nargs="+", default=PARTS)
    asked = parser.parse_args()
    title(f"The gate ({machine()})")
    if "crowd" in asked.only:
        crowd.measure(asked.images, asked.rounds, asked.processes)
    if "many" in asked.only:
        many.measure(asked.fingerprints, asked.points)


if __name__ == "__main__":
    main()
