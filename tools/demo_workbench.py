#!/usr/bin/env python3
"""The workbench on the demonstration: demo_workbench.py start PROGRAM OUT, demo_workbench.py stop OUT.

`start` ends as soon as the workbench answers, and leaves it running by itself, with nothing of the terminal or of `make`
in its hands; one that runs already gives way. It ends by itself when nobody used it for some hours.
"""

import http.cookiejar
import os
import signal
import subprocess
import sys
import time
import urllib.error
import urllib.request
from pathlib import Path

HOURS = 4
# The usual port first; another program may have it.
PORTS = ("4680", "0")
PATIENCE = 60.0


def words_of(pid: int) -> list[str]:
    """The command line of a process; nothing where there is none."""
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().decode(errors="replace").split("\0")
    except OSError:
        pass
    if Path("/proc/self").exists():
        return []
    told = subprocess.run(["ps", "-p", str(pid), "-o", "args="], capture_output=True, text=True, check=False)
    return told.stdout.split()


def is_ours(pid: int, archive: Path) -> bool:
    """Numbers of processes are given out again: it must be a workbench, and one on this archive."""
    words = words_of(pid)
    return "serve" in words and str(archive) in words


def stop(out: Path) -> bool:
    """Ends the workbench that `start` left. Tells whether one ran."""
    file = out / "workbench.pid"
    try:
        pid = int(file.read_text())
    except (OSError, ValueError):
        return False
    ran = pid > 1 and is_ours(pid, out / "archive")
    if ran:
        end(pid, out / "archive")
    file.unlink(missing_ok=True)
    return ran


def end(pid: int, archive: Path) -> None:
    """Asks it to end, and after five seconds makes it."""
    try:
        os.kill(pid, signal.SIGTERM)
        for _ in range(100):
            if not is_ours(pid, archive):
                return
            time.sleep(0.05)
        os.kill(pid, signal.SIGKILL)
    except ProcessLookupError:
        pass


def answers(address: str) -> bool:
    """Whether the address opens the pages, as a browser would ask for them."""
    # No proxy stands between a machine and itself.
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(http.cookiejar.CookieJar())
    )
    try:
        with opener.open(address, timeout=10) as page:
            return page.status == 200 and b"<script" in page.read(1 << 20)
    except (urllib.error.URLError, OSError):
        return False


def begin(program: str, out: Path, port: str) -> tuple[subprocess.Popen, str] | None:
    """A workbench at this port and its address; nothing where it ended before it answered."""
    log = out / "workbench.log"
    words = [program, "--archive", str(out / "archive"), "serve", "--port", port, "--idle", str(HOURS * 60)]
    with log.open("wb") as to:
        child = subprocess.Popen(
            words, stdin=subprocess.DEVNULL, stdout=to, stderr=to, start_new_session=True, close_fds=True
        )
    (out / "workbench.pid").write_text(f"{child.pid}\n")
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until and child.poll() is None:
        address = next((line for line in log.read_text(errors="replace").splitlines() if line.startswith("http://")), "")
        if address and answers(address):
            return child, address
        time.sleep(0.1)
    stop(out)
    return None


def start(program: str, out: Path) -> int:
    stop(out)
    for port in PORTS:
        if begun := begin(program, out, port):
            break
    else:
        print(f"The workbench did not start; {out / 'workbench.log'} says why.", file=sys.stderr)
        return 1
    print(f"""
The workbench runs on the demonstration. Open this address in a browser of this machine:

  {begun[1]}

Give any name, and look at a call: play it, click a word to hear it, correct one, then find it again under Search. Four
calls were corrected and translated by people, the others are a machine's drafts; five people are known, a story is built.
It ends with `make demo-stop`, and by itself when nobody used it for {HOURS} hours.""")
    return 0


def main() -> int:
    match sys.argv[1:]:
        case ["start", program, out]:
            return start(str(Path(program).resolve()), Path(out).resolve())
        case ["stop", out]:
            ran = stop(Path(out).resolve())
            print("The workbench has ended." if ran else "No workbench of the demonstration runs.")
            return 0
    print(__doc__, file=sys.stderr)
    return 2


if __name__ == "__main__":
    sys.exit(main())
