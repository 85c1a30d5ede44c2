"""``python -m benchmarks``: every table, one program after the other. ``make bench`` runs it."""

import argparse
import subprocess
import sys

PARTS = ("speed", "peers", "accuracy")
_QUICK = {
    "speed": ["--large", "40", "--tree", "2000", "--memory", "100", "400", "--rounds", "1"],
    "peers": ["--small", "100", "--large", "10", "--rounds", "1"],
    "accuracy": ["edits", "views"],
}


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks", description=__doc__)
    parser.add_argument("parts", nargs="*", choices=[*PARTS, []], default=[], help="by default all")
    parser.add_argument("--quick", action="store_true", help="small sizes, to see that everything runs")
    asked = parser.parse_args()
    failed = 0
    for part in asked.parts or PARTS:
        extra = _QUICK[part] if asked.quick else []
        failed |= subprocess.run([sys.executable, "-m", f"benchmarks.{part}", *extra], check=False).returncode
    sys.exit(failed)


if __name__ == "__main__":
    main()
