"""Runs in difPy's environment: build and search for similar images, on two processes. Prints JSON."""

import json
import sys
import time

import difPy

if __name__ == "__main__":
    begun = time.monotonic()
    built = difPy.build(sys.argv[1], recursive=True, show_progress=False, processes=2)
    found = difPy.search(built, similarity="similar", show_progress=False, processes=2)
    ended = time.monotonic()
    pairs = sum(len(others) for others in found.result.values())
    images = found.stats["total_files"]
    print()
    print(json.dumps({"seconds": ended - begun, "images": images, "pairs": pairs}))
