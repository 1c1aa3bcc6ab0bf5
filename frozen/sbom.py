"""Writes the bill of materials of an executable (CycloneDX) and the checksums of what is given away with it.

    python -m frozen.sbom EXECUTABLE ORIGINS

The same executable gives the same document: no clock, no chance.
"""

import base64
import json
import os
import platform
import sys
from datetime import UTC, datetime
from importlib import metadata
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.model import HashAlgorithm, HashType, Property
from cyclonedx.model.bom import Bom
from cyclonedx.model.component import Component, ComponentType
from cyclonedx.model.license import LicenseExpression
from cyclonedx.output.json import JsonV1Dot6
from packageurl import PackageURL

from frozen.contents import Part, bundled, contents, distributions, plain, sha256, system_libraries

ROOT = Path(__file__).resolve().parent.parent
TOOLS = ("pyinstaller", "pyinstaller-hooks-contrib", "zstandard")


def bill(executable: Path, origins: dict[str, str]) -> Bom:
    """Return the bill of materials of an executable."""
    digest, version = sha256(executable), metadata.version("asura")
    asura = Component(
        name="asura",
        version=version,
        type=ComponentType.APPLICATION,
        bom_ref="asura",
        licenses=[LicenseExpression("MIT")],
        hashes=[HashType(alg=HashAlgorithm.SHA_256, content=digest)],
        properties=[
            Property(name="asura:platform", value=f"{platform.system()} {platform.machine()}".lower()),
            Property(name="asura:glibc", value=platform.libc_ver()[1]),
        ],
    )
    bom = Bom(serial_number=uuid5(NAMESPACE_URL, f"asura:{digest}"))
    bom.metadata.timestamp = datetime.fromtimestamp(int(os.environ.get("SOURCE_DATE_EPOCH", "0")), UTC)
    bom.metadata.component = asura
    for tool in TOOLS:
        bom.metadata.tools.components.add(_component(Part(tool, metadata.version(tool), "", f"pkg:pypi/{tool}")))
    parts = [
        Part("CPython", platform.python_version(), "PSF-2.0", f"pkg:generic/python@{platform.python_version()}"),
        _bootloader(),
        *distributions(contents(executable)),
        *system_libraries(origins),
        *bundled(ROOT / "ui"),
    ]
    _add(bom, asura, parts)
    return bom


def _add(bom: Bom, asura: Component, parts: list[Part]) -> None:
    made = {part.purl: _component(part) for part in parts}
    by_name = {plain(part.name): made[part.purl] for part in parts}
    bom.components.update(made.values())
    bom.register_dependency(asura, list(made.values()))
    for part in parts:
        needed = [by_name[plain(name)] for name in part.needs if plain(name) in by_name]
        bom.register_dependency(made[part.purl], needed)


def _component(part: Part) -> Component:
    component = Component(
        name=part.name,
        version=part.version or None,
        type=ComponentType.LIBRARY,
        bom_ref=part.purl or f"{part.name}@{part.version}",
        licenses=[LicenseExpression(part.licence)] if part.licence else [],
        purl=PackageURL.from_string(part.purl) if part.purl else None,
    )
    if part.sha512:
        content = base64.b64decode(part.sha512).hex()
        component.hashes.add(HashType(alg=HashAlgorithm.SHA_512, content=content))
    for inner in part.inner:
        made = _component(inner)
        # The same crate may be inside two wheels.
        made.bom_ref.value = f"{part.purl}#{inner.purl or inner.name}"
        component.components.add(made)
    return component


def _bootloader() -> Part:
    version = metadata.version("pyinstaller")
    licence = "GPL-2.0-or-later WITH Bootloader-exception"
    return Part("PyInstaller bootloader", version, licence, f"pkg:pypi/pyinstaller@{version}")


def main() -> None:
    """Write EXECUTABLE.cdx.json and SHA256SUMS beside the executable."""
    executable, origins = Path(sys.argv[1]), json.loads(Path(sys.argv[2]).read_text("utf-8"))
    document = executable.with_name(f"{executable.name}.cdx.json")
    document.write_text(JsonV1Dot6(bill(executable, origins)).output_as_string(indent=2) + "\n", "utf-8")
    sums = "".join(f"{sha256(path)}  {path.name}\n" for path in (executable, document))
    executable.with_name("SHA256SUMS").write_text(sums, "ascii")


if __name__ == "__main__":
    main()
