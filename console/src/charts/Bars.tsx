/** Counts over time as bars, with an axis one can read; the figures stand in the text beside it. */
import { barsPath, ticks } from "@/lib/brush";
import { countText } from "@/lib/numbers";
import type { Range } from "@/lib/time";
import styles from "@/charts/Bars.module.css";

const WIDTH = 640;
const HEIGHT = 120;

export function Bars({ items, bucketMs, range, label, tick, dayStart, language }: {
  items: readonly { at: number; n: number }[];
  bucketMs: number;
  range: Range;
  label: string;
  tick: (at: number) => string;
  dayStart: (at: number) => number;
  language: string;
}) {
  const max = Math.max(0, ...items.map((item) => item.n));
  const marks = ticks(range, 7, dayStart);
  const share = (at: number): string => `${((100 * (at - range.from)) / (range.to - range.from)).toFixed(2)}%`;
  return (
    <figure className={styles["figure"]}>
      <span className={styles["max"]}>{countText(max, language)}</span>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} preserveAspectRatio="none" role="img" aria-label={label} className={styles["plot"]}>
        <line x1={0} x2={WIDTH} y1={0.5} y2={0.5} className={styles["rule"]} />
        <line x1={0} x2={WIDTH} y1={HEIGHT / 2} y2={HEIGHT / 2} className={styles["rule"]} />
        <path d={barsPath(items, bucketMs, range, WIDTH, HEIGHT)} className={styles["bars"]} />
      </svg>
      <div className={styles["axis"]} aria-hidden="true">
        {marks.map((at) => <span key={at} style={{ left: share(at) }}>{tick(at)}</span>)}
      </div>
    </figure>
  );
}
