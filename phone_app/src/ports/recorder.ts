/*
 * The microphone: one uninterrupted run of it, given out in segments as soon as each is full.
 * It owns the stream, its level and how it ends; it keeps nothing and refuses to go on in silence when the stream is lost.
 */
import { now, timer } from "./clock";

export const SEGMENT_MS = 5_000;
const BITS_PER_SECOND = 24_000;
const KINDS = ["audio/webm;codecs=opus", "audio/mp4;codecs=mp4a.40.2", "audio/mp4"];

export interface Segment {
  bytes: ArrayBuffer;
  /** When it began, by the wall clock, and how long it is, by the timer. */
  begunAt: number;
  durationMs: number;
  timer: number;
}

export interface Listening {
  mime: string;
  /** Between 0 (nothing) and 1. */
  level(): number;
  /** Ends the run; settles when its last segment was given out. */
  stop(): Promise<void>;
}

export interface Listeners {
  /** Called in order, at once; `segment` settles with the bytes. */
  onSegment(segment: Promise<Segment>): void;
  /** The stream ended without having been asked to. */
  onLost(): void;
}

export async function listen(listeners: Listeners): Promise<Listening> {
  const stream = await navigator.mediaDevices.getUserMedia({
    audio: { echoCancellation: false, noiseSuppression: false, autoGainControl: true, channelCount: 1 },
  });
  const mimeType = KINDS.find((kind) => MediaRecorder.isTypeSupported(kind)) ?? "";
  const recorder = new MediaRecorder(stream, { mimeType, audioBitsPerSecond: BITS_PER_SECOND });
  const meter = meterOf(stream);
  const ended = watch(recorder, stream, listeners);
  recorder.start(SEGMENT_MS);
  const stop = async (): Promise<void> => {
    if (recorder.state !== "inactive") recorder.stop();
    await ended;
    // A stream that is not let go makes the next one silent on iPhones.
    stream.getTracks().forEach((track) => track.stop());
    meter.close();
  };
  return { mime: recorder.mimeType || mimeType, level: meter.level, stop };
}

function watch(recorder: MediaRecorder, stream: MediaStream, listeners: Listeners): Promise<void> {
  let begunAt = now();
  let begunTimer = timer();
  recorder.onstart = () => {
    begunAt = now();
    begunTimer = timer();
  };
  recorder.ondataavailable = ({ data }) => {
    const at = timer();
    const segment = { begunAt, durationMs: at - begunTimer, timer: at };
    begunAt = now();
    begunTimer = at;
    if (data.size > 0) listeners.onSegment(data.arrayBuffer().then((bytes) => ({ ...segment, bytes })));
  };
  const [track] = stream.getAudioTracks();
  // Another app that takes the microphone mutes it: what follows would be silence, and be counted as recorded.
  if (track !== undefined) track.onended = track.onmute = () => listeners.onLost();
  recorder.onerror = () => listeners.onLost();
  return new Promise((resolve) => {
    recorder.onstop = () => resolve();
  });
}

function meterOf(stream: MediaStream): { level(): number; close(): void } {
  const context = new AudioContext();
  const analyser = context.createAnalyser();
  analyser.fftSize = 512;
  context.createMediaStreamSource(stream).connect(analyser);
  const samples = new Uint8Array(analyser.fftSize);
  return {
    level() {
      analyser.getByteTimeDomainData(samples);
      const loudest = samples.reduce((most, sample) => Math.max(most, Math.abs(sample - 128)), 0);
      return loudest / 128;
    },
    close: () => void context.close(),
  };
}
