/* The camera: a live picture and photos of it, and nothing out of a gallery (V2). */
const WIDEST = { width: { ideal: 1920 }, height: { ideal: 1080 } };
const QUALITY = 0.85;

export interface Viewing {
  stream: MediaStream;
  close(): void;
}

export async function view(): Promise<Viewing> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", ...WIDEST } });
  return { stream, close: () => stream.getTracks().forEach((track) => track.stop()) };
}

/** What the picture shows now, as a JPEG; the frame is taken at once, its packing takes a while. */
export function shoot(video: HTMLVideoElement): Promise<Uint8Array<ArrayBuffer>> {
  const canvas = document.createElement("canvas");
  canvas.width = video.videoWidth;
  canvas.height = video.videoHeight;
  canvas.getContext("2d")?.drawImage(video, 0, 0);
  return new Promise((resolve, reject) => {
    canvas.toBlob(
      (blob) => {
        if (blob === null) reject(new Error("no picture"));
        else void blob.arrayBuffer().then((bytes) => resolve(new Uint8Array(bytes)), reject);
      },
      "image/jpeg",
      QUALITY,
    );
  });
}
