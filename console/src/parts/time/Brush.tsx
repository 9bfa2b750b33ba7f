/** A histogram with a window on it: mouse, touch and keyboard alike. */
import { useEffect, useRef, useState, type KeyboardEvent, type PointerEvent } from "react";
import { useTranslation } from "react-i18next";
import { barsPath, fromShare, moveGrip, snapRange, spanOf, stepOf, ticks, toShare, type Grip } from "@/lib/brush";
import { DAY, dateFormat, dayText, hourText, localParts, type Range } from "@/lib/time";
import styles from "@/parts/time/TimeBar.module.css";

interface Props {
  bars: readonly { at: number; n: number }[];
  bucketMs: number;
  domain: Range;
  range: Range;
  stale: boolean;
  text: (ms: number) => string;
  dayStart: (ms: number) => number;
  zone: string;
  language: string;
  /** What the window moves by, milliseconds; else as fine as the axis lets. */
  step?: number;
  onChange: (range: Range) => void;
}

interface Drag { grip: Grip | "new"; start: number; base: Range }

const HEIGHT = 40;
const HIT_PX = 12;

function useWidth(): [React.RefObject<HTMLDivElement | null>, number] {
  const ref = useRef<HTMLDivElement>(null);
  const [width, setWidth] = useState(600);
  useEffect(() => {
    const element = ref.current;
    if (!element) return undefined;
    const observer = new ResizeObserver(([entry]) => { if (entry) setWidth(Math.max(1, entry.contentRect.width)); });
    observer.observe(element);
    return () => { observer.disconnect(); };
  }, []);
  return [ref, width];
}

function tickText(at: number, span: number, zone: string, language: string): string {
  if (span > 400 * DAY) return dateFormat(language, zone, { month: "short", year: "numeric" }).format(at);
  if (localParts(at, zone).hour === 0) return dayText(at, language, zone);
  return hourText(at, language, zone);
}

export function Brush({ bars, bucketMs, domain, range, stale, text, dayStart, zone, language, step: wanted, onChange }: Props) {
  const { t } = useTranslation();
  const [ref, width] = useWidth();
  const [draft, setDraft] = useState<Range | null>(null);
  const drag = useRef<Drag | null>(null);
  const shown = draft ?? range;
  const span = domain.to - domain.from;
  const step = wanted ?? stepOf(domain);
  const x = (at: number): number => Math.min(width, Math.max(0, toShare(at, domain) * width));
  const left = x(shown.from);
  const right = x(shown.to);
  const path = barsPath(bars, bucketMs, domain, width, HEIGHT);
  const marks = ticks(domain, Math.max(3, Math.floor(width / 110)), dayStart);

  const instant = (event: PointerEvent): number => {
    const box = ref.current?.getBoundingClientRect();
    return fromShare((event.clientX - (box?.left ?? 0)) / width, domain);
  };

  const down = (event: PointerEvent<HTMLDivElement>): void => {
    if (event.button !== 0) return;
    const at = instant(event);
    const px = x(at);
    const near = (edge: number): number => Math.abs(px - edge);
    let grip: Drag["grip"] = "new";
    if (near(left) <= HIT_PX || near(right) <= HIT_PX) grip = near(left) < near(right) ? "from" : "to";
    else if (px > left && px < right && right - left < width * 0.98) grip = "window";
    drag.current = { grip, start: at, base: range };
    event.currentTarget.setPointerCapture(event.pointerId);
  };

  const move = (event: PointerEvent<HTMLDivElement>): void => {
    const held = drag.current;
    if (!held) return;
    const at = instant(event);
    if (Math.abs(x(at) - x(held.start)) < 3 && !draft) return;
    const next = held.grip === "new" ? spanOf(held.start, at, domain) : moveGrip(held.base, held.grip, at - held.start, domain);
    setDraft(snapRange(next, step));
  };

  const up = (): void => {
    drag.current = null;
    if (draft) onChange(draft);
    setDraft(null);
  };

  const keys = (grip: Grip) => (event: KeyboardEvent): void => {
    const big = event.shiftKey ? 10 : 1;
    const delta = ({ ArrowLeft: -big, ArrowDown: -big, ArrowRight: big, ArrowUp: big, PageDown: -24, PageUp: 24 } as Record<string, number>)[event.key];
    let next: Range | null = null;
    if (delta !== undefined) next = moveGrip(range, grip, delta * step, domain);
    else if (event.key === "Home") next = moveGrip(range, grip, -span, domain);
    else if (event.key === "End") next = moveGrip(range, grip, span, domain);
    if (!next) return;
    event.preventDefault();
    onChange(snapRange(next, step));
  };

  const slider = (grip: Grip, at: number, label: string, className: string, style: React.CSSProperties) => (
    <div
      role="slider"
      tabIndex={0}
      aria-label={label}
      aria-orientation="horizontal"
      aria-valuemin={Math.round(domain.from / 60_000)}
      aria-valuemax={Math.round(domain.to / 60_000)}
      aria-valuenow={Math.round(Math.min(domain.to, Math.max(domain.from, at)) / 60_000)}
      aria-valuetext={grip === "window" ? `${text(shown.from)} – ${text(shown.to)}` : text(at)}
      className={className}
      style={style}
      onKeyDown={keys(grip)}
    />
  );

  return (
    <div className={[styles["chart"], stale ? styles["stale"] : ""].join(" ")}>
      <div ref={ref} className={styles["brush"]} onPointerDown={down} onPointerMove={move} onPointerUp={up} onPointerCancel={() => { drag.current = null; setDraft(null); }}>
        <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true">
          <defs><clipPath id="brush-window"><rect x={left} y={0} width={Math.max(0, right - left)} height={HEIGHT} /></clipPath></defs>
          <path d={path} className={styles["out"]} />
          <path d={path} className={styles["in"]} clipPath="url(#brush-window)" />
        </svg>
        {slider("window", shown.from, t("time.window"), styles["body"] ?? "", { left, width: Math.max(2, right - left) })}
        {slider("from", shown.from, t("time.from"), styles["grip"] ?? "", { left })}
        {slider("to", shown.to, t("time.to"), styles["grip"] ?? "", { left: right })}
      </div>
      <div className={styles["axis"]} aria-hidden="true">
        {marks.map((at) => <span key={at} style={{ left: x(at) }}>{tickText(at, span, zone, language)}</span>)}
      </div>
    </div>
  );
}
