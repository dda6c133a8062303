"""What jionlp and cpca-new take for a file of addresses, in the environment of requirements/bench.txt.

`.venv-bench/bin/python tests/bench/peer_addresses.py FILE`: prints one JSON object, for each of them processor seconds
a check turned round, and what it makes of the handbook's own wrong address. It imports nothing of ours.
"""

import contextlib
import importlib
import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

WRONG = "郑州市原阳县平原路1号"


def jionlp() -> Callable[[str], Any]:
    """jionlp, warmed up: it reads its tables at the first address."""
    parse = importlib.import_module("jionlp").parse_location
    parse(WRONG)
    return lambda text: parse(text)


def cpca() -> Callable[[str], Any]:
    """cpca-new, a row at a time as its own table has it."""
    transform = importlib.import_module("cpca_new").transform
    transform([WRONG])
    return lambda text: transform([text])


def main() -> None:
    """Measure both on the file named, silencing what they print when they are imported."""
    texts = Path(sys.argv[1]).read_text(encoding="utf-8").splitlines()
    figures: dict[str, Any] = {}
    for name, peer in (("jionlp", jionlp), ("cpca_new", cpca)):
        with contextlib.redirect_stdout(sys.stderr):
            try:
                check = peer()
            except ImportError as error:
                figures[name] = f"cannot be imported: {error}"
                continue
            begun = time.process_time()
            for text in texts:
                check(text)
            figures[name] = round(len(texts) / (time.process_time() - begun))
            figures[f"{name}_of_the_wrong_one"] = str(check(WRONG))
    sys.stdout.write(json.dumps(figures, ensure_ascii=False) + "\n")


if __name__ == "__main__":
    main()
