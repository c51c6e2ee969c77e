"""What the comparisons share: running a command and knowing what it cost."""

import os
import platform
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent


@dataclass
class Cost:
    """What one run took: wall and processor seconds, and the peak memory of its largest process in MiB."""

    wall: float
    cpu: float
    peak_mib: float
    code: int
    stdout: str


def measured(command, env=None):
    """Run a command to its end; its stderr is shown only when it fails."""
    with tempfile.TemporaryFile("w+") as out, tempfile.TemporaryFile("w+") as err:
        began = time.monotonic()
        child = subprocess.Popen([str(part) for part in command], stdout=out, stderr=err, env=env, cwd=ROOT)
        _, status, used = os.wait4(child.pid, 0)
        wall = time.monotonic() - began
        child.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        if child.returncode not in (0, 1):
            err.seek(0)
            sys.exit(f"{' '.join(map(str, command))}\nended with {child.returncode}:\n{err.read()[-2000:]}")
        return Cost(wall, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024, child.returncode, out.read())


def machine():
    """The processor, cores and system, in one line for the table of figures."""
    model = platform.processor() or platform.machine()
    try:
        for line in Path("/proc/cpuinfo").read_text().splitlines():
            if line.startswith("model name"):
                model = line.split(":", 1)[1].strip()
                break
    except OSError:
        pass
    return f"{model}, {os.cpu_count()} cores, {platform.system()} {platform.release()}"


def load_note():
    """A warning when something else keeps the machine busy, for such figures mislead."""
    load = os.getloadavg()[0]
    return f"load before the run: {load:.2f}" + (" (BUSY: repeat at a quiet time)" if load > 0.7 else "")
