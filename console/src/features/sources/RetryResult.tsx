/** What a new try gave: how many got in, and why the others still did not. */
import { useTranslation } from "react-i18next";
import type { RetryAnswer } from "@/api/types";
import { useNoticeText } from "@/features/sources/notices";
import { countText } from "@/lib/numbers";
import { useLanguage } from "@/state/city";
import styles from "@/features/sources/Sources.module.css";

export function RetryResult({ result }: { result: RetryAnswer }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const notice = useNoticeText();
  const reasons = Object.entries(result.by_code).sort(([, a], [, b]) => b - a);
  return (
    <div role="status" className={[styles["result"], result.refused > 0 ? styles["partly"] : ""].join(" ")}>
      <p>{t("quarantine.result", { tried: countText(result.tried, language), resolved: countText(result.resolved, language), refused: countText(result.refused, language) })}</p>
      {reasons.length > 0 && (
        <ul aria-label={t("quarantine.stillRefused")}>
          {reasons.map(([code, n]) => <li key={code}>{t("quarantine.stillBecause", { n: countText(n, language), reason: notice(code) })}</li>)}
        </ul>
      )}
    </div>
  );
}
