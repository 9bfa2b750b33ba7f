/** Days as weeks: note, colour, how many plans, persons and clashes. A day is a button. */
import { useTranslation } from "react-i18next";
import type { NoteDay } from "@/api/agenda";
import { ColourShape } from "@/features/tomorrow/agenda/NoteMark";
import { weeks } from "@/lib/agenda";
import { shortCount } from "@/lib/numbers";
import { dateFormat } from "@/lib/time";
import { useLanguage } from "@/state/city";
import { Icon } from "@/ui/Icon";
import styles from "@/features/tomorrow/agenda/Calendar.module.css";

const MONDAY = Date.UTC(2024, 0, 1, 12);
const DAY_MS = 86_400_000;

export function Calendar({ from, days, agenda, chosen, today, onChoose }: {
  from: string;
  days: number;
  agenda: readonly NoteDay[];
  chosen: string | null;
  today: string;
  onChoose: (day: string) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const rows = weeks(from, days, agenda);
  const noon = (day: string): number => Date.parse(`${day}T12:00:00Z`);
  const names = Array.from({ length: 7 }, (_, i) => dateFormat(language, "UTC", { weekday: "short" }).format(MONDAY + i * DAY_MS));
  const long = (day: string): string => dateFormat(language, "UTC", { weekday: "long", day: "numeric", month: "long" }).format(noon(day));
  const said = (day: string, value: NoteDay | null): string => [
    long(day),
    value ? `${t("agenda.note", { note: value.danger.note })} ${t(`agenda.colour.${value.colour}`)}` : "",
    t("tomorrow.plans", { count: value?.plans ?? 0 }),
    value && value.attendance.likely > 0 ? t("tomorrow.persons", { low: shortCount(value.attendance.low, language), likely: shortCount(value.attendance.likely, language), high: shortCount(value.attendance.high, language) }) : "",
    value && value.clashes > 0 ? t("clash.title", { count: value.clashes }) : "",
  ].filter(Boolean).join(", ");
  return (
    <table className={styles["calendar"]}>
      <caption className="visually-hidden">{t("tomorrow.calendar")}</caption>
      <thead><tr>{names.map((name) => <th key={name} scope="col">{name}</th>)}</tr></thead>
      <tbody>
        {rows.map((row) => (
          <tr key={row[0]?.day}>
            {row.map(({ day, value, inside }) => (
              <td key={day}>
                {inside && (
                  <button
                    type="button"
                    className={[styles["day"], value ? styles[value.colour] : "", day === today ? styles["today"] : ""].join(" ")}
                    aria-pressed={day === chosen}
                    aria-label={said(day, value)}
                    onClick={() => { onChoose(day); }}
                  >
                    <span className={styles["date"]}>{dateFormat(language, "UTC", day.endsWith("-01") || day === from ? { day: "numeric", month: "short" } : { day: "numeric" }).format(noon(day))}</span>
                    {value && value.clashes > 0 && <span className={styles["clashes"]}><Icon name="warning" size={12} />{value.clashes}</span>}
                    {value && <span className={styles["note"]}><ColourShape colour={value.colour} />{value.danger.note}</span>}
                    <span className={styles["persons"]}>{value && value.attendance.likely > 0 ? `~${shortCount(value.attendance.likely, language)}` : ""}</span>
                  </button>
                )}
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
