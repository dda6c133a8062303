/* What waits to be sent (V2, S10): nothing but a receipt lets an item go, and one that is refused holds up nothing. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { fateOf, nextMoment, nextOf, soundMayGo, unsentOf, waitAfter, type Fate } from "../src/domain/outbox.ts";
import { file, VISIT, write } from "./builders.ts";

test("an answer decides what becomes of a record and of a file", () => {
  const told: [number, Fate, Fate][] = [
    [0, "again", "again"],
    [199, "set_aside", "set_aside"],
    [200, "done", "done"],
    [299, "done", "done"],
    [300, "set_aside", "set_aside"],
    [401, "signed_out", "signed_out"],
    [403, "set_aside", "set_aside"],
    [408, "again", "again"],
    [409, "set_aside", "again"],
    [422, "set_aside", "set_aside"],
    [423, "again", "again"],
    [429, "again", "again"],
    [499, "set_aside", "set_aside"],
    [500, "again", "again"],
    [507, "again", "again"],
  ];
  for (const [status, ofWrite, ofFile] of told)
    assert.deepEqual([fateOf(status, "write"), fateOf(status, "file")], [ofWrite, ofFile], String(status));
});

test("the pause doubles up to five minutes, and the dice take at most half of it away", () => {
  assert.deepEqual(
    [1, 2, 3, 8, 9, 10, 50].map((tries) => waitAfter(tries, 1)),
    [2_000, 4_000, 8_000, 256_000, 300_000, 300_000, 300_000],
  );
  assert.equal(waitAfter(1, 0), 1_000);
  assert.equal(waitAfter(0, 1), 2_000);
});

test("records go before photos, the older before the younger, and sound has a lane of its own", () => {
  const photo = file({ created: 1 });
  const late = write({ created: 3, visit: "other" });
  const early = write({ created: 2 });
  const sound = file({ lane: "sound", rank: 2, created: 0 });
  assert.equal(nextOf([photo, late, early, sound], "small", 10), early);
  assert.equal(nextOf([photo, late, sound], "small", 10), late);
  assert.equal(nextOf([photo, sound], "small", 10), photo);
  assert.equal(nextOf([photo, sound], "sound", 10), sound);
  assert.equal(nextOf([], "small", 10), null);
});

test("an item is tried at its moment and not before", () => {
  const item = file({ notBefore: 100 });
  assert.equal(nextOf([item], "small", 99), null);
  assert.equal(nextOf([item], "small", 100), item);
  assert.equal(nextOf([item], "small", 101), item);
});

test("a record waits for the one before it of its visit, and holds up neither photos nor other visits", () => {
  const checkIn = write({ created: 1, notBefore: 100 });
  const contact = write({ created: 2 });
  const other = write({ created: 3, visit: "other" });
  const photo = file({ created: 4 });
  assert.equal(nextOf([checkIn, contact, other, photo], "small", 50), other);
  assert.equal(nextOf([checkIn, contact, photo], "small", 50), photo);
  assert.equal(nextOf([checkIn, contact], "small", 50), null);
});

test("what was set aside is not tried and holds up nothing", () => {
  const aside = write({ created: 1, state: "set_aside" });
  const next = write({ created: 2 });
  assert.equal(nextOf([aside, next], "small", 10), next);
  assert.equal(nextOf([aside], "small", 10), null);
  assert.equal(nextMoment([aside]), null);
});

test("a file that is held back waits for whoever holds it, and holds up nothing", () => {
  const paused = file({ created: 1, paused: true });
  const next = file({ created: 2 });
  assert.equal(nextOf([paused, next], "small", 10), next);
  assert.equal(nextOf([paused], "small", 10), null);
  assert.equal(nextMoment([paused]), null);
  assert.equal(nextMoment([{ ...paused, paused: false, notBefore: 7 }]), 7);
  assert.equal(nextOf([{ ...paused, paused: false }, next], "small", 10)?.id, paused.id);
  assert.deepEqual(unsentOf([paused]), { items: 1, bytes: 10, setAside: 0 });
});

test("a follow-up is opened after the records of its parent, and its photos after it was opened (V7)", () => {
  const parent = write({ created: 1, notBefore: 100 });
  const opening = write({ created: 2, visit: "follow", after: VISIT });
  const photo = file({ created: 3, visit: "follow" });
  assert.equal(nextOf([parent, opening, photo], "small", 50), null);
  assert.equal(nextOf([opening, photo], "small", 50), opening);
  assert.equal(nextOf([photo], "small", 50), photo);
  const aside = { ...parent, state: "set_aside" as const };
  assert.equal(nextOf([aside, opening, photo], "small", 50), opening, "one that was refused holds up no follow-up");
});

test("sound goes over what the agent chose, and a browser that tells nothing is no Wi-Fi that is missing", () => {
  const ways = [true, false, null];
  assert.deepEqual(
    ways.map((wifi) => soundMayGo("always", wifi)),
    [true, true, true],
  );
  assert.deepEqual(
    ways.map((wifi) => soundMayGo("wifi", wifi)),
    [true, false, true],
  );
  assert.deepEqual(
    ways.map((wifi) => soundMayGo("paused", wifi)),
    [false, false, false],
  );
});

test("the next moment is the earliest of what waits", () => {
  assert.equal(nextMoment([write({ notBefore: 30 }), file({ notBefore: 20 })]), 20);
  assert.equal(nextMoment([]), null);
});

test("what is unsent counts bytes that are not there yet, and never less than none", () => {
  const items = [file({ size: 10, sent: 4 }), file({ size: 10, sent: 12 }), write({ size: 5, state: "set_aside" })];
  assert.deepEqual(unsentOf(items), { items: 3, bytes: 11, setAside: 1 });
  assert.deepEqual(unsentOf([]), { items: 0, bytes: 0, setAside: 0 });
});
