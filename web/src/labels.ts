// labels.ts - where names find room on a map drawn with SVG: level, near the middle of their lines, none upon another.
export interface Box {
  x: number;
  y: number;
  w: number;
  h: number;
}

export interface Label {
  x: number; // of the text's middle
  y: number; // of its baseline
  text: string;
  strong: boolean;
}

let pen: CanvasRenderingContext2D | null | undefined, family = "";

// As the browser sets it, in the page's own type.
export function textWidth(text: string, size: number, strong = false): number {
  pen ??= document.createElement("canvas").getContext("2d");
  if (!pen) return text.length * size;
  family ||= getComputedStyle(document.body).fontFamily;
  pen.font = `${strong ? 700 : 400} ${size}px ${family}`;
  return pen.measureText(text).width;
}

const meets = (a: Box, b: Box): boolean => a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;

export function pointAlong(line: [number, number][], share: number): [number, number] {
  const lengths = line.slice(1).map((p, i) => Math.hypot(p[0] - line[i][0], p[1] - line[i][1]));
  let left = lengths.reduce((sum, l) => sum + l, 0) * share;
  for (let i = 0; i < lengths.length; i++) {
    if (left <= lengths[i] && lengths[i] > 0) {
      const t = left / lengths[i];
      return [line[i][0] + (line[i + 1][0] - line[i][0]) * t, line[i][1] + (line[i + 1][1] - line[i][1]) * t];
    }
    left -= lengths[i];
  }
  return line[line.length - 1];
}

export function placeLabels(
  lines: { text: string; strong: boolean; points: [number, number][] }[], taken: Box[], width: number, height: number,
): Label[] {
  const boxes = [...taken], labels: Label[] = [];
  for (const { text, strong, points } of lines) {
    if (!text || points.length < 2) continue;
    const size = strong ? 13 : 11.5, w = textWidth(text, size, strong) + 6, h = size + 3;
    search: for (const share of [0.5, 0.38, 0.62, 0.25, 0.75, 0.12, 0.88]) {
      const [px, py] = pointAlong(points, share);
      for (const [dx, dy] of [[w / 2 + 7, 0], [-w / 2 - 7, 0], [0, -h / 2 - 6], [0, h / 2 + 6]]) {
        const box = { x: px + dx - w / 2, y: py + dy - h / 2, w, h };
        if (box.x < 2 || box.y < 2 || box.x + w > width - 2 || box.y + h > height - 2) continue;
        if (boxes.some((other) => meets(box, other))) continue;
        boxes.push(box);
        labels.push({ x: px + dx, y: py + dy + size * 0.36, text, strong });
        break search;
      }
    }
  }
  return labels;
}
