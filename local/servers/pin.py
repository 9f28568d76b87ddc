"""`python -m local.servers.pin`: rewrite the checksums of jars.toml after you edit its coordinates."""

from __future__ import annotations

import re
import sys
import tomllib

from local.servers.jars import PINS, checksums, fetch


def main() -> int:
    text = PINS.read_text(encoding="utf-8")
    head = re.split(r"^\[\w+\.sha256\]$", text, maxsplit=1, flags=re.MULTILINE)[0].rstrip()
    sections = [head]
    for name, pins in tomllib.loads(head).items():
        lines = [f'"{file}" = "{digest}"' for file, digest in checksums(fetch(pins)).items()]
        sections.append("\n".join([f"[{name}.sha256]", *lines]))
    PINS.write_text("\n\n".join(sections) + "\n", encoding="utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(main())
