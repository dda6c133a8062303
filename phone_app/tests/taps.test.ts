import assert from "node:assert/strict";
import { test } from "node:test";
import { oneAtATime } from "../src/domain/taps.ts";

test("a second tap while the first is at work does nothing, and one after it does", async () => {
  let done = 0;
  const waits: (() => void)[] = [];
  const keep = oneAtATime(async () => {
    await new Promise<void>((go) => waits.push(go));
    done += 1;
  });
  const both = [keep(), keep()];
  assert.equal(waits.length, 1);
  waits.forEach((go) => go());
  await Promise.all(both);
  assert.equal(done, 1);
  const again = keep();
  waits.at(-1)?.();
  await again;
  assert.equal(done, 2);
});

test("what failed can be tried again", async () => {
  let tries = 0;
  const keep = oneAtATime(async () => {
    tries += 1;
    if (tries === 1) throw new Error("full");
  });
  await assert.rejects(keep, /full/);
  await keep();
  assert.equal(tries, 2);
});
