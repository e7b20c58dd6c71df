// camera.ts - codes that are held before the camera. Browsers that read codes themselves do; others load a decoder.
export type Reader = { stop: () => void };

type Detector = { detect(source: HTMLVideoElement): Promise<{ rawValue: string }[]> };
type DetectorClass = { new (options: { formats: string[] }): Detector; getSupportedFormats(): Promise<string[]> };

const GAP_MS = 120, AWAY_MS = 1200, AWAY_LOOKS = 6, WIDTH = 640;

async function decoder(): Promise<(video: HTMLVideoElement) => Promise<string | undefined>> {
  const native = (globalThis as { BarcodeDetector?: DetectorClass }).BarcodeDetector;
  if (native && (await native.getSupportedFormats()).includes("qr_code")) {
    const detector = new native({ formats: ["qr_code"] });
    return async (video) => (await detector.detect(video))[0]?.rawValue;
  }
  const { decodeQR } = await import("qr/decode.js");
  const canvas = document.createElement("canvas"), context = canvas.getContext("2d", { willReadFrequently: true })!;
  return async (video) => {
    canvas.width = Math.min(WIDTH, video.videoWidth);
    canvas.height = Math.round((canvas.width * video.videoHeight) / video.videoWidth);
    context.drawImage(video, 0, 0, canvas.width, canvas.height);
    const { data, width, height } = context.getImageData(0, 0, canvas.width, canvas.height);
    try {
      return decodeQR({ data, width, height });
    } catch {
      return undefined; // no code in this picture
    }
  };
}

// Calls `found` for each code that comes before the camera; one that stays there is found once: it has gone when it was
// not seen for some time and in several pictures, however slow the device.
export async function readCamera(video: HTMLVideoElement, found: (text: string) => void): Promise<Reader> {
  const stream = await navigator.mediaDevices.getUserMedia({ video: { facingMode: "environment", width: { ideal: 1280 } }, audio: false });
  video.srcObject = stream;
  await video.play();
  const decode = await decoder();
  let isStopped = false, text = "", seenMs = 0, misses = 0;
  const look = async () => {
    if (isStopped) return;
    const now = video.readyState >= 2 && video.videoWidth ? await decode(video).catch(() => undefined) : undefined;
    const ms = performance.now();
    if (now && (now !== text || (ms - seenMs > AWAY_MS && misses >= AWAY_LOOKS))) found(now);
    if (now) [text, seenMs, misses] = [now, ms, 0];
    else misses += 1;
    setTimeout(() => void look(), GAP_MS);
  };
  void look();
  return {
    stop: () => {
      isStopped = true;
      stream.getTracks().forEach((track) => track.stop());
      video.srcObject = null;
    },
  };
}
