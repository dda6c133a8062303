/* The one-time code of an enrolment (V20): as it is typed, and as the desk's QR says it. */
import assert from "node:assert/strict";
import { test } from "node:test";
import { codeOf, isWhole, plainCode } from "../src/domain/enrolment.ts";

test("a code is typed with small letters, a dash and blanks, and is the same", () => {
  assert.equal(plainCode(" abcd-23 45 "), "ABCD2345");
});

test("a code is whole with eight signs, not with seven or nine", () => {
  assert.deepEqual(["ABCD-234", "ABCD-2345", "ABCD-23456"].map(isWhole), [false, true, false]);
});

test("only the desk's own QR is read", () => {
  assert.equal(codeOf("FIELDVISIT:ENROL:ABCD2345\n"), "ABCD2345");
  for (const other of ["ABCD2345", "https://x/FIELDVISIT:ENROL:ABCD2345", "FIELDVISIT:ENROL:ABCD234O", ""]) {
    assert.equal(codeOf(other), null);
  }
});
