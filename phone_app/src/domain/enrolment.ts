/* The one-time code by which this phone is enrolled (V20): what was typed or read off the desk's QR, made plain. */
const LENGTH = 8;
const SAID = /^FIELDVISIT:ENROL:([2-9A-HJ-NP-Z]{8})$/;

/** What was typed, without the dash that the desk shows it with; people type small letters. */
export function plainCode(typed: string): string {
  return typed.toUpperCase().replace(/[\s-]/g, "");
}

export function isWhole(typed: string): boolean {
  return plainCode(typed).length === LENGTH;
}

/** The code in a QR; null where it is another thing's. */
export function codeOf(read: string): string | null {
  return SAID.exec(read.trim())?.[1] ?? null;
}
