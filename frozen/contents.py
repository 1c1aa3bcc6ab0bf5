"""What is really inside an executable: its modules and libraries, and the packages that they came from."""

import hashlib
import json
import platform
import re
import subprocess
import sys
from collections.abc import Iterator
from importlib import metadata
from pathlib import Path
from typing import NamedTuple

from PyInstaller.archive.readers import CArchiveReader

from frozen.parts import index_of

# Of wheels that say it in no field, as it stands in the text of their licence.
SAID_ELSEWHERE = {"pyrage": "MIT", "google-re2": "BSD-3-Clause", "oncalendar": "BSD-3-Clause"}
# Words that stand in metadata where an SPDX identifier should.
SPDX = {
    "MIT License": "MIT",
    "BSD License": "BSD-3-Clause",
    "ISC License (ISCL)": "ISC",
    "Apache Software License": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "BSD": "BSD-3-Clause",
    "PSFL": "PSF-2.0",
}
# Libraries of the system that interpreter and extensions bring along: the beginning of the file's name.
SYSTEM = {
    "libbz2": ("bzip2", "bzip2-1.0.6"),
    "libcrypto": ("openssl", "Apache-2.0"),
    "libffi": ("libffi", "MIT"),
    "libgcc_s": ("gcc", "GPL-3.0-or-later WITH GCC-exception-3.1"),
    "liblzma": ("xz", "0BSD"),
    "libsqlite3": ("sqlite", "blessing"),
    "libssl": ("openssl", "Apache-2.0"),
    "libstdc++": ("gcc", "GPL-3.0-or-later WITH GCC-exception-3.1"),
    "libuuid": ("util-linux", "BSD-3-Clause"),
    "libz": ("zlib", "Zlib"),
    "libzstd": ("zstd", "BSD-3-Clause"),
    "libcrypt.": ("libxcrypt", "LGPL-2.1-or-later"),
    "libcom_err": ("e2fsprogs", "MIT"),
    "libncurses": ("ncurses", "X11"),
    "libtinfo": ("ncurses", "X11"),
    "libreadline": ("readline", "GPL-3.0-or-later"),
    "libexpat": ("expat", "MIT"),
    "libmpdec": ("mpdecimal", "BSD-2-Clause"),
}


class Part(NamedTuple):
    """A package that something inside came from."""

    name: str
    version: str
    licence: str
    purl: str
    needs: tuple[str, ...] = ()
    sha512: str = ""
    inner: tuple["Part", ...] = ()


class Contents(NamedTuple):
    """The names of the modules and of the files in an executable."""

    modules: frozenset[str]
    files: frozenset[str]

    def top_level(self) -> set[str]:
        """Return the names that can be imported, but for those of the standard library."""
        libraries = {
            re.split(r"[./]", name)[0] for name in self.files if name.endswith(".so") and "lib-dynload" not in name
        }
        return ({name.split(".")[0] for name in self.modules} | libraries) - sys.stdlib_module_names


def contents(executable: Path) -> Contents:
    """Read the names of all that an executable holds, what is unpacked late included."""
    archive = CArchiveReader(str(executable))
    modules = archive.open_embedded_archive("PYZ.pyz")
    with executable.open("rb") as file:
        late = index_of(file.fileno(), modules._start_offset)
    return Contents(frozenset(modules.toc), frozenset(archive.toc) | frozenset(late["files"]))


def distributions(inside: Contents) -> Iterator[Part]:
    """Return each Python distribution of which something is inside, our own left out."""
    owners = metadata.packages_distributions()
    names = {owner for top in inside.top_level() for owner in owners.get(top, ())} - {"asura"}
    if any(name.startswith("tzdata") for name in inside.files):
        names.add("tzdata")
    found = {plain(name): metadata.distribution(name) for name in names}
    for name, one in sorted(found.items()):
        needs = {plain(re.split(r"[^\w.-]", line, maxsplit=1)[0]) for line in one.requires or ()}
        yield Part(
            one.name,
            one.version,
            licence_of(one),
            f"pkg:pypi/{name}@{one.version}",
            tuple(sorted(needs & found.keys())),
            inner=tuple(_inner(one)),
        )


def licence_of(one: metadata.Distribution) -> str:
    """Return the licence of a distribution as an SPDX expression."""
    told = one.metadata.get("License-Expression") or SAID_ELSEWHERE.get(plain(one.name))
    if told:
        return str(told)
    classifiers = [
        line.rpartition(" :: ")[2] for line in one.metadata.get_all("Classifier") or () if "License ::" in line
    ]
    words = [str(one.metadata.get("License") or ""), *(word for word in classifiers if word != "OSI Approved")]
    for word in words:
        if word in SPDX or word in SPDX.values() or re.fullmatch(r"BSD-[23]-Clause", word):
            return SPDX.get(word, word)
    raise SystemExit(f"frozen: which licence has {one.name}? its metadata say {words}; add it to SAID_ELSEWHERE")


def _inner(one: metadata.Distribution) -> Iterator[Part]:
    """Return what a wheel says was compiled into it (PEP 770), such as crates and OpenSSL."""
    for file in sorted(one.files or (), key=str):
        if "/sboms/" not in str(file) or file.suffix != ".json":
            continue
        for found in json.loads(file.read_text("utf-8")).get("components", ()):
            words = (each.get("expression") or each["license"].get("id", "") for each in found.get("licenses", ()))
            purl = str(found.get("purl", "")).partition("?")[0]
            yield Part(found["name"], found.get("version", ""), " AND ".join(filter(None, words)), purl)


def system_libraries(origins: dict[str, str]) -> Iterator[Part]:
    """Return the packages of the system whose libraries are inside; `origins` says where each file came from."""
    seen: dict[str, Part] = {}
    for target, source in sorted(origins.items()):
        name = target.rpartition("/")[2]
        # What a wheel brings along is listed with the wheel; the interpreter's own library with the interpreter.
        if not name.startswith("lib") or name.startswith("libpython") or "site-packages" in source:
            continue
        start = next((one for one in sorted(SYSTEM, reverse=True) if name.startswith(one)), "")
        known, licence = SYSTEM.get(start, (name.partition(".")[0], ""))
        package, version, kind = _package_of(source)
        purl = f"pkg:{kind}/{package}@{version}" if version else f"pkg:generic/{known}"
        seen[purl] = Part(package or known, version, licence, purl)
    yield from seen.values()


def _package_of(source: str) -> tuple[str, str, str]:
    """Return name, version and kind of the system's package that a file is from; nothing where it is from none."""
    system = platform.freedesktop_os_release().get("ID", "linux")
    for path in (source, source.removeprefix("/usr"), str(Path(source).resolve())):
        owner = _said("dpkg-query", "--search", path).partition("\n")[0].rpartition(": ")[0].split(",")[0]
        if owner:
            version = _said("dpkg-query", "--show", "--showformat=${Version}", owner)
            return owner.partition(":")[0], version, f"deb/{system}"
        told = _said("rpm", "--query", "--queryformat", "%{NAME} %{VERSION}-%{RELEASE}", "--file", path).split()
        if len(told) == 2:
            return told[0], told[1], f"rpm/{system}"
    return "", "", ""


def _said(*words: str) -> str:
    """Return what a command prints; nothing where it fails or is not there."""
    try:
        done = subprocess.run(words, capture_output=True, text=True, check=False)
    except FileNotFoundError:
        return ""
    return done.stdout.strip() if done.returncode == 0 else ""


def bundled(ui: Path) -> Iterator[Part]:
    """Return the packages that are bundled into the user interface: those it imports, and what these need."""
    packages = json.loads((ui / "package-lock.json").read_text("utf-8"))["packages"]
    source = "".join(path.read_text("utf-8") for path in sorted((ui / "src").rglob("*.ts*")))
    imported = set(re.findall(r"""(?:from|import)\s*\(?["']((?:@[\w.-]+/)?[\w.-]+)""", source))
    wanted = [
        name for name in sorted(imported) if packages.get(f"node_modules/{name}", {"dev": True}).get("dev") is None
    ]
    seen: dict[str, Part] = {}
    while wanted:
        name = wanted.pop(0)
        one = packages[f"node_modules/{name}"]
        needs = tuple(sorted(one.get("dependencies", {})))
        wanted += [need for need in needs if need not in seen]
        digest = one.get("integrity", "")
        purl = f"pkg:npm/{name.replace('@', '%40')}@{one['version']}"
        seen[name] = Part(name, one["version"], one["license"], purl, needs, digest.removeprefix("sha512-"))
    yield from (seen[name] for name in sorted(seen))


def sha256(path: Path) -> str:
    """Return the SHA-256 of a file."""
    return hashlib.sha256(path.read_bytes()).hexdigest()


def plain(name: str) -> str:
    """Return the name of a package as its index writes it."""
    return re.sub(r"[-_.]+", "-", name).lower()
