/* What forbids a start (R12, V9), what is missing at check-out (V1, X3, V6, X8), when a debt may be seen (V10). */
import assert from "node:assert/strict";
import { test } from "node:test";
import { isDone, nextPhoto, nextStep, STEPS } from "../src/domain/steps.ts";
import { againstStart, debtMayShow, lacking, standingOf } from "../src/domain/visits.ts";
import { day, NINE, phone, progress, SEVENTEEN, visit } from "./builders.ts";

const NOON = 12 * 60;
const AT = "2026-03-10T02:00:00Z";

function against(changes: { visit?: object; day?: object; now?: number; minute?: number; version?: number } = {}) {
  const { now = NINE, minute = NOON, version = 1 } = changes;
  return againstStart(visit({ ...changes.visit }), day({ ...changes.day }), now, minute, version);
}

test("nothing stands against a visit within its lease, its hours and its consent", () => {
  assert.deepEqual(against(), []);
});

test("a lease begins and ends with its own moments (R12)", () => {
  assert.deepEqual(
    [NINE - 1, NINE, NINE + 1].map((now) => against({ now })),
    [["not_yet"], [], []],
  );
  assert.deepEqual(
    [SEVENTEEN - 1, SEVENTEEN, SEVENTEEN + 1].map((now) => against({ now })),
    [[], [], ["expired"]],
  );
  const open = { brief: { valid_from: null, valid_until: null } };
  assert.deepEqual(against({ visit: open, now: 0 }), [], "a follow-up on the spot has no lease");
});

test("a visit starts from 08:00 and before 22:00 (V9)", () => {
  const minutes = [479, 480, 481, 1319, 1320, 1321];
  assert.deepEqual(
    minutes.map((minute) => against({ minute })),
    [["out_of_hours"], [], [], [], ["out_of_hours"], ["out_of_hours"]],
  );
});

test("a hold, a missing consent and an app that is too old each stand against it, and all are said", () => {
  assert.deepEqual(against({ visit: { hold: { reason: "complaint" } } }), ["on_hold"]);
  assert.deepEqual(against({ day: { consent: { given_at: null } } }), ["no_consent"]);
  assert.deepEqual(
    [0, 1, 2].map((version) => against({ version })),
    [["outdated"], [], []],
  );
  assert.deepEqual(against({ version: 0, now: NINE - 1, minute: 0 }), ["outdated", "not_yet", "out_of_hours"]);
});

test("a bare visit lacks two agents, photo, recording, identity and somebody met, each with its clause", () => {
  assert.deepEqual(
    lacking(progress()).map((lack) => `${lack.code} ${lack.clause}`),
    ["second_agent V1", "photo X3", "recording X3", "identity V15", "contact C1"],
  );
});

const whole = {
  present: ["a", "b"],
  photos: [{ item: "p", kind: "photo_far" as const, at: AT }],
  recorded_ms: 1,
  identity_shown_at: AT,
  contacts: [{ id: "c", who: "debtor" as const, communicated: true, offers: false }],
};

test("a visit that has them lacks nothing, and one agent is not two", () => {
  assert.deepEqual(lacking(progress(whole)), []);
  assert.deepEqual(
    [["a"], ["a", "b"], ["a", "b", "t"]].map((present) => lacking(progress({ ...whole, present })).length),
    [1, 0, 0],
  );
});

test("a letter asks for its two photos, every number that may be called and a message to the debtor (V6, X8)", () => {
  const left = { ...whole, letter: true };
  const codes = (changes: object, phones = [phone()]) => lacking(progress(changes), phones).map((lack) => lack.code);
  assert.deepEqual(codes(left), ["letter_photos", "calls", "message"]);
  const photos = [...whole.photos, { item: "l", kind: "letter_address" as const, at: AT }];
  assert.deepEqual(codes({ ...left, photos }), ["letter_photos", "calls", "message"], "one photo of two");
  const both = [...photos, { item: "m", kind: "letter_manner" as const, at: AT }];
  assert.deepEqual(codes({ ...left, photos: both }), ["calls", "message"]);
  const called = { ...left, photos: both, calls: [{ id: "k", phone: "phone-1", answered: false }] };
  assert.deepEqual(codes(called), ["message"]);
  assert.deepEqual(codes({ ...called, messaged: ["phone-1"] }), []);
  const blocked = { ...phone(), id: "phone-2", against: ["V13"] } as unknown as ReturnType<typeof phone>;
  assert.deepEqual(codes({ ...called, messaged: ["phone-1"] }, [phone(), blocked]), [], "V13 counts as done");
  assert.deepEqual(codes({ ...left, photos: both }, []), [], "with no number on file there is none to call");
});

test("the total debt is for the debtor and for whoever offers to repay, and for no relative (V10)", () => {
  const met = (who: "debtor" | "direct_relative", offers: boolean) =>
    debtMayShow(progress({ contacts: [{ id: "c", who, communicated: true, offers }] }));
  assert.equal(debtMayShow(progress()), false);
  assert.equal(met("direct_relative", false), false);
  assert.equal(met("direct_relative", true), true);
  assert.equal(met("debtor", false), true);
});

test("a visit stands where its team has come, and is done when nothing of it is unsent", () => {
  const plain = visit();
  assert.equal(standingOf(plain, undefined, 0), "to_come");
  assert.equal(standingOf(visit({ hold: { reason: "r" } }), undefined, 0), "on_hold");
  assert.equal(standingOf(plain, progress({ begun_at: AT }), 3), "in_progress");
  const over = progress({ begun_at: AT, ended_at: AT });
  assert.deepEqual(
    [0, 1].map((unsent) => standingOf(plain, over, unsent)),
    ["done", "to_send"],
  );
});

test("the line asks one step after the other; whom one met stands in for a letter, and calls are never asked", () => {
  assert.equal(nextStep(progress()), "check_in");
  const begun = { begun_at: AT };
  assert.equal(nextStep(progress(begun)), "photos");
  assert.equal(nextPhoto(progress({ photos: whole.photos })), "photo_number");
  const kinds = ["photo_far", "photo_number", "photo_door"] as const;
  const shot = { ...begun, photos: kinds.map((kind) => ({ item: kind, kind, at: AT })) };
  assert.equal(nextPhoto(progress(shot)), null);
  assert.equal(nextStep(progress(shot)), "identity");
  const shown = { ...shot, identity_shown_at: AT };
  assert.equal(nextStep(progress(shown)), "meet");
  assert.equal(nextStep(progress({ ...shown, letter: true })), "result");
  assert.equal(nextStep(progress({ ...shown, contacts: whole.contacts })), "result");
  assert.equal(nextStep(progress({ ...shown, letter: true, outcome: "nobody" })), "check_out");
  assert.equal(nextStep(progress({ ...shown, ended_at: AT })), null);
  assert.deepEqual(
    STEPS.filter((step) => isDone(step, progress())),
    [],
  );
});
