"""Runs in fastdup's environment: its features and its search, on two threads, no telemetry. Prints JSON."""

import json
import os
import sys
import tempfile
import time

os.environ["SENTRY_OPT_OUT"] = "1"

import fastdup

if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as work:
        begun = time.monotonic()
        made = fastdup.create(work_dir=work, input_dir=sys.argv[1])
        made.run(threshold=0.9, ccthreshold=0.96, num_threads=2, overwrite=True, print_summary=False)
        ended = time.monotonic()
        similar = made.similarity()
        images = len(made.annotations())
    print()
    print(json.dumps({"seconds": ended - begun, "images": images, "pairs": len(similar) // 2}))
