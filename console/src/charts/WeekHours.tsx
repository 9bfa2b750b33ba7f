/** Hour of day by day of week: counts as a table one can read without colour. */
import { useTranslation } from "react-i18next";
import { css, ramp, rampFor } from "@/lib/colour";
import { countText } from "@/lib/numbers";
import { dateFormat } from "@/lib/time";
import styles from "@/charts/WeekHours.module.css";

const MONDAY = Date.UTC(2024, 0, 1, 12);
const DAY_MS = 86_400_000;
const HOURS = Array.from({ length: 24 }, (_, hour) => hour);

export function WeekHours({ counts, dark, language }: { counts: readonly (readonly number[])[]; dark: boolean; language: string }) {
  const { t } = useTranslation();
  const max = Math.max(1, ...counts.flat());
  const colours = rampFor(dark);
  const names = Array.from({ length: 7 }, (_, i) => dateFormat(language, "UTC", { weekday: "short" }).format(MONDAY + i * DAY_MS));
  return (
    <table className={styles["grid"]}>
      <caption className="visually-hidden">{t("yesterday.weekHours")}</caption>
      <thead>
        <tr><td />{HOURS.map((hour) => <th key={hour} scope="col">{hour % 3 === 0 ? hour : <span className="visually-hidden">{hour}</span>}</th>)}</tr>
      </thead>
      <tbody>
        {counts.map((row, day) => (
          <tr key={names[day]}>
            <th scope="row">{names[day]}</th>
            {row.map((n, hour) => (
              <td
                key={HOURS[hour]}
                title={`${names[day] ?? ""} ${hour} h : ${countText(n, language)}`}
                style={n > 0 ? { background: css(ramp(colours, 0.04 + 0.96 * (n / max))) } : {}}
              >
                <span className="visually-hidden">{countText(n, language)}</span>
              </td>
            ))}
          </tr>
        ))}
      </tbody>
      <tfoot>
        <tr>
          <td />
          <td colSpan={24}>
            <span className={styles["scale"]}>0<span className={styles["ramp"]} style={{ background: `linear-gradient(to right, ${colours.map(css).join(", ")})` }} />{countText(max, language)}</span>
          </td>
        </tr>
      </tfoot>
    </table>
  );
}
