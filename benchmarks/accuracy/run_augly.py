"""Runs in AugLy's environment: for each line with a job, follows it, and says in a line how that went."""

import json
import sys

import augly.image
import numpy as np

np.float = float  # a name that NumPy has dropped and AugLy still uses

if __name__ == "__main__":
    for line in sys.stdin:
        job = json.loads(line)
        try:
            function = getattr(augly.image, job["name"])
            function(job["source"], output_path=job["target"], **job["options"])
            answer = {"error": ""}
        except Exception as error:
            answer = {"error": f"{type(error).__name__}: {error}"}
        print(json.dumps(answer), flush=True)
