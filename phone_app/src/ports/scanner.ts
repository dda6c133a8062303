/* Reading a QR with the camera, where the browser can: elsewhere the code is typed. */
import { view } from "./camera";

const LOOK_EVERY_MS = 250;

interface Detector {
  detect(picture: HTMLVideoElement): Promise<{ rawValue: string }[]>;
}

type DetectorMaker = new (options: { formats: string[] }) => Detector;

function maker(): DetectorMaker | undefined {
  return (window as { BarcodeDetector?: DetectorMaker }).BarcodeDetector;
}

export function canScan(): boolean {
  return maker() !== undefined;
}

/** Look through the camera until `take` wants what was read; the answer ends it. */
export async function scan(video: HTMLVideoElement, take: (read: string) => boolean): Promise<() => void> {
  const Made = maker();
  if (Made === undefined) throw new Error("no BarcodeDetector");
  const detector = new Made({ formats: ["qr_code"] });
  const viewing = await view();
  video.srcObject = viewing.stream;
  await video.play();
  let timer = 0;
  const stop = (): void => {
    clearTimeout(timer);
    viewing.close();
    video.srcObject = null;
  };
  const look = async (): Promise<void> => {
    const found = await detector.detect(video).catch(() => []);
    if (found.some(({ rawValue }) => take(rawValue))) stop();
    else timer = window.setTimeout(() => void look(), LOOK_EVERY_MS);
  };
  timer = window.setTimeout(() => void look(), 0);
  return stop;
}
