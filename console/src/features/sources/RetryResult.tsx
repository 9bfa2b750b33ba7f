/** What a new try gave. */
import { useTranslation } from "react-i18next";
import type { RetryAnswer } from "@/api/types";
import { countText } from "@/lib/numbers";
import { useLanguage } from "@/state/city";
import styles from "@/features/sources/Sources.module.css";

export function RetryResult({ result }: { result: RetryAnswer }) {
  const { t } = useTranslation();
  const language = useLanguage();
  return (
    <p role="status" className={[styles["result"], result.refused > 0 ? styles["partly"] : ""].join(" ")}>
      {t("quarantine.result", { tried: countText(result.tried, language), resolved: countText(result.resolved, language), refused: countText(result.refused, language) })}
    </p>
  );
}
