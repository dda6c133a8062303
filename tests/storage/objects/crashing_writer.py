"""A process that writes objects until it is killed, and says each key once the store has acknowledged it.

Run as `python -m tests.storage.objects.crashing_writer FOLDER SEED`. The content follows from the key, so
whoever finds an object can tell whether it is whole.
"""

import io
import random
import sys
from pathlib import Path

from storage.objects.local import LocalObjectStore

LIMIT = 4 << 20


def content_of(key: str) -> bytes:
    dice = random.Random(key)
    return dice.randbytes(dice.randrange(LIMIT))


def main(folder: Path, seed: int) -> None:
    store = LocalObjectStore(folder)
    for number in range(10_000):
        key = f"run-{seed}/object-{number}"
        store.write(key, io.BytesIO(content_of(key)), limit=LIMIT)
        print(key, flush=True)


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
