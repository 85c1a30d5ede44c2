"""``python -m benchmarks.peers``: the whole of onecopy's scan beside other tools, on the same files."""

import argparse
from pathlib import Path

from benchmarks.measure import machine, middle, table, title
from benchmarks.peers.tools import TOOLS, AbsentError, Time
from benchmarks.pictures import LARGE, SMALL, Kind, folder, warm

# A tool that is not run on large images needs minutes for them.
_REPEATED = ("onecopy scan", "imagededup")


def main() -> None:
    parser = argparse.ArgumentParser(prog="benchmarks.peers", description=__doc__)
    parser.add_argument("--small", type=int, default=1000, help="how many images of 500 pixels")
    parser.add_argument("--large", type=int, default=120, help="how many 12-megapixel JPEGs")
    parser.add_argument(
        "--rounds", type=int, default=2, help="of onecopy and imagededup; the others run once"
    )
    parser.add_argument("--only", nargs="+", choices=[tool.name for tool in TOOLS])
    asked = parser.parse_args()
    title(f"Peers ({machine()})")
    names = asked.only or [tool.name for tool in TOOLS]
    for kind, count in ((SMALL, asked.small), (LARGE, asked.large)):
        if count:
            _compare(kind, folder(kind, count), count, asked.rounds, names)


def _compare(kind: Kind, place: Path, count: int, rounds: int, names: list[str]) -> None:
    size = warm(place)
    times: dict[str, list[Time]] = {}
    absent: dict[str, str] = {}
    for number in range(rounds):
        for tool in TOOLS:
            if tool.name not in names or tool.name in absent or (number and tool.name not in _REPEATED):
                continue
            try:
                tool.ready()
                times.setdefault(tool.name, []).append(tool.time(place))
            except AbsentError as error:
                absent[tool.name] = str(error)
    title(f"{count:,} JPEGs of {kind.width} × {kind.height}, {size / count / 1e3:.0f} kB each; median")
    _table(times)
    print(
        "command: all of it; work: once the tool is loaded; ratios: onecopy's time in units of the other's\n"
    )
    for name, why in absent.items():
        print(f"SKIPPED {name}: {why}.")


def _table(times: dict[str, list[Time]]) -> None:
    ours = times.get("onecopy scan")
    rows = []
    for name, made in times.items():
        pairs = list(zip(ours or (), made, strict=False))  # those that run once meet the first round
        against = ["", "", ""]
        if pairs:
            against = [
                f"{middle([one.whole / other.alone for one, other in pairs]):.2f}",
                f"{middle([one.alone / other.alone for one, other in pairs]):.2f}",
                f"{middle([one.cpu / other.cpu for one, other in pairs]):.2f}",
            ]
        rows.append(
            [
                name,
                f"{middle([one.whole for one in made]):.1f} s",
                f"{middle([one.alone for one in made]):.1f} s",
                f"{middle([one.cpu for one in made]):.1f} s",
                *against,
                str(made[-1].pairs),
            ]
        )
    head = ["", "command", "work", "CPU", "onecopy's command / work", "work / work", "CPU / CPU", "alike"]
    table(head, rows)


if __name__ == "__main__":
    main()
