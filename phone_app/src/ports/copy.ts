/* A copy of a photo with words upon it, drawn for the eye: it lies on no disk and the photo is only read (V2). */
import { bandOf } from "../domain/watermark";

// Twice the screen's width: more is not seen, and a phone's memory holds the recorder too.
const WIDEST = 720;
const FONTS = '"PingFang SC", "Microsoft YaHei", "Noto Sans SC", sans-serif';

export async function drawCopy(canvas: HTMLCanvasElement, photo: ArrayBuffer, lines: readonly string[]): Promise<void> {
  const picture = await createImageBitmap(new Blob([photo], { type: "image/jpeg" }));
  const scale = Math.min(1, WIDEST / picture.width);
  canvas.width = Math.round(picture.width * scale);
  canvas.height = Math.round(picture.height * scale);
  const brush = canvas.getContext("2d");
  brush?.drawImage(picture, 0, 0, canvas.width, canvas.height);
  picture.close();
  if (brush !== null) write(brush, canvas, lines);
}

function write(brush: CanvasRenderingContext2D, { width, height }: HTMLCanvasElement, lines: readonly string[]): void {
  const band = bandOf(width, lines.length);
  brush.fillStyle = "rgba(0, 0, 0, 0.6)";
  brush.fillRect(0, height - band.height, width, band.height);
  brush.fillStyle = "#fff";
  brush.font = `${band.type}px ${FONTS}`;
  brush.textBaseline = "top";
  lines.forEach((line, index) => {
    const top = height - band.height + band.type * (0.5 + 1.4 * index);
    brush.fillText(line, band.type / 2, top, width - band.type);
  });
}
