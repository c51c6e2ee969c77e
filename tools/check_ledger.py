#!/usr/bin/env python3
"""Check an exported ledger without earwitness: check_ledger.py LEDGER [HEAD].

LEDGER is what `earwitness ledger --json` printed; HEAD, where it was written down, a head (number:hash) that must
stand on the chain. Follows docs/formats.md, and needs nothing but Python's own library.
"""

import hashlib
import json
import re
import sys
from decimal import Decimal

HASHED = ("act", "actor", "payload_sha256", "previous", "seq", "subject", "time")
FIELDS = {*HASHED, "payload", "hash"}


def number(value):
    """A number as RFC 8785 (ECMAScript) writes it; Python's shortest form has the same digits."""
    if value == 0:
        return "0"
    if isinstance(value, float) and 1e-6 <= abs(value) < 1e21:
        return format(Decimal(repr(value)), "f").removesuffix(".0")
    return re.sub(r"e([+-])0*", r"e\1", repr(value))


def canonical(value):
    """RFC 8785: keys in the order of their UTF-16 code units, no spaces, shortest numbers."""
    if isinstance(value, dict):
        keys = sorted(value, key=lambda key: key.encode("utf-16-be"))
        return "{" + ",".join(f"{canonical(key)}:{canonical(value[key])}" for key in keys) + "}"
    if isinstance(value, list):
        return "[" + ",".join(map(canonical, value)) + "]"
    if isinstance(value, (int, float)) and not isinstance(value, bool):
        return number(value)
    return json.dumps(value, ensure_ascii=False)


def sha256(value):
    return hashlib.sha256(canonical(value).encode()).hexdigest()


def fault(line, seq, previous):
    """What is wrong with a line; None where nothing is. `seq` is the number that is due."""
    entry = json.loads(line)
    if set(entry) != FIELDS or canonical(entry) + "\n" != line:
        return "not the canonical JSON of a ledger entry"
    if entry["seq"] != seq:
        return f"entry {seq} is due: entries were deleted, added or reordered"
    if entry["payload_sha256"] != sha256(entry["payload"]):
        return "the payload was edited"
    if entry["hash"] != sha256({key: entry[key] for key in HASHED}):
        return "a field was edited"
    if entry["previous"] != previous:
        return "it does not follow the entry before"
    return None


def main(path, known=None):
    heads = [f"0:{'0' * 64}"]
    with open(path, encoding="utf-8", newline="\n") as ledger:
        for seq, line in enumerate(ledger, 1):
            try:
                wrong = fault(line, seq, heads[-1].partition(":")[2])
            except (ValueError, TypeError, RecursionError) as error:
                wrong = f"cannot be read: {error}"
            if wrong:
                sys.exit(f"line {seq}: {wrong}")
            heads.append(f"{seq}:{json.loads(line)['hash']}")
    if known is not None and known not in heads:
        sys.exit(f"the chain holds, but {known} does not stand on it: it was altered after that was written down")
    print(f"the chain is whole; head {heads[-1]}")


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    main(*sys.argv[1:])
