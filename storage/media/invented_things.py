"""Owns the drawing of single invented things: walls, doors, number plates, envelopes and more.

Refuses to know of cameras and of what a picture is for: `invented_scenes` puts the things together,
`invented_photos` takes the picture. Equal dice give equal things, and nothing real is ever shown.
"""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from functools import cache
from random import Random

from PIL import Image, ImageDraw, ImageFont, ImageOps

Colour = tuple[int, int, int]
Box = tuple[float, float, float, float]


@dataclass(frozen=True)
class Canvas:
    """A picture in the making: pixels, the pen that draws on them, and the dice that decide what is drawn."""

    image: Image.Image
    pen: ImageDraw.ImageDraw
    dice: Random

    @classmethod
    def blank(cls, width: int, height: int, dice: Random) -> Canvas:
        image = Image.new("RGB", (width, height), (128, 128, 128))
        return cls(image, ImageDraw.Draw(image), dice)

    @property
    def width(self) -> int:
        return self.image.width

    @property
    def height(self) -> int:
        return self.image.height

    def part(self, left: float, top: float, right: float, bottom: float) -> Box:
        """The box of these fractions of the picture, in pixels."""
        return (left * self.width, top * self.height, right * self.width, bottom * self.height)

    def colour(
        self, hues: tuple[float, float], saturation: tuple[float, float], value: tuple[float, float]
    ) -> Colour:
        """A colour thrown from these ranges of hue, saturation and value, each from 0 to 1."""
        thrown = colorsys.hsv_to_rgb(
            self.dice.uniform(*hues) % 1.0, self.dice.uniform(*saturation), self.dice.uniform(*value)
        )
        return (int(thrown[0] * 255), int(thrown[1] * 255), int(thrown[2] * 255))


def shade(colour: Colour, factor: float) -> Colour:
    """The colour made darker (factor below 1) or lighter (above)."""
    red, green, blue = (max(0, min(255, int(channel * factor))) for channel in colour)
    return (red, green, blue)


def inset(box: Box, horizontal: float, vertical: float) -> Box:
    """The box without these fractions of its width and height on each side."""
    width, height = box[2] - box[0], box[3] - box[1]
    return (
        box[0] + width * horizontal,
        box[1] + height * vertical,
        box[2] - width * horizontal,
        box[3] - height * vertical,
    )


@cache
def _font(size: int) -> ImageFont.FreeTypeFont | ImageFont.ImageFont:
    return ImageFont.load_default(size=size)


def _bricks(canvas: Canvas, box: Box) -> None:
    pen, dice = canvas.pen, canvas.dice
    base = canvas.colour((0.97, 1.08), (0.25, 0.6), (0.4, 0.75))
    pen.rectangle(box, fill=shade(base, dice.choice((0.6, 1.35))))
    height = dice.uniform(30, 52)
    width = height * dice.uniform(2.0, 2.8)
    joint = dice.uniform(2.5, 5)
    tones = [shade(base, dice.uniform(0.82, 1.15)) for _ in range(7)]
    top, shifted = box[1], False
    while top < box[3]:
        left = box[0] - (width / 2 if shifted else 0)
        while left < box[2]:
            bounds = (
                max(left, box[0]),
                top,
                min(left + width - joint, box[2]),
                min(top + height - joint, box[3]),
            )
            if bounds[0] < bounds[2] and bounds[1] < bounds[3]:
                pen.rectangle(bounds, fill=dice.choice(tones))
            left += width
        top += height
        shifted = not shifted


def _plaster(canvas: Canvas, box: Box) -> None:
    pen, dice = canvas.pen, canvas.dice
    base = canvas.colour((0.05, 0.18), (0.03, 0.2), (0.65, 0.92))
    pen.rectangle(box, fill=base)
    for _ in range(dice.randrange(6, 18)):
        x, y = dice.uniform(box[0], box[2]), dice.uniform(box[1], box[3])
        reach = dice.uniform(20, 160)
        stain = (
            max(x - reach, box[0]),
            y,
            min(x + reach, box[2]),
            min(y + reach * dice.uniform(0.3, 2), box[3]),
        )
        pen.ellipse(stain, fill=shade(base, dice.uniform(0.9, 1.05)))
    if dice.random() < 0.6:
        edge = box[1] + (box[3] - box[1]) * dice.uniform(0.45, 0.7)
        painted = canvas.colour((0.3, 0.6), (0.15, 0.45), (0.4, 0.7))
        pen.rectangle((box[0], edge, box[2], box[3]), fill=painted)
        pen.rectangle((box[0], edge, box[2], edge + 5), fill=shade(painted, 0.6))


def _tiles(canvas: Canvas, box: Box) -> None:
    pen, dice = canvas.pen, canvas.dice
    base = canvas.colour((0.0, 1.0), (0.03, 0.25), (0.6, 0.92))
    pen.rectangle(box, fill=base)
    pitch = dice.uniform(60, 130)
    tall = pitch * dice.choice((1.0, 0.5, 2.0))
    for _ in range(dice.randrange(20, 60)):
        left = box[0] + pitch * dice.randrange(int((box[2] - box[0]) / pitch) + 1)
        top = box[1] + tall * dice.randrange(int((box[3] - box[1]) / tall) + 1)
        bounds = (left, top, min(left + pitch, box[2]), min(top + tall, box[3]))
        if bounds[0] < bounds[2] and bounds[1] < bounds[3]:
            pen.rectangle(bounds, fill=shade(base, dice.uniform(0.88, 1.08)))
    left, top = box[0], box[1]
    while left < box[2]:
        pen.line((left, box[1], left, box[3]), fill=shade(base, 0.75), width=3)
        left += pitch
    while top < box[3]:
        pen.line((box[0], top, box[2], top), fill=shade(base, 0.75), width=3)
        top += tall


def wall(canvas: Canvas, box: Box) -> None:
    """Bricks, plaster or tiles."""
    canvas.dice.choice((_bricks, _plaster, _tiles))(canvas, box)


def sky(canvas: Canvas, horizon: float) -> None:
    """A sky with clouds down to the horizon, in pixels from the top."""
    pen, dice = canvas.pen, canvas.dice
    zenith = canvas.colour((0.54, 0.64), (0.1, 0.65), (0.55, 0.95))
    haze = canvas.colour((0.05, 0.62), (0.02, 0.2), (0.75, 0.98))
    # Coloured one pixel wide and then stretched: colouring the whole sky took a third of the time of a photo.
    gradient = Image.linear_gradient("L").resize((1, max(1, int(horizon))))
    coloured = ImageOps.colorize(gradient, zenith, haze).resize(
        (canvas.width, gradient.height), Image.Resampling.NEAREST
    )
    canvas.image.paste(coloured, (0, 0))
    for _ in range(dice.randrange(0, 7)):
        x, y = dice.uniform(0, canvas.width), dice.uniform(0, horizon * 0.8)
        for _ in range(dice.randrange(3, 8)):
            wide, tall = dice.uniform(30, 140), dice.uniform(12, 45)
            near, high = x + dice.uniform(-110, 110), y + dice.uniform(-22, 22)
            pen.ellipse(
                (near - wide, high - tall, near + wide, high + tall),
                fill=shade(haze, dice.uniform(0.97, 1.08)),
            )


def window(canvas: Canvas, box: Box, frame: Colour) -> None:
    """A window, perhaps lit, curtained, barred or with a cooler below it."""
    pen, dice = canvas.pen, canvas.dice
    pen.rectangle(box, fill=frame)
    glass = inset(box, 0.07, 0.06)
    lit = dice.random() < 0.25
    tone = (
        canvas.colour((0.1, 0.15), (0.2, 0.5), (0.7, 0.95))
        if lit
        else canvas.colour((0.5, 0.65), (0.1, 0.5), (0.15, 0.5))
    )
    pen.rectangle(glass, fill=tone)
    if dice.random() < 0.4:
        drawn = glass[0] + (glass[2] - glass[0]) * dice.uniform(0.2, 0.9)
        pen.rectangle(
            (glass[0], glass[1], drawn, glass[3]), fill=canvas.colour((0.0, 1.0), (0.1, 0.4), (0.5, 0.9))
        )
    middle = (box[0] + box[2]) / 2
    pen.line((middle, box[1], middle, box[3]), fill=frame, width=max(2, int((box[2] - box[0]) * 0.05)))
    if dice.random() < 0.3:
        for step in range(1, 8):
            x = box[0] + (box[2] - box[0]) * step / 8
            pen.line((x, box[1], x, box[3]), fill=shade(frame, 0.7), width=2)
    if dice.random() < 0.25:
        low = box[3] + (box[3] - box[1]) * 0.08
        unit = (box[0], low, box[0] + (box[2] - box[0]) * 0.55, low + (box[3] - box[1]) * 0.3)
        pen.rectangle(unit, fill=(214, 214, 208), outline=(150, 150, 146))


def _glyph(canvas: Canvas, box: Box, ink: Colour) -> None:
    # Strokes in a square, shaped like writing and meaning nothing: no name may be read in any of them.
    pen, dice = canvas.pen, canvas.dice
    weight = max(2, int((box[2] - box[0]) / 9))
    for _ in range(dice.randrange(3, 6)):
        y = dice.uniform(box[1], box[3])
        pen.line((box[0], y, box[2], y + dice.uniform(-3, 3)), fill=ink, width=weight)
    for _ in range(dice.randrange(1, 4)):
        x = dice.uniform(box[0], box[2])
        pen.line((x, box[1], x + dice.uniform(-6, 6), box[3]), fill=ink, width=weight)


def _script(
    canvas: Canvas, start: tuple[float, float], size: float, count: int, ink: Colour, down: bool
) -> None:
    for place in range(count):
        x = start[0] + (0 if down else place * size * 1.25)
        y = start[1] + (place * size * 1.25 if down else 0)
        _glyph(canvas, (x, y, x + size, y + size), ink)


def number_plate(canvas: Canvas, box: Box) -> None:
    """An enamelled plate with the number of a house or a flat."""
    pen, dice = canvas.pen, canvas.dice
    enamel = canvas.colour(dice.choice(((0.58, 0.64), (0.3, 0.4), (0.98, 1.02))), (0.6, 0.9), (0.35, 0.65))
    height = box[3] - box[1]
    pen.rounded_rectangle(box, radius=height * 0.08, fill=enamel)
    pen.rounded_rectangle(inset(box, 0.025, 0.05), radius=height * 0.06, outline=(240, 240, 236), width=4)
    digits = (
        str(dice.randrange(1, 1000))
        if dice.random() < 0.6
        else f"{dice.randrange(1, 30)}-{dice.randrange(101, 2999)}"
    )
    room = (box[2] - box[0]) * 0.86
    size = int(min(height * 0.62, room / (len(digits) * 0.6)))
    centre = ((box[0] + box[2]) / 2, box[1] + height * 0.62)
    pen.text(centre, digits, fill=(244, 244, 240), font=_font(size), anchor="mm")
    _script(
        canvas,
        (box[0] + height * 0.2, box[1] + height * 0.1),
        height * 0.13,
        dice.randrange(3, 7),
        (232, 232, 228),
        False,
    )


def door(canvas: Canvas, box: Box) -> None:
    """A door with its frame, panels, handle and peephole."""
    pen, dice = canvas.pen, canvas.dice
    leaf = canvas.colour(dice.choice(((0.0, 0.08), (0.3, 0.45), (0.55, 0.65))), (0.2, 0.75), (0.2, 0.65))
    pen.rectangle(box, fill=shade(leaf, 0.6))
    inner = inset(box, 0.05, 0.02)
    pen.rectangle(inner, fill=leaf)
    columns, rows = dice.choice((1, 2, 2, 3)), dice.choice((1, 2, 3, 4))
    wide, tall = (inner[2] - inner[0]) / columns, (inner[3] - inner[1]) / rows
    for column in range(columns):
        for row in range(rows):
            left, top = inner[0] + column * wide, inner[1] + row * tall
            panel = inset((left, top, left + wide, top + tall), 0.14, 0.1)
            pen.rectangle(panel, fill=shade(leaf, dice.uniform(0.8, 1.2)), outline=shade(leaf, 0.5), width=4)
    side = dice.choice((0.1, 0.9))
    handle_x = inner[0] + (inner[2] - inner[0]) * side
    handle_y = inner[1] + (inner[3] - inner[1]) * dice.uniform(0.48, 0.58)
    pen.rounded_rectangle(
        (handle_x - 11, handle_y - 45, handle_x + 11, handle_y + 45), radius=8, fill=(196, 190, 170)
    )
    eye = (inner[0] + inner[2]) / 2
    peep = inner[1] + (inner[3] - inner[1]) * 0.3
    pen.ellipse((eye - 9, peep - 9, eye + 9, peep + 9), fill=(40, 38, 36), outline=(190, 184, 160), width=3)


def couplets(canvas: Canvas, box: Box) -> None:
    """Red strips with brush strokes at both sides of a door, as families paste them at the new year."""
    red = canvas.colour((0.98, 1.02), (0.7, 0.95), (0.55, 0.85))
    ink = canvas.dice.choice(((30, 24, 20), (226, 190, 80)))
    strip = (box[2] - box[0]) * 0.16
    for left in (box[0] - strip * 1.4, box[2] + strip * 0.4):
        top, bottom = box[1] + (box[3] - box[1]) * 0.1, box[1] + (box[3] - box[1]) * 0.72
        canvas.pen.rectangle((left, top, left + strip, bottom), fill=red)
        size = strip * 0.62
        count = max(1, int((bottom - top) / (size * 1.25)) - 1)
        _script(canvas, (left + strip * 0.19, top + size * 0.4), size, count, ink, True)


def envelope(canvas: Canvas, box: Box) -> None:
    """A letter in its envelope, addressed in writing that nobody can read."""
    pen, dice = canvas.pen, canvas.dice
    paper = canvas.colour((0.08, 0.14), (0.03, 0.4), (0.75, 0.97))
    pen.rectangle((box[0] + 10, box[1] + 12, box[2] + 10, box[3] + 12), fill=(52, 50, 48))
    pen.rectangle(box, fill=paper, outline=shade(paper, 0.75), width=2)
    width, height = box[2] - box[0], box[3] - box[1]
    for place in range(6):
        left = box[0] + width * (0.05 + place * 0.055)
        square = (left, box[1] + height * 0.09, left + width * 0.042, box[1] + height * 0.09 + width * 0.05)
        pen.rectangle(square, outline=(196, 60, 48), width=3)
    stamp = (box[2] - width * 0.17, box[1] + height * 0.08, box[2] - width * 0.05, box[1] + height * 0.36)
    pen.rectangle(
        stamp, fill=canvas.colour((0.0, 1.0), (0.2, 0.6), (0.6, 0.9)), outline=(240, 238, 230), width=4
    )
    size = height * dice.uniform(0.07, 0.1)
    for line in range(dice.randrange(2, 4)):
        start = (box[0] + width * dice.uniform(0.08, 0.2), box[1] + height * (0.44 + line * 0.16))
        room = (box[2] - width * 0.08 - start[0]) / (size * 1.25)
        _script(canvas, start, size, dice.randrange(4, max(5, int(room))), (44, 44, 60), False)


def letter_box(canvas: Canvas, box: Box, letter: bool) -> None:
    """A letter box with its number, and a letter in the slot if there is one."""
    pen, dice = canvas.pen, canvas.dice
    metal = canvas.colour(dice.choice(((0.35, 0.45), (0.55, 0.62), (0.08, 0.12))), (0.05, 0.7), (0.35, 0.75))
    width, height = box[2] - box[0], box[3] - box[1]
    pen.rounded_rectangle(box, radius=width * 0.04, fill=metal, outline=shade(metal, 0.55), width=5)
    slot = (box[0] + width * 0.14, box[1] + height * 0.2, box[2] - width * 0.14, box[1] + height * 0.27)
    pen.rectangle(slot, fill=(18, 18, 18))
    plate = (box[0] + width * 0.32, box[1] + height * 0.5, box[2] - width * 0.32, box[1] + height * 0.66)
    pen.rectangle(plate, fill=(232, 230, 220))
    middle = ((plate[0] + plate[2]) / 2, (plate[1] + plate[3]) / 2)
    font = _font(max(10, int((plate[3] - plate[1]) * 0.7)))
    pen.text(middle, str(dice.randrange(101, 2999)), fill=(40, 40, 40), font=font, anchor="mm")
    lock_x, lock_y = box[2] - width * 0.16, box[1] + height * 0.82
    pen.ellipse(
        (lock_x - 12, lock_y - 12, lock_x + 12, lock_y + 12), fill=(206, 200, 184), outline=(90, 88, 80)
    )
    if letter:
        stands = dice.uniform(0.25, 0.6)
        left = slot[0] + width * dice.uniform(0.02, 0.2)
        envelope(canvas, (left, slot[1] - height * stands, left + width * 0.5, slot[1] + height * 0.05))
