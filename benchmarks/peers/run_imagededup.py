"""Runs in imagededup's environment: PHash, encode and find, on two processes. Prints JSON."""

import json
import sys
import time
import types
from importlib.util import find_spec
from pathlib import Path

# The package's own __init__ imports its neural network, and with it torchvision; hashing needs neither.
methods = types.ModuleType("imagededup.methods")
methods.__path__ = [str(Path(find_spec("imagededup").origin).parent / "methods")]
utils = types.ModuleType("imagededup.utils")
utils.__path__ = [str(Path(find_spec("imagededup").origin).parent / "utils")]
sys.modules |= {"imagededup.methods": methods, "imagededup.utils": utils}

from imagededup.methods.hashing import PHash  # noqa: E402

if __name__ == "__main__":
    hasher = PHash(verbose=False)
    begun = time.monotonic()
    encoded = hasher.encode_images(image_dir=sys.argv[1], num_enc_workers=2)
    between = time.monotonic()
    found = hasher.find_duplicates(encoding_map=encoded, max_distance_threshold=10, num_dist_workers=2)
    ended = time.monotonic()
    pairs = sum(len(others) for others in found.values()) // 2
    print()
    print(json.dumps({"seconds": ended - begun, "images": len(encoded), "pairs": pairs}))
