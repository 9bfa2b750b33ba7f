/** Severity marks as one small picture: five shapes in five colours, drawn once, with a rim that reads on any ground. */
import { css, SEVERITY, SEVERITY_SHAPES, shapePoints } from "@/lib/colour";

const SIZE = 64;

export interface IconMapping { [name: string]: { x: number; y: number; width: number; height: number; anchorX: number; anchorY: number } }

export const ICON_MAPPING: IconMapping = Object.fromEntries(
  SEVERITY_SHAPES.map((_, i) => [`severity-${i + 1}`, { x: i * SIZE, y: 0, width: SIZE, height: SIZE, anchorX: SIZE / 2, anchorY: SIZE / 2 }]),
);

export function severityIcon(severity: number): string {
  return `severity-${severity}`;
}

/** Draw the picture; the rim follows the theme. */
export function drawIcons(dark: boolean): HTMLCanvasElement {
  const canvas = document.createElement("canvas");
  canvas.width = SIZE * SEVERITY_SHAPES.length;
  canvas.height = SIZE;
  const pen = canvas.getContext("2d");
  if (!pen) return canvas;
  SEVERITY_SHAPES.forEach((shape, i) => {
    const colour = SEVERITY[i] ?? [0, 0, 0];
    const radius = SIZE * (0.3 + 0.025 * i);
    pen.save();
    pen.translate(i * SIZE + SIZE / 2, SIZE / 2);
    pen.beginPath();
    const corners = shapePoints(shape);
    if (corners) corners.forEach(([x, y], k) => { if (k === 0) pen.moveTo(x * radius, y * radius); else pen.lineTo(x * radius, y * radius); });
    else pen.arc(0, 0, radius * 0.9, 0, 2 * Math.PI);
    pen.closePath();
    pen.lineJoin = "round";
    pen.lineWidth = 9;
    pen.strokeStyle = dark ? "#0b1118" : "#ffffff";
    pen.stroke();
    pen.fillStyle = css(colour);
    pen.fill();
    pen.restore();
  });
  return canvas;
}
