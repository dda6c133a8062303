/* The chain of captures (docs/adr/0006), a photo's EXIF, ids, causes of gaps, the phone's check and links to maps. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { endOf, linked, manifestText, type Captured } from "../src/domain/chain.ts";
import { withExif } from "../src/domain/exif.ts";
import { causeOfLoss } from "../src/domain/gaps.ts";
import { uuid7 } from "../src/domain/ids.ts";
import { mapLink, MAP_APPS } from "../src/domain/maps.ts";
import { ENOUGH_MIB, isFit, verdicts, type Checked } from "../src/domain/preflight.ts";
import { visit } from "./builders.ts";

const AT = "2026-03-10T04:00:00.000Z";

function photo(sha256: string): Captured {
  return { kind: "photo", item: "p", sha256, monotonic_ms: 1, at: AT };
}

test("each entry names the digest of the one before it", () => {
  const first = linked({ seq: 0, digest: "nonce" }, photo("aa"));
  const second = linked(endOf(first), photo("bb"));
  assert.deepEqual([first.seq, first.previous, second.seq, second.previous], [1, "nonce", 2, "aa"]);
  assert.deepEqual(endOf(second), { seq: 2, digest: "bb" });
});

test("a manifest is ASCII and says the same as what was put into it", () => {
  const entry = linked({ seq: 0, digest: "n" }, { ...photo("aa"), item: "远景 é 🙂" });
  const text = manifestText("v", "n", [entry], [{ begins_at: AT, ends_at: AT, cause: "crash" }]);
  assert.match(text, /^[ -~]*$/);
  assert.deepEqual(JSON.parse(text).entries, [entry]);
});

const JPEG = Uint8Array.of(0xff, 0xd8, 0xff, 0xdb, 0, 4, 1, 2, 0xff, 0xd9);

test("EXIF stands behind the start of a JPEG and leaves every other byte as it was", () => {
  const place = { latitude: -35.5, longitude: 113.25, accuracy_m: 12 };
  const made = withExif(JPEG, { local: "2026:03:10 12:00:00", model: "外访 7", place });
  const length = ((made[4] ?? 0) << 8) | (made[5] ?? 0);
  assert.deepEqual([...made.subarray(0, 4)], [0xff, 0xd8, 0xff, 0xe1]);
  assert.deepEqual(made.subarray(4 + length), JPEG.subarray(2));
  const text = new TextDecoder("latin1").decode(made);
  assert.ok(text.includes("2026:03:10 12:00:00\0") && text.includes("?? 7\0") && text.includes("WGS-84\0"));
  assert.ok(text.includes("S\0") && text.includes("E\0"), "south and east");
  const without = withExif(JPEG, { local: "2026:03:10 12:00:00", model: "m", place: null });
  assert.ok(!new TextDecoder("latin1").decode(without).includes("WGS-84"));
});

test("what is no JPEG gets no EXIF", () => {
  const taken = { local: "2026:03:10 12:00:00", model: "m", place: null };
  for (const bytes of [Uint8Array.of(), Uint8Array.of(0xff), Uint8Array.of(0x89, 0x50)])
    assert.throws(() => withExif(bytes, taken), /no JPEG/);
});

test("an id carries its millisecond, its version and its variant, and sorts by time", () => {
  const none = new Uint8Array(10);
  const all = new Uint8Array(10).fill(255);
  assert.equal(uuid7(0, none), "00000000-0000-7000-8000-000000000000");
  assert.equal(uuid7(2 ** 48 - 1, all), "ffffffff-ffff-7fff-bfff-ffffffffffff");
  assert.ok(uuid7(1000, all) < uuid7(1001, none));
});

test("a recording that broke off has the cause that a page can know", () => {
  const cause = (calling: boolean, hidden: boolean, awake: boolean) => causeOfLoss({ calling, hidden, awake });
  assert.equal(cause(true, true, true), "call");
  assert.equal(cause(false, false, true), "microphone_lost");
  assert.equal(cause(false, true, true), "other_app");
  assert.equal(cause(false, true, false), "lock");
});

const FIT: Checked = {
  at: AT,
  free_mib: ENOUGH_MIB,
  persistent: true,
  camera: true,
  microphone: true,
  place: true,
  wake_lock: true,
  installed: true,
  messenger: false,
};

test("a phone leaves with room, camera, microphone and place, and outside a messenger (V2)", () => {
  assert.deepEqual(
    [-1, 0, 1].map((more) => isFit({ ...FIT, free_mib: ENOUGH_MIB + more })),
    [false, true, true],
  );
  for (const name of ["camera", "microphone", "place"] as const) assert.equal(isFit({ ...FIT, [name]: false }), false);
  assert.equal(isFit({ ...FIT, messenger: true }), false);
});

test("what may fail and what the browser does not tell is a warning and no refusal", () => {
  const weak = { ...FIT, free_mib: null, persistent: false, wake_lock: false, installed: false };
  assert.equal(isFit(weak), true);
  const warned = verdicts(weak).filter(([, verdict]) => verdict === "weak");
  assert.deepEqual(
    warned.map(([name]) => name),
    ["free_mib", "persistent", "wake_lock", "installed"],
  );
});

test("a known point is driven to; a county's outline is no place, so its text is searched", () => {
  const point = { latitude: 35.05, longitude: 113.96 };
  for (const app of MAP_APPS) {
    const known = mapLink(app, visit({ brief: { point: { ...point, against: "geocoded" } } }));
    const outline = mapLink(app, visit({ brief: { point: { ...point, against: "division" } } }));
    assert.ok(known.includes("35.05") && known.includes("113.96"), app);
    assert.ok(!outline.includes("35.05") && decodeURIComponent(outline).includes("原阳县"), app);
    assert.equal(mapLink(app, visit()), outline, "nor is no point at all");
  }
});
