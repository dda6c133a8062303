/* The words on the copy of a photo: when, where, which visit, who (V2). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { bandOf, numbered, watermark } from "../src/domain/watermark.ts";
import { VISIT } from "./builders.ts";

const SHOT = { local: "2026-03-10 12:00:05", visit: VISIT, agent: "陈磊" };

test("a copy says when to the second and the zone, where with its accuracy, which visit and who", () => {
  const place = { latitude: 35.0500049, longitude: -113.96, accuracy_m: 12.4 };
  assert.deepEqual(watermark({ ...SHOT, place }, "无定位"), [
    "2026-03-10 12:00:05 +08:00",
    "35.05000, -113.96000 ±12 m",
    "00000001 · 陈磊",
  ]);
});

test("where there was no place it says so and invents none", () => {
  assert.equal(watermark({ ...SHOT, place: null }, "无定位")[1], "无定位");
});

test("an id in the server's words is the number that stands on the photos", () => {
  assert.equal(numbered(`计入外访 ${VISIT}，不是 ${VISIT}`), "计入外访 00000001，不是 00000001");
  assert.equal(numbered("计入外访"), "计入外访");
});

test("the band holds its lines on a small and on a large picture, and covers a third of a wide one at most", () => {
  for (const width of [160, 311, 312, 313, 720, 1920]) {
    const { type, height } = bandOf(width, 3);
    assert.ok(type >= 12 && height >= type * 1.4 * 3, String(width));
  }
  const wide = bandOf(720, 3);
  assert.ok(wide.height <= (720 * 9) / 16 / 3);
});
