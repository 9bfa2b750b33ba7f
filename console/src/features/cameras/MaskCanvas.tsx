/** Polygons over a picture: drawn and moved by pointer, or by Tab and the arrow keys. */
import { useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Ring } from "@/api/video";
import { MOST_MASKS, moved, rectangle, stepOf, withCorner, withoutCorner } from "@/features/cameras/masks";
import styles from "@/features/cameras/Masks.module.css";

type Drag = { kind: "new"; from: [number, number] } | { kind: "ring"; last: [number, number] } | { kind: "corner"; at: number };

export interface CanvasProps {
  picture: string | null;
  size: { width: number; height: number };
  rings: readonly Ring[];
  chosen: number | null;
  editable: boolean;
  onChange: (rings: Ring[]) => void;
  onChoose: (index: number | null) => void;
}

const LEAST_DRAG = 0.01;
const percent = (value: number | undefined): number => Math.round((value ?? 0) * 100);

export function MaskCanvas({ picture, size, rings, chosen, editable, onChange, onChoose }: CanvasProps) {
  const { t } = useTranslation();
  const surface = useRef<SVGSVGElement>(null);
  const [drag, setDrag] = useState<Drag | null>(null);
  const { width, height } = size;
  const put = (index: number, ring: Ring): void => { onChange(rings.map((one, i) => (i === index ? ring : one))); };
  const remove = (index: number): void => { onChange(rings.filter((_, i) => i !== index)); onChoose(null); surface.current?.focus(); };
  const pointAt = (event: PointerEvent): [number, number] => {
    // The picture may be narrower than its element: the screen's own transform knows where it is drawn.
    const onScreen = surface.current?.getScreenCTM();
    if (!onScreen) return [0, 0];
    const point = new DOMPoint(event.clientX, event.clientY).matrixTransform(onScreen.inverse());
    return [point.x / width, point.y / height];
  };
  const begin = (event: PointerEvent, next: Drag, index: number | null): void => {
    if (!editable || event.button !== 0) return;
    event.stopPropagation();
    surface.current?.setPointerCapture(event.pointerId);
    onChoose(index);
    setDrag(next);
  };
  const onMove = (event: PointerEvent): void => {
    if (!drag) return;
    const [x, y] = pointAt(event);
    if (drag.kind === "new") {
      if (chosen === null && Math.hypot(x - drag.from[0], y - drag.from[1]) > LEAST_DRAG && rings.length < MOST_MASKS) {
        onChange([...rings, rectangle(...drag.from, x, y)]);
        onChoose(rings.length);
      } else if (chosen !== null) put(chosen, rectangle(...drag.from, x, y));
      return;
    }
    const ring = chosen === null ? undefined : rings[chosen];
    if (chosen === null || !ring) return;
    if (drag.kind === "corner") put(chosen, withCorner(ring, drag.at, x, y));
    else {
      put(chosen, moved(ring, x - drag.last[0], y - drag.last[1]));
      setDrag({ kind: "ring", last: [x, y] });
    }
  };
  const onRingKey = (event: KeyboardEvent, index: number, ring: Ring): void => {
    const by = stepOf(event.key, event.shiftKey);
    if (by) put(index, moved(ring, ...by));
    else if (event.key === "Delete" || event.key === "Backspace") remove(index);
    else if (event.key === "Enter" || event.key === " ") onChoose(index === chosen ? null : index);
    else return;
    event.preventDefault();
  };
  const onCornerKey = (event: KeyboardEvent, index: number, ring: Ring, at: number): void => {
    const by = stepOf(event.key, event.shiftKey);
    const corner = ring[at] ?? [0, 0];
    if (by) put(index, withCorner(ring, at, (corner[0] ?? 0) + by[0], (corner[1] ?? 0) + by[1]));
    else if (event.key === "Delete" || event.key === "Backspace") put(index, withoutCorner(ring, at));
    else return;
    event.preventDefault();
  };
  const held = chosen === null ? undefined : rings[chosen];
  const radius = Math.max(width, height) / 110;
  return (
    <svg
      ref={surface} className={styles["canvas"]} viewBox={`0 0 ${String(width)} ${String(height)}`} role="group" tabIndex={-1}
      aria-label={t("video.masking.canvas", { count: rings.length })} data-editable={editable}
      onPointerDown={(event) => { begin(event, { kind: "new", from: pointAt(event) }, null); }}
      onPointerMove={onMove} onPointerUp={() => { setDrag(null); }} onPointerCancel={() => { setDrag(null); }}
    >
      <rect className={styles["ground"]} width={width} height={height} />
      {picture
        ? <image href={picture} width={width} height={height} />
        : [1, 2].flatMap((n) => [
          <line key={`x${String(n)}`} className={styles["third"]} x1={width * n / 3} x2={width * n / 3} y2={height} />,
          <line key={`y${String(n)}`} className={styles["third"]} y1={height * n / 3} y2={height * n / 3} x2={width} />,
        ])}
      {rings.map((ring, index) => (
        <polygon
          key={index} className={styles["ring"]} data-chosen={index === chosen}
          points={ring.map((corner) => `${String((corner[0] ?? 0) * width)},${String((corner[1] ?? 0) * height)}`).join(" ")}
          {...(editable ? {
            tabIndex: 0, role: "button", "aria-pressed": index === chosen,
            onPointerDown: (event: PointerEvent) => { begin(event, { kind: "ring", last: pointAt(event) }, index); },
            onKeyDown: (event: KeyboardEvent) => { onRingKey(event, index, ring); },
          } : { role: "img" })}
          aria-label={t("video.masking.one", { n: index + 1, count: ring.length, x: percent(ring[0]?.[0]), y: percent(ring[0]?.[1]) })}
        />
      ))}
      {editable && held && chosen !== null && held.map((corner, at) => (
        <circle
          key={at} className={styles["corner"]} cx={(corner[0] ?? 0) * width} cy={(corner[1] ?? 0) * height} r={radius}
          tabIndex={0} role="button" aria-label={t("video.masking.corner", { n: at + 1, x: percent(corner[0]), y: percent(corner[1]) })}
          onPointerDown={(event) => { begin(event, { kind: "corner", at }, chosen); }}
          onKeyDown={(event) => { onCornerKey(event, chosen, held, at); }}
        />
      ))}
    </svg>
  );
}
