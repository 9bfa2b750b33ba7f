/** The days one beside the other, under the map: what is chosen is what the map shows. */
import { useTranslation } from "react-i18next";
import type { NoteDay } from "@/api/agenda";
import { NoteMark } from "@/features/tomorrow/agenda/NoteMark";
import { dateFormat } from "@/lib/time";
import { useLanguage } from "@/state/city";
import styles from "@/features/tomorrow/agenda/DayStrip.module.css";

export function DayStrip({ days, chosen, onChoose }: { days: readonly NoteDay[]; chosen: string | null; onChoose: (day: string) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <div className={styles["strip"]} role="group" aria-label={t("agenda.days")}>
      {days.map((day) => (
        <button key={day.day} type="button" className={styles["day"]} aria-pressed={day.day === chosen} onClick={() => { onChoose(day.day); }}>
          <span>{dateFormat(language, "UTC", { weekday: "short", day: "numeric", month: "short" }).format(Date.parse(`${day.day}T12:00:00Z`))}</span>
          <NoteMark colour={day.colour} note={day.danger.note} word={false} />
          <span className="visually-hidden">{t(`agenda.colour.${day.colour}`)}, {t("tomorrow.plans", { count: day.plans })}</span>
        </button>
      ))}
    </div>
  );
}
