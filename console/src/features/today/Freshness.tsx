/** The sources at a glance: which ones speak, which ones fell silent. */
import { useTranslation } from "react-i18next";
import { useSources } from "@/api/queries";
import { useAgeText } from "@/parts/Age";
import { StateMark } from "@/parts/StateMark";
import { useMay, useWords } from "@/state/city";
import { goTo } from "@/state/url";
import { setExtra } from "@/state/url";
import styles from "@/features/today/Freshness.module.css";

const ORDER = ["stale", "late", "never", "live"] as const;

export function Freshness() {
  const { t } = useTranslation();
  const may = useMay("read_sources");
  const words = useWords();
  const age = useAgeText();
  const sources = useSources(may);
  if (!may || !sources.data || sources.data.length === 0) return null;
  const rows = [...sources.data].sort((a, b) => ORDER.indexOf(a.state) - ORDER.indexOf(b.state));
  return (
    <ul className={styles["strip"]} aria-label={t("today.freshness")}>
      {rows.map((row) => (
        <li key={row.source}>
          <button type="button" className={styles["chip"]} title={age(row.age_s)} onClick={() => { goTo("sources"); setExtra({ of: row.source }, "replace"); }}>
            <StateMark state={row.state} short={row.state === "live"} />
            {words(row.title) || row.source}
          </button>
        </li>
      ))}
    </ul>
  );
}
