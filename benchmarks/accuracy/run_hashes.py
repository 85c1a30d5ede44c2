"""Runs in an environment with PDQ and pHash: reads paths as JSON, prints the hashes of what it can read."""

import json
import sys

import imagehash
import numpy as np
import pdqhash
import pillow_heif
from PIL import Image, ImageFile

if __name__ == "__main__":
    pillow_heif.register_heif_opener()
    Image.MAX_IMAGE_PIXELS = None
    ImageFile.LOAD_TRUNCATED_IMAGES = False
    found = {}
    for path in json.load(sys.stdin):
        try:
            with Image.open(path) as image:
                image = image.convert("RGB")
            vector, quality = pdqhash.compute(np.asarray(image))
            pdq = np.packbits(vector).tobytes().hex()
            found[path] = [pdq, int(quality), str(imagehash.phash(image))]
        except Exception as error:
            print(f"{path}: {error}", file=sys.stderr)
    print(json.dumps(found))
