/** A day's note: colour, shape, number and word say the same. */
import { useTranslation } from "react-i18next";
import type { Colour } from "@/api/agenda";
import styles from "@/features/tomorrow/agenda/NoteMark.module.css";

const SHAPES: Record<Colour, string | null> = {
  green: null,
  orange: "0,-0.98 0.98,0.78 -0.98,0.78",
  red: "-0.4,-0.95 0.4,-0.95 0.95,-0.4 0.95,0.4 0.4,0.95 -0.4,0.95 -0.95,0.4 -0.95,-0.4",
};

export function ColourShape({ colour, size = 12 }: { colour: Colour; size?: number }) {
  const points = SHAPES[colour];
  return (
    <svg aria-hidden="true" className={styles[colour]} width={`${size / 16}rem`} height={`${size / 16}rem`} viewBox="-1.1 -1.1 2.2 2.2" data-colour={colour}>
      {points ? <polygon points={points} fill="currentColor" /> : <circle r="0.9" fill="currentColor" />}
    </svg>
  );
}

export function NoteMark({ colour, note, low, high, word = true, size = 12 }: { colour: Colour; note: number; low?: number; high?: number; word?: boolean; size?: number }) {
  const { t } = useTranslation();
  const wide = low !== undefined && high !== undefined && low !== high;
  return (
    <span className={[styles["mark"], styles[colour]].join(" ")}>
      <ColourShape colour={colour} size={size} />
      <span>{wide ? t("agenda.noteBetween", { note, low, high }) : t("agenda.note", { note })}</span>
      {word && <span>{t(`agenda.colour.${colour}`)}</span>}
    </span>
  );
}
