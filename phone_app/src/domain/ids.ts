/** A UUIDv7: `milliseconds` since 1970 and ten random bytes. Whoever creates a thing names it (docs/adr/0004). */
export function uuid7(milliseconds: number, random: Uint8Array): string {
  const bytes = new Uint8Array(16);
  let left = milliseconds;
  for (let place = 5; place >= 0; place -= 1) {
    bytes[place] = left % 256;
    left = Math.floor(left / 256);
  }
  bytes.set(random.subarray(0, 10), 6);
  bytes[6] = 0x70 | ((bytes[6] ?? 0) & 0x0f);
  bytes[8] = 0x80 | ((bytes[8] ?? 0) & 0x3f);
  const hex = [...bytes].map((byte) => byte.toString(16).padStart(2, "0")).join("");
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20)].join("-");
}
