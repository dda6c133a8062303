/* Where the phone is, WGS-84 with its accuracy. A place that cannot be had is null: it is never a reason to refuse. */
import type { Place } from "../domain/chain";

const FRESH_MS = 15_000;
const PATIENCE_MS = 8_000;

let last: { place: Place; at: number } | null = null;

export async function place(): Promise<Place | null> {
  if (last !== null && performance.now() - last.at < FRESH_MS) return last.place;
  const found = await asked();
  if (found !== null) last = { place: found, at: performance.now() };
  return found;
}

/** The last place that was found, for what must not wait. */
export function lastPlace(): Place | null {
  return last?.place ?? null;
}

function asked(): Promise<Place | null> {
  return new Promise((resolve) => {
    navigator.geolocation.getCurrentPosition(
      ({ coords }) =>
        resolve({ latitude: coords.latitude, longitude: coords.longitude, accuracy_m: Math.round(coords.accuracy) }),
      () => resolve(null),
      { enableHighAccuracy: true, timeout: PATIENCE_MS, maximumAge: FRESH_MS },
    );
  });
}
