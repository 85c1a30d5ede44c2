"""The bare scaled decoder: ``python -m benchmarks.speed.decoder FOLDER [MODE]``, in two processes.

Prints seconds and processor seconds as JSON, once the processes are up. No digest, no fingerprint, nothing
kept: what any program that looks at JPEGs has to pay at least.
"""

import json
import multiprocessing
import sys
import time
from pathlib import Path

from PIL import Image

WORKERS = 2


def decode(path: str, mode: str) -> float:
    """Decode at an eighth of the size; returns processor seconds."""
    begun = time.process_time()
    with Image.open(path) as image:
        image.draft(mode, (image.width // 8, image.height // 8))
        image.load()
    return time.process_time() - begun


def main(folder: str, mode: str = "RGB") -> None:
    todo = [(str(path), mode) for path in sorted(Path(folder).rglob("*.jpg"))]
    with multiprocessing.get_context("fork").Pool(WORKERS) as pool:
        pool.starmap(decode, todo[: 2 * WORKERS], chunksize=1)
        begun = time.monotonic()
        cpu = sum(pool.starmap(decode, todo, chunksize=2))
        print(json.dumps({"seconds": time.monotonic() - begun, "cpu": cpu}))


if __name__ == "__main__":
    main(*sys.argv[1:])
