/** How often last month missed its interval, and where it missed most. */
import { useTranslation } from "react-i18next";
import type { ForecastScores } from "@/api/forecasts";
import { expectedText } from "@/lib/forecast";
import { countText, decimalText } from "@/lib/numbers";
import { dateFormat } from "@/lib/time";
import { useKindText, useLanguage } from "@/state/city";
import { setExtra } from "@/state/url";
import styles from "@/features/tomorrow/forecast/Forecast.module.css";

export function Misses({ scores }: { scores: ForecastScores }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const kind = useKindText();
  const found = scores.misses;
  if (!found) return null;
  const percent = (value: number): string => `${decimalText(value * 100, language, 1)} %`;
  const day = (text: string): string => dateFormat(language, "UTC", { weekday: "short", day: "numeric", month: "short" }).format(Date.parse(`${text}T12:00:00Z`));
  return (
    <section className={styles["section"]}>
      <h3>{t("forecast.misses")}</h3>
      <p className={styles["note"]}>{t("forecast.missesNote", { outside: countText(found.outside, language), cases: countText(found.cases, language), share: percent(found.share), nominal: percent(found.nominal), days: found.days })}</p>
      {found.worst.length > 0 && (
        <div className={styles["holder"]}>
          <table className={styles["table"]}>
            <caption className="visually-hidden">{t("forecast.misses")}</caption>
            <thead><tr>{(["day", "kind", "place", "expected", "interval", "seen"] as const).map((name) => <th key={name} scope="col">{t(`forecast.missColumn.${name}`)}</th>)}</tr></thead>
            <tbody>
              {found.worst.map((one) => (
                <tr key={`${one.kind} ${one.cell} ${one.day}`}>
                  <th scope="row">{day(one.day)}</th>
                  <td>{kind(one.kind)}</td>
                  <td><a className={styles["link"]} href={`?view=forecast&cell=${one.cell}`} onClick={(event) => { event.preventDefault(); setExtra({ view: "forecast", cell: one.cell, of: one.kind }); }}>{one.area || one.cell}</a> <span className={styles["cell"]}>{one.cell}</span></td>
                  <td>{expectedText(one.expected, language)}</td>
                  <td>{countText(one.low, language)}–{countText(one.high, language)}</td>
                  <td>{one.n === null ? t("forecast.under", { least: scores.least }) : countText(one.n, language)} {t(one.above ? "forecast.above" : "forecast.below")}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
    </section>
  );
}
