/** Facts around the event by ring and time, beside what the control weeks brought there. */
import { useTranslation } from "react-i18next";
import type { AfterAction } from "@/api/dossier";
import { countText, decimalText } from "@/lib/numbers";
import { hourText, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage } from "@/state/city";
import { Icon } from "@/ui/Icon";
import styles from "@/features/tomorrow/dossier/Dossier.module.css";

type Cell = AfterAction["facts"][number];

export function RingTable({ found }: { found: AfterAction }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const hour = (at: string): string => hourText(parseInstant(at) ?? 0, language, city.timezone);
  const expected = (cell: Cell): string => {
    if (cell.expected === null) return t(cell.controls < 4 ? "dossier.after.fewControls" : "dossier.after.withheld", { n: found.facts_least });
    return `${decimalText(cell.expected, language, 1)} (${decimalText(cell.low ?? 0, language, 0)} – ${decimalText(cell.high ?? 0, language, 0)})`;
  };
  return (
    <section className={styles["plain"]}>
      <h3>{t("dossier.after.facts")}</h3>
      <table className={styles["table"]}>
        <thead>
          <tr>
            <th scope="col">{t("dossier.after.ring")}</th><th scope="col">{t("dossier.after.phase")}</th>
            <th scope="col">{t("dossier.after.happened")}</th><th scope="col">{t("dossier.after.expected", { level: found.facts_level })}</th><th scope="col">{t("dossier.after.reading")}</th>
          </tr>
        </thead>
        <tbody>
          {found.facts.map((cell) => (
            <tr key={`${cell.ring_from_m}${cell.phase}`}>
              <th scope="row">{t("dossier.after.metres", { from: countText(cell.ring_from_m, language), to: countText(cell.ring_to_m, language) })}</th>
              <td>{t(`dossier.after.phases.${cell.phase}`)} <span className={styles["meta"]}>{hour(cell.from)} – {hour(cell.to)}</span></td>
              <td>{cell.happened === null ? t("dossier.after.withheld", { n: found.facts_least }) : countText(cell.happened, language)}</td>
              <td>{expected(cell)}</td>
              <td>{cell.beyond !== null && <span className={styles[cell.beyond]}>{cell.beyond !== "inside" && <Icon name={cell.beyond === "above" ? "warning" : "minus"} size={12} />}{t(`dossier.after.beyond.${cell.beyond}`)}</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
      <p className={styles["meta"]}>{t("dossier.after.method", { weeks: found.controls.length, level: found.facts_level, n: found.facts_least })}</p>
    </section>
  );
}
