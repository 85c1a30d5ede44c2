"""Distinct 12-megapixel JPEGs from many clients at once, beside the bare decoder; and from one alone."""

import sys
from pathlib import Path

from benchmarks.gate.clients import send
from benchmarks.gate.service import Service, running
from benchmarks.measure import middle, run, table, title
from benchmarks.pictures import LARGE, SMALL, folder, warm

CLIENTS = 8


def measure(count: int, rounds: int, processes: int) -> None:
    """Print how the gate's throughput and latency compare; the lasting ratios are those of one round."""
    place = folder(LARGE, count)
    warm(place)
    paths = sorted(place.rglob("*.jpg"))
    alone = paths[: min(20, count // 2)]
    title(f"{count} distinct JPEGs of 12 megapixels, {CLIENTS} clients, {processes} process(es)")
    rows, shares, cpu_shares, tails = [], [], [], []
    for number in range(rounds):
        bare = run([sys.executable, "-m", "benchmarks.speed.decoder", place]).lines[0][1]
        with running("--workers", str(processes)) as service:
            _begin(service)
            before = service.cpu()
            crowd = send(service, paths, CLIENTS)
            cpu = service.cpu() - before
            told = service.metrics()
            decoded, compared = told["onecopy_decodes_total"], told["onecopy_comparisons_total"]
            again = send(service, paths, CLIENTS)
            assert service.metrics()["onecopy_decodes_total"] == decoded, "an exact duplicate was decoded"
            assert set(again["decisions"]) == {"link"}, again["decisions"]
        with running("--workers", str(processes)) as service:
            _begin(service)
            single = middle(send(service, alone, 1)["each"])
        p99 = sorted(crowd["each"])[int(len(crowd["each"]) * 0.99)]
        shares.append(bare["seconds"] / crowd["seconds"])
        cpu_shares.append(bare["cpu"] / cpu)
        tails.append(p99 / single)
        rows.append(
            [
                f"{number + 1}",
                f"{count / bare['seconds']:.1f}",
                f"{count / crowd['seconds']:.1f}",
                f"{count / again['seconds']:.1f}",
                f"{1000 * bare['cpu'] / count:.1f}",
                f"{1000 * cpu / count:.1f}",
                f"{compared:.0f}",
                f"{shares[-1]:.2f}",
                f"{cpu_shares[-1]:.2f}",
                f"{1000 * single:.0f}",
                f"{1000 * p99:.0f}",
                f"{tails[-1]:.1f}",
            ]
        )
    head = ["round", "decoder/s", "gate/s", "same again/s", "decoder CPU ms", "gate CPU ms", "compared"]
    head += ["share", "share of CPU", "alone ms", "p99 ms", "p99 / alone"]
    table(head, rows)
    print(
        f"Medians: {middle(shares):.2f} of the decoder's throughput (goal 0.60), {middle(cpu_shares):.2f} by "
        f"processor time; p99 {middle(tails):.1f} times one alone (goal 10). No copy was decoded again.\n"
    )


def _begin(service: Service) -> None:
    """Let every process and worker be there before anything is timed.

    The pictures for it show parts of the ones that count, so they are another agency's: compared with none.
    """
    small = sorted(folder(SMALL, 1000).rglob("*.jpg"))[-16:]
    send(service, [Path(path) for path in small], CLIENTS, agency="beforehand")
