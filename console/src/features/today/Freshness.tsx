/** The sources at a glance: which ones speak, which ones fell silent. */
import { useTranslation } from "react-i18next";
import { useSources } from "@/api/queries";
import { useAgeText } from "@/parts/Age";
import { StateMark } from "@/parts/StateMark";
import { useMay, useWords } from "@/state/city";
import { goTo, setExtra } from "@/state/url";
import styles from "@/features/today/Freshness.module.css";

const ORDER = ["stale", "late", "never"] as const;

export function Freshness() {
  const { t } = useTranslation();
  const may = useMay("read_sources");
  const words = useWords();
  const age = useAgeText();
  const sources = useSources(may);
  if (!may || !sources.data || sources.data.length === 0) return null;
  const rows = ORDER.flatMap((state) => sources.data.filter((row) => row.state === state));
  const live = sources.data.length - rows.length;
  return (
    <ul className={styles["strip"]} aria-label={t("today.freshness")}>
      {rows.map((row) => (
        <li key={row.source}>
          <button type="button" className={styles["chip"]} title={age(row.age_s)} onClick={() => { goTo("sources"); setExtra({ of: row.source }, "replace"); }}>
            <StateMark state={row.state} />
            {words(row.title) || row.source}
          </button>
        </li>
      ))}
      {live > 0 && (
        <li>
          <button type="button" className={styles["chip"]} onClick={() => { goTo("sources"); }}>
            <StateMark state="live" short />
            {t("today.liveSources", { count: live })}
          </button>
        </li>
      )}
    </ul>
  );
}
