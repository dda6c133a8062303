"""Owns the invented scenes of a visit: a building front, a number plate, a door, a letter.

Refuses to know of cameras: no light, no grain, no EXIF, no JPEG; `invented_photos` adds them.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping

from storage.media.invented_things import (
    Canvas,
    couplets,
    door,
    envelope,
    inset,
    letter_box,
    number_plate,
    shade,
    sky,
    wall,
    window,
)


def building_front(canvas: Canvas) -> None:
    """A house from across the street, under a sky, with trees before it."""
    pen, dice = canvas.pen, canvas.dice
    ground = canvas.height * dice.uniform(0.78, 0.9)
    sky(canvas, ground)
    pen.rectangle(
        (0, ground, canvas.width, canvas.height), fill=canvas.colour((0.05, 0.6), (0.02, 0.15), (0.3, 0.6))
    )
    front = (
        canvas.width * dice.uniform(0.0, 0.3),
        canvas.height * dice.uniform(0.02, 0.4),
        canvas.width * dice.uniform(0.62, 1.0),
        ground,
    )
    wall(canvas, front)
    frame = canvas.colour((0.0, 1.0), (0.0, 0.2), (0.4, 0.95))
    columns, floors = dice.randrange(3, 8), dice.randrange(3, 8)
    wide, tall = (front[2] - front[0]) / columns, (front[3] - front[1]) / floors
    across, high = dice.uniform(0.14, 0.28), dice.uniform(0.18, 0.28)
    entrance = dice.randrange(columns)
    for column in range(columns):
        for floor in range(floors):
            left, top = front[0] + column * wide, front[1] + floor * tall
            cell = (left, top, left + wide, top + tall)
            if floor == floors - 1 and column == entrance:
                pen.rectangle(inset(cell, 0.2, 0.0), fill=canvas.colour((0.0, 0.7), (0.1, 0.5), (0.1, 0.35)))
            else:
                window(canvas, inset(cell, across, high), frame)
    for _ in range(dice.randrange(0, 5)):
        _tree(canvas, dice.uniform(0, canvas.width), ground + dice.uniform(0, canvas.height * 0.08))


def _tree(canvas: Canvas, x: float, foot: float) -> None:
    pen, dice = canvas.pen, canvas.dice
    tall = canvas.height * dice.uniform(0.15, 0.5)
    trunk = tall * 0.04
    pen.rectangle(
        (x - trunk, foot - tall * 0.6, x + trunk, foot),
        fill=canvas.colour((0.05, 0.1), (0.2, 0.5), (0.2, 0.4)),
    )
    leaves = canvas.colour((0.2, 0.38), (0.3, 0.7), (0.25, 0.55))
    for _ in range(dice.randrange(12, 26)):
        near, high = x + dice.gauss(0, tall * 0.16), foot - tall * 0.7 + dice.gauss(0, tall * 0.14)
        reach = tall * dice.uniform(0.06, 0.16)
        pen.ellipse(
            (near - reach, high - reach, near + reach, high + reach),
            fill=shade(leaves, dice.uniform(0.7, 1.25)),
        )


def number_on_wall(canvas: Canvas) -> None:
    """A number plate on a wall, near enough to be read."""
    dice = canvas.dice
    wall(canvas, (0, 0, canvas.width, canvas.height))
    if dice.random() < 0.6:
        edge = dice.choice((dice.uniform(-0.2, 0.1), dice.uniform(0.8, 1.0)))
        door(canvas, canvas.part(edge, dice.uniform(-0.3, 0.3), edge + 0.4, 1.1))
    width = canvas.width * dice.uniform(0.22, 0.46)
    height = width * dice.uniform(0.5, 0.72)
    left = dice.uniform(0.12, 0.86) * (canvas.width - width)
    top = dice.uniform(0.12, 0.78) * (canvas.height - height)
    number_plate(canvas, (left, top, left + width, top + height))


def door_in_wall(canvas: Canvas) -> None:
    """The door of a flat or a house, seen from the landing."""
    dice = canvas.dice
    wall(canvas, (0, 0, canvas.width, canvas.height))
    floor = dice.uniform(0.86, 0.97)
    canvas.pen.rectangle(canvas.part(0, floor, 1, 1), fill=canvas.colour((0.0, 1.0), (0.0, 0.2), (0.3, 0.6)))
    width = min(canvas.width * dice.uniform(0.3, 0.5), canvas.height * 0.5)
    left = dice.uniform(0.1, 0.9) * (canvas.width - width)
    box = (left, canvas.height * dice.uniform(-0.1, 0.16), left + width, canvas.height * floor)
    door(canvas, box)
    if dice.random() < 0.5:
        couplets(canvas, box)
    if dice.random() < 0.6:
        plate = canvas.width * 0.12
        above = max(6.0, box[1] - plate * 0.3)
        x = left + width * dice.choice((-0.5, 1.2))
        number_plate(canvas, (x, above, x + plate, above + plate * 0.6))


def letter_at_address(canvas: Canvas) -> None:
    """The sealed letter held before the place it was brought to."""
    dice = canvas.dice
    dice.choice((door_in_wall, number_on_wall))(canvas)
    width = min(canvas.width * dice.uniform(0.5, 0.75), canvas.height * 0.8)
    height = width * dice.uniform(0.46, 0.56)
    left = dice.uniform(0.05, 0.95) * (canvas.width - width)
    top = canvas.height * dice.uniform(0.72, 0.92) - height
    envelope(canvas, (left, top, left + width, top + height))
    skin = canvas.colour((0.03, 0.08), (0.25, 0.5), (0.55, 0.9))
    thumb = left + width * dice.uniform(0.1, 0.8)
    canvas.pen.ellipse((thumb, top + height * 0.72, thumb + width * 0.14, canvas.height * 1.2), fill=skin)


def letter_left(canvas: Canvas) -> None:
    """How the letter was left: in the slot of a letter box, or pushed under a door."""
    dice = canvas.dice
    if dice.random() < 0.3:
        door_in_wall(canvas)
        width = canvas.width * dice.uniform(0.25, 0.4)
        left = dice.uniform(0.2, 0.8) * (canvas.width - width)
        top = canvas.height * dice.uniform(0.68, 0.78)
        envelope(canvas, (left, top, left + width, top + width * 0.4))
        return
    wall(canvas, (0, 0, canvas.width, canvas.height))
    columns, rows = dice.randrange(1, 4), dice.randrange(1, 3)
    width = canvas.width * dice.uniform(0.6, 0.92) / max(columns, 2)
    height = canvas.height * dice.uniform(0.6, 0.9) / max(rows, 2)
    left = dice.uniform(0.1, 0.9) * (canvas.width - width * columns)
    top = dice.uniform(0.45, 0.9) * (canvas.height - height * rows)
    chosen = (dice.randrange(columns), dice.randrange(rows))
    places = [(column, row) for column in range(columns) for row in range(rows)]
    for column, row in sorted(places, key=lambda place: place == chosen):
        x, y = left + column * width, top + row * height
        letter_box(canvas, inset((x, y, x + width, y + height), 0.02, 0.02), (column, row) == chosen)


SCENES: Mapping[str, Callable[[Canvas], None]] = {
    "photo_far": building_front,
    "photo_number": number_on_wall,
    "photo_door": door_in_wall,
    "letter_address": letter_at_address,
    "letter_manner": letter_left,
}
