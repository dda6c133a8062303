/* What this phone can do, asked of it before its agent leaves: each question is answered by trying. */
import type { Found } from "../domain/preflight";
import { place } from "./place";

// The browsers inside WeChat, QQ, DingTalk, Feishu and Weibo keep no storage and no service worker.
const MESSENGERS = /MicroMessenger|\bQQ\/|DingTalk|Lark|Feishu|Weibo/i;

/** MiB that may still be written; null where the browser tells nothing. */
export async function freeMib(): Promise<number | null> {
  const told = await navigator.storage?.estimate?.().catch(() => undefined);
  if (told?.quota === undefined) return null;
  return Math.max(0, Math.floor((told.quota - (told.usage ?? 0)) / (1 << 20)));
}

export async function check(): Promise<Found> {
  return {
    free_mib: await freeMib(),
    persistent: (await navigator.storage?.persist?.().catch(() => false)) ?? false,
    camera: await opens({ video: { facingMode: "environment" } }),
    microphone: await opens({ audio: true }),
    place: (await place()) !== null,
    wake_lock: await mayWake(),
    installed: matchMedia("(display-mode: standalone)").matches,
    messenger: MESSENGERS.test(navigator.userAgent),
  };
}

async function opens(wanted: MediaStreamConstraints): Promise<boolean> {
  try {
    const stream = await navigator.mediaDevices.getUserMedia(wanted);
    stream.getTracks().forEach((track) => track.stop());
    return true;
  } catch {
    return false;
  }
}

async function mayWake(): Promise<boolean> {
  try {
    await (await navigator.wakeLock.request("screen")).release();
    return true;
  } catch {
    return false;
  }
}
