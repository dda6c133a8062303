/* The phone around the app: what keeps it awake, shakes it, keeps its storage, and tells when it is touched or hidden. */
interface About {
  edition: string;
  agent: string;
  installed: boolean;
  persistent: boolean;
  wifi: boolean | null;
}

let lock: WakeLockSentinel | null = null;

export async function stayAwake(): Promise<void> {
  try {
    lock = await navigator.wakeLock.request("screen");
  } catch {
    lock = null; // a battery saver may refuse; gaps are measured all the same
  }
}

export function maySleep(): void {
  void lock?.release().catch(() => undefined);
  lock = null;
}

export function shake(): void {
  navigator.vibrate?.([400, 150, 400, 150, 400]);
}

/** Whether the screen is kept on: while it is, the phone does not lock by itself. */
export function awake(): boolean {
  return lock !== null && !lock.released;
}

export function hidden(): boolean {
  return document.visibilityState === "hidden";
}

/** What this browser and this edition of the app are, and what they were granted. */
export async function about(): Promise<About> {
  const script = document.querySelector<HTMLScriptElement>("script[type=module]");
  return {
    edition: /-([\w-]+)\.js$/.exec(script?.src ?? "")?.[1] ?? "unbuilt",
    agent: navigator.userAgent.slice(0, 300),
    installed: matchMedia("(display-mode: standalone)").matches,
    persistent: (await navigator.storage?.persisted?.()) ?? false,
    wifi: onWifi(),
  };
}

/** Once what stands now has been painted. */
export function afterPaint(then: () => void): void {
  requestAnimationFrame(() => window.setTimeout(then));
}

/** Call with whatever is thrown and caught by nobody. */
export function onThrown(then: (thrown: unknown) => void): void {
  addEventListener("error", (event) => then(event.error));
  addEventListener("unhandledrejection", (event) => then(event.reason));
}

export async function keepStorage(): Promise<boolean> {
  return (await navigator.storage?.persist?.()) ?? false;
}

export function online(): boolean {
  return navigator.onLine;
}

// A browser reads the file after the click, and does not say when it has.
const TAKEN_MS = 60_000;

/** Give a file out of the app: to the phone's own list of receivers, or into its folder of downloads. */
export async function handOver(bytes: Blob, name: string): Promise<boolean> {
  const file = new File([bytes], name, { type: bytes.type });
  if (navigator.canShare?.({ files: [file] })) {
    return navigator.share({ files: [file] }).then(
      () => true,
      () => false,
    );
  }
  const link = document.createElement("a");
  link.href = URL.createObjectURL(file);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), TAKEN_MS);
  return true;
}

interface Line extends EventTarget {
  type?: string;
}

function line(): Line | undefined {
  return (navigator as { connection?: Line }).connection;
}

/** Whether the line is Wi-Fi or a cable; null where the browser does not tell (iPhones). */
export function onWifi(): boolean | null {
  const type = line()?.type;
  return type === undefined || type === "unknown" ? null : type === "wifi" || type === "ethernet";
}

export function onLineChange(then: () => void): void {
  line()?.addEventListener("change", then);
}

export function onOnline(then: () => void): void {
  addEventListener("online", then);
}

export function onOffline(then: () => void): void {
  addEventListener("offline", then);
}

/** Register the service worker; `newer` is called when another edition of the app waits. */
export async function installOffline(newer: (takeOver: () => void) => void): Promise<void> {
  if (!("serviceWorker" in navigator)) return;
  const registration = await navigator.serviceWorker.register("/app/sw.js", { scope: "/app/" });
  const offer = (): void => {
    const waiting = registration.waiting;
    if (waiting !== null && navigator.serviceWorker.controller !== null)
      newer(() => {
        navigator.serviceWorker.addEventListener("controllerchange", () => location.reload(), { once: true });
        waiting.postMessage("take-over");
      });
  };
  offer();
  registration.addEventListener("updatefound", () => {
    registration.installing?.addEventListener("statechange", offer);
  });
}
