"""Runs in perception's environment: its SIFT matcher on paths given as JSON; prints the pairs it finds."""

import json
import logging
import sys

from perception.local_descriptor_deduplication import deduplicate

if __name__ == "__main__":
    logging.disable(logging.CRITICAL)
    print(json.dumps([sorted(pair[:2]) for pair in deduplicate(json.load(sys.stdin))]))
