/** The forecast by district and day, for who is told no finer figure. */
import { useTranslation } from "react-i18next";
import type { Forecast } from "@/api/forecasts";
import { decimalText } from "@/lib/numbers";
import { dateFormat } from "@/lib/time";
import { useLanguage } from "@/state/city";
import styles from "@/features/tomorrow/forecast/Forecast.module.css";

export function Districts({ forecast }: { forecast: Forecast }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const day = (text: string): string => dateFormat(language, "UTC", { weekday: "short", day: "numeric" }).format(Date.parse(`${text}T12:00:00Z`));
  return (
    <section className={styles["section"]}>
      <h3>{t("forecast.districts")}</h3>
      <p className={styles["note"]}>{t("forecast.districtsNote")}{forecast.withheld > 0 && ` ${t("forecast.withheldCount", { count: forecast.withheld })}`}</p>
      <div className={styles["holder"]}>
        <table className={styles["table"]}>
          <caption className="visually-hidden">{t("forecast.districts")}</caption>
          <thead><tr><th scope="col">{t("forecast.district")}</th>{forecast.days.map((one) => <th key={one} scope="col">{day(one)}</th>)}</tr></thead>
          <tbody>
            {forecast.districts.map((one) => (
              <tr key={one.area}>
                <th scope="row">{one.area || t("forecast.elsewhere")}</th>
                {forecast.days.map((name, i) => (
                  <td key={name}>
                    {one.expected ? <>{decimalText(one.expected[i] ?? 0, language)} <span className={styles["meta"]}>({decimalText(one.low?.[i] ?? 0, language)}–{decimalText(one.high?.[i] ?? 0, language)})</span></> : t("forecast.withheld")}
                  </td>
                ))}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
