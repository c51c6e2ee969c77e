#!/usr/bin/env python3
"""Run a command and keep what it cost: wall seconds, processor seconds, peak memory.

    measure.py FILE.jsonl NAME COMMAND…

Appends one JSON line to FILE.jsonl; the exit code is the command's. Peak memory is that of the
largest process among the command and its children, in MiB.
"""

import json
import resource
import subprocess
import sys
import time


def main():
    if len(sys.argv) < 4:
        sys.exit(__doc__)
    path, name, command = sys.argv[1], sys.argv[2], sys.argv[3:]
    began = time.monotonic()
    try:
        code = subprocess.call(command)
    except KeyboardInterrupt:
        code = 130
    wall = time.monotonic() - began
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    record = {
        "name": name,
        "code": code,
        "wall_s": round(wall, 2),
        "cpu_s": round(used.ru_utime + used.ru_stime, 2),
        "peak_mib": round(used.ru_maxrss / 1024, 1),
    }
    with open(path, "a", encoding="utf-8") as file:
        file.write(json.dumps(record) + "\n")
    sys.exit(code if code >= 0 else 128 - code)


if __name__ == "__main__":
    main()
