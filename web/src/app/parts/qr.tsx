// qr.tsx - a text as a QR code, drawn as one path. The encoder is loaded when the first one is shown.
import { useEffect, useState } from "preact/hooks";

export function Qr({ text, label }: { text: string; label: string }) {
  const [drawn, setDrawn] = useState<{ size: number; path: string } | null>(null);
  useEffect(() => {
    let isGone = false;
    void import("qr").then(({ encodeQR }) => {
      const rows = encodeQR(text, "raw", { ecc: "medium", border: 4 });
      const path = rows.map((row, y) => row.map((dark, x) => (dark ? `M${x} ${y}h1v1h-1z` : "")).join("")).join("");
      if (!isGone) setDrawn({ size: rows.length, path });
    });
    return () => void (isGone = true);
  }, [text]);
  return (
    <svg class="qr" role="img" aria-label={label} viewBox={`0 0 ${drawn?.size ?? 1} ${drawn?.size ?? 1}`} shape-rendering="crispEdges">
      <rect width="100%" height="100%" fill="#fff" />
      {drawn && <path d={drawn.path} fill="#000" />}
    </svg>
  );
}
