/** Every source in one line: state, age, counts, remarks. */
import { useTranslation } from "react-i18next";
import type { SourceHealth } from "@/api/types";
import { countText } from "@/lib/numbers";
import { useAgeText, useSpanText } from "@/parts/Age";
import { StateMark } from "@/parts/StateMark";
import { useLanguage, useMay, useWords } from "@/state/city";
import { setExtra } from "@/state/url";
import styles from "@/features/sources/Sources.module.css";

const ORDER = ["stale", "late", "never", "live"] as const;

export function Health({ sources, chosen }: { sources: readonly SourceHealth[]; chosen: string | null }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const age = useAgeText();
  const span = useSpanText();
  const mayQuarantine = useMay("read_quarantine");
  const rows = [...sources].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state) || a.source.localeCompare(b.source));
  const notices = (source: SourceHealth): number => Object.values(source.notices).reduce((sum, n) => sum + n, 0);
  return (
    <div className={styles["holder"]}>
      <table className={styles["table"]}>
        <caption className="visually-hidden">{t("sources.health")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("sources.source")}</th>
            <th scope="col">{t("sources.state")}</th>
            <th scope="col">{t("sources.age")}</th>
            <th scope="col">{t("sources.period")}</th>
            <th scope="col" className={styles["number"]}>{t("sources.records")}</th>
            <th scope="col" className={styles["number"]}>{t("sources.duplicates")}</th>
            <th scope="col" className={styles["number"]}>{t("sources.quarantined")}</th>
            <th scope="col" className={styles["number"]}>{t("sources.notices")}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((source) => (
            <tr key={source.source} data-chosen={source.source === chosen}>
              <th scope="row">
                <button type="button" className={styles["link"]} onClick={() => { setExtra({ of: source.source === chosen ? null : source.source }); }}>{words(source.title) || source.source}</button>
                <span className={styles["meta"]}>{source.source} · {source.connector}</span>
              </th>
              <td><StateMark state={source.state} /></td>
              <td>{age(source.age_s)}</td>
              <td>{t("sources.every", { span: span(source.period_s) })}</td>
              <td className={styles["number"]}>{countText(source.records, language)}</td>
              <td className={styles["number"]}>{countText(source.duplicates, language)}</td>
              <td className={styles["number"]}>
                {source.quarantined > 0 && mayQuarantine
                  ? <button type="button" className={styles["link"]} onClick={() => { setExtra({ tab: "quarantine", source: source.source, of: null }); }}>{countText(source.quarantined, language)}</button>
                  : countText(source.quarantined, language)}
              </td>
              <td className={styles["number"]}>{countText(notices(source), language)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
