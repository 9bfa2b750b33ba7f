/** A window of time, a line for each camera: what was recorded, what is missing, what happened. */
import { useTranslation } from "react-i18next";
import type { Film } from "@/api/video";
import type { Found } from "@/api/videoSearch";
import { useInstant, useSecond } from "@/features/cameras/words";
import { parseInstant, type Range } from "@/lib/time";
import styles from "@/features/cameras/Cameras.module.css";
import wall from "@/features/cameras/Wall.module.css";

const WIDTH = 1000;
const ROW = 10;

/** An instant worth jumping to. */
export interface Mark { id: string; at: number; text: string }

export function FilmStrip({ films, labels, range, marks = [], found = [], now = null }: {
  films: readonly Film[];
  labels: Record<string, string>;
  range: Range;
  marks?: readonly Mark[];
  /** What a search found, on the line of its camera. */
  found?: readonly Found[];
  /** Where the clock stands. */
  now?: number | null;
}) {
  const { t } = useTranslation();
  const { second } = useSecond();
  const x = (ms: number): number => WIDTH * Math.min(1, Math.max(0, (ms - range.from) / Math.max(1, range.to - range.from)));
  const bar = (from: string, to: string | null): { x: number; width: number } => {
    const begins = x(parseInstant(from) ?? range.from);
    return { x: begins, width: Math.max(1, x(to === null ? range.to : parseInstant(to) ?? range.to) - begins) };
  };
  const height = Math.max(1, films.length) * ROW;
  return (
    <div className={wall["stripHolder"]}>
      <svg className={wall["strip"]} viewBox={`0 0 ${String(WIDTH)} ${String(height)}`} preserveAspectRatio="none" role="img" aria-label={t("video.strip", { from: second(range.from), to: second(range.to), cameras: films.map((one) => labels[one.camera_id] ?? one.camera_id).join(", ") })} style={{ height: `${String(Math.max(1, films.length) * 0.75)}rem` }}>
        {films.map((film, row) => (
          <g key={film.camera_id}>
            {film.recorded.map((one) => <rect key={one.from} className={wall["recorded"]} {...bar(one.from, one.to)} y={row * ROW + 2} height={ROW - 4} />)}
            {film.gaps.map((one) => <rect key={`${one.from}${one.reason}`} className={wall["missing"]} {...bar(one.from, one.to)} y={row * ROW + 4} height={ROW - 8} />)}
            {found.filter((one) => one.camera === film.camera_id).map((one) => <rect key={`found ${String(one.from)}`} className={wall["event"]} x={x(one.from)} width={Math.max(2, x(one.to) - x(one.from))} y={row * ROW} height={ROW} />)}
          </g>
        ))}
        {marks.map((mark) => <rect key={mark.id} className={wall["event"]} x={x(mark.at) - 1.5} width={3} y={0} height={height} />)}
        {now !== null && <rect className={wall["needle"]} x={x(now) - 1} width={2} y={0} height={height} />}
      </svg>
      <p className={wall["ends"]} aria-hidden="true"><span>{second(range.from)}</span><span>{second(range.to)}</span></p>
    </div>
  );
}

/** The same in words: what is missing, since when, why. */
export function GapList({ films, labels }: { films: readonly Film[]; labels: Record<string, string> }) {
  const { t } = useTranslation();
  const instant = useInstant();
  const gaps = films.flatMap((film) => film.gaps.map((gap) => ({ ...gap, camera: film.camera_id })));
  if (films.length > 0 && films.every((film) => film.segments === 0) && gaps.length === 0) return <p className={styles["meta"]}>{t("video.noFilm")}</p>;
  if (gaps.length === 0) return <p className={styles["meta"]}>{t("video.noGaps")}</p>;
  return (
    <ul className={styles["gaps"]}>
      {gaps.slice(0, 40).map((gap) => (
        <li key={`${gap.camera}${gap.from}`}>
          <strong>{labels[gap.camera] ? `${labels[gap.camera] ?? ""} · ` : ""}{t(`video.gap.${gap.reason}`)}</strong>
          <span className={styles["meta"]}>{gap.to === null ? t("video.gapSince", { from: instant(gap.from) }) : t("video.gapSpan", { from: instant(gap.from), to: instant(gap.to) })}</span>
        </li>
      ))}
    </ul>
  );
}
