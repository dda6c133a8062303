/* The line of a visit: which steps are done and which is asked of the agent now. */
import { PLACE_PHOTOS, type PhotoKind, type Progress } from "./visits.ts";

export type Step = "check_in" | "photos" | "identity" | "meet" | "phones" | "letter" | "result" | "check_out";

export const STEPS: readonly Step[] = [
  "check_in",
  "photos",
  "identity",
  "meet",
  "phones",
  "letter",
  "result",
  "check_out",
];

export function isDone(step: Step, progress: Progress): boolean {
  switch (step) {
    case "check_in":
      return progress.begun_at !== null;
    case "photos":
      return nextPhoto(progress) === null;
    case "identity":
      return progress.identity_shown_at !== null;
    case "meet":
      return progress.contacts.length > 0;
    case "phones":
      return progress.calls.length > 0 || progress.messaged.length > 0;
    case "letter":
      return progress.letter;
    case "result":
      return progress.outcome !== null;
    case "check_out":
      return progress.ended_at !== null;
  }
}

export function nextPhoto(progress: Progress): PhotoKind | null {
  const taken = new Set(progress.photos.map((photo) => photo.kind));
  return PLACE_PHOTOS.find((kind) => !taken.has(kind)) ?? null;
}

/** The first step that is not done; whom one met stands in for a letter, and a letter for whom one met. Calls are free. */
export function nextStep(progress: Progress): Step | null {
  if (progress.ended_at !== null) return null;
  const reached = progress.contacts.length > 0 || progress.letter || progress.outcome !== null;
  return (
    STEPS.find((step) => {
      if (step === "phones") return false;
      if ((step === "meet" || step === "letter") && reached) return false;
      return !isDone(step, progress);
    }) ?? null
  );
}
