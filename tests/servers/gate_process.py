"""A process with a gate of its own, for tests of many that share a catalog and a vault.

It reads one line of JSON: where both are, and the files to submit. It says ``ready``, waits for a line,
submits all at once, and prints the replies as JSON. With ``hold``, it says ``inside`` and waits for another
line when its first upload has its place in the log, but has not committed it.
"""

import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

from onecopy.catalog import arrivals
from onecopy.pipelines.gate import Context, Gate


def hold_back_the_commit() -> None:
    """Have the first upload wait once its place in the log is taken, but not committed."""
    add, first = arrivals.add, threading.Lock()

    def slowly(*args: Any) -> None:
        add(*args)
        if first.acquire(blocking=False):
            print("inside", flush=True)
            sys.stdin.readline()

    arrivals.add = slowly


def main() -> None:
    """The life of the process."""
    told = json.loads(sys.stdin.readline())
    if told["hold"]:
        hold_back_the_commit()
    with Gate.open(told["catalog"], told["vault"], workers=1) as gate:
        gate.policies.adopt(actor="a test")
        print("ready", flush=True)
        sys.stdin.readline()

        def submit(path: str) -> dict[str, Any]:
            reply = gate.submit(Path(path), Context(case=told["case"], agency=told["agency"]))
            return {
                "id": reply.occurrence.id,
                "sha256": reply.occurrence.sha256,
                "decision": str(reply.decision),
                "matches": [[one.occurrence.id, str(one.relation)] for one in reply.matches],
            }

        with ThreadPoolExecutor(max(1, len(told["files"]))) as threads:
            print(json.dumps(list(threads.map(submit, told["files"]))), flush=True)


if __name__ == "__main__":
    main()
