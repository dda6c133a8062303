"""A recording's waveform as the path of a drawing: what was loud when, in a fixed number of columns.

Owns the thinning out. Refuses nothing: a recording of no length is an empty path.
"""

from __future__ import annotations

import array

COLUMNS, HEIGHT = 600, 48
_FULL = 127


def drawn(peaks: bytes) -> str:
    """The `d` of a path in a box of 600 by 48. `peaks`: pairs of signed bytes, least and greatest of a tenth second."""
    values = array.array("b", peaks[: len(peaks) // 2 * 2])
    pairs = len(values) // 2
    columns = min(COLUMNS, pairs)
    middle = HEIGHT / 2
    steps = []
    for column in range(columns):
        first, last = column * pairs // columns, (column + 1) * pairs // columns
        some = values[first * 2 : max(last, first + 1) * 2]
        top, bottom = middle - max(some) / _FULL * middle, middle - min(some) / _FULL * middle
        steps.append(f"M{column * COLUMNS / columns:.1f} {top:.1f}V{max(bottom, top + 0.5):.1f}")
    return "".join(steps)
