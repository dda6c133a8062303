/*
 * What a camera writes into a photo, written by us, for a canvas writes nothing: when, where and on which device.
 * It owns one EXIF block (TIFF 6.0, big-endian) behind the start of a JPEG; it refuses bytes that are no JPEG.
 */
import type { Place } from "./chain";

export interface Taken {
  /** Local time of Shanghai, `YYYY:MM:DD HH:MM:SS`. */
  local: string;
  model: string;
  place: Place | null;
}

type Field = { tag: number; type: number; count: number; value: Uint8Array };

const ASCII = 2;
const LONG = 4;
const RATIONAL = 5;
const BYTE = 1;

export function withExif(jpeg: Uint8Array, taken: Taken): Uint8Array {
  if (jpeg[0] !== 0xff || jpeg[1] !== 0xd8) throw new Error("no JPEG");
  const tiff = tiffOf(taken);
  const header = new TextEncoder().encode("Exif\0\0");
  const length = tiff.length + header.length + 2;
  const marker = Uint8Array.of(0xff, 0xe1, length >> 8, length & 0xff);
  return joined([jpeg.subarray(0, 2), marker, header, tiff, jpeg.subarray(2)]);
}

function tiffOf(taken: Taken): Uint8Array {
  const exif = [ascii(0x9003, taken.local), ascii(0x9011, "+08:00")];
  const gps = taken.place === null ? [] : gpsOf(taken.place);
  const main = (exifAt: number, gpsAt: number): Field[] => [
    ascii(0x010f, "Fieldvisit"),
    ascii(0x0110, taken.model),
    ascii(0x0132, taken.local),
    long(0x8769, exifAt),
    ...(gps.length > 0 ? [long(0x8825, gpsAt)] : []),
  ];
  const exifAt = 8 + sizeOf(main(0, 0));
  const gpsAt = exifAt + sizeOf(exif);
  const header = Uint8Array.of(0x4d, 0x4d, 0, 42, 0, 0, 0, 8);
  return joined([
    header,
    table(main(exifAt, gpsAt), 8),
    table(exif, exifAt),
    gps.length > 0 ? table(gps, gpsAt) : empty(),
  ]);
}

function gpsOf(place: Place): Field[] {
  return [
    { tag: 0, type: BYTE, count: 4, value: Uint8Array.of(2, 3, 0, 0) },
    ascii(1, place.latitude < 0 ? "S" : "N"),
    rationals(2, degrees(Math.abs(place.latitude))),
    ascii(3, place.longitude < 0 ? "W" : "E"),
    rationals(4, degrees(Math.abs(place.longitude))),
    ascii(0x12, "WGS-84"),
    rationals(0x1f, [[Math.round(place.accuracy_m * 100), 100]]),
  ];
}

function degrees(value: number): [number, number][] {
  const whole = Math.floor(value);
  const minutes = Math.floor((value - whole) * 60);
  const seconds = ((value - whole) * 60 - minutes) * 60;
  return [
    [whole, 1],
    [minutes, 1],
    [Math.round(seconds * 10_000), 10_000],
  ];
}

function ascii(tag: number, text: string): Field {
  const value = new TextEncoder().encode(text.replace(/[^ -~]/g, "?") + "\0");
  return { tag, type: ASCII, count: value.length, value };
}

function long(tag: number, number: number): Field {
  return { tag, type: LONG, count: 1, value: numbers([number]) };
}

function rationals(tag: number, fractions: readonly [number, number][]): Field {
  return { tag, type: RATIONAL, count: fractions.length, value: numbers(fractions.flat()) };
}

function numbers(values: readonly number[]): Uint8Array {
  const bytes = new Uint8Array(values.length * 4);
  const view = new DataView(bytes.buffer);
  values.forEach((value, index) => view.setUint32(index * 4, value));
  return bytes;
}

/** Bytes of a table: its entries and, behind them, the values that do not fit into four bytes, each at an even place. */
function sizeOf(fields: readonly Field[]): number {
  return 2 + fields.length * 12 + 4 + fields.reduce((sum, field) => sum + outside(field), 0);
}

function outside(field: Field): number {
  return field.value.length <= 4 ? 0 : field.value.length + (field.value.length % 2);
}

function table(fields: readonly Field[], at: number): Uint8Array {
  const bytes = new Uint8Array(sizeOf(fields));
  const view = new DataView(bytes.buffer);
  view.setUint16(0, fields.length);
  let behind = 2 + fields.length * 12 + 4;
  fields.forEach((field, index) => {
    const place = 2 + index * 12;
    view.setUint16(place, field.tag);
    view.setUint16(place + 2, field.type);
    view.setUint32(place + 4, field.count);
    if (outside(field) === 0) bytes.set(field.value, place + 8);
    else {
      view.setUint32(place + 8, at + behind);
      bytes.set(field.value, behind);
      behind += outside(field);
    }
  });
  return bytes;
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

function empty(): Uint8Array {
  return new Uint8Array(0);
}
