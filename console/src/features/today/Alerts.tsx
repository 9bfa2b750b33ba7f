/** What matters now, each with its reason in words. */
import { useTranslation } from "react-i18next";
import type { Answer } from "@/api/queries";
import type { Alert } from "@/api/types";
import { severityLevel } from "@/lib/colour";
import { hourText, parseInstant } from "@/lib/time";
import { SeverityMark } from "@/parts/SeverityMark";
import { useCityContext, useLanguage, useWords } from "@/state/city";
import { select, useUrl } from "@/state/url";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/today/Lists.module.css";

export function Alerts({ alerts }: { alerts: Answer<Alert[]> }) {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const { city } = useCityContext();
  const { selection } = useUrl();
  if (alerts.isPending) return <Loading />;
  if (alerts.error) return <ErrorNote error={alerts.error} retry={() => void alerts.refetch()} />;
  if (alerts.data.length === 0) return <Empty title={t("alerts.none")} next={t("alerts.noneNext")} />;
  return (
    <ul>
      {alerts.data.map((alert) => (
        <li key={alert.alert_id}>
          <button
            type="button" className={styles["line"]}
            aria-pressed={selection?.type === "alert" && selection.id === alert.alert_id}
            onClick={() => { select({ type: "alert", id: alert.alert_id }); }}
          >
            <SeverityMark severity={alert.severity} />
            <span className={styles["what"]}>
              <span className={styles["strong"]}>{words(alert.explanation)}</span>
              <span className={styles["meta"]}>
                {t(`severity.${severityLevel(alert.severity)}`)} · {i18n.exists(`alerts.state.${alert.state}`) ? t(`alerts.state.${alert.state}`) : alert.state}
              </span>
            </span>
            <span className={styles["when"]}>{hourText(parseInstant(alert.at) ?? 0, language, city.timezone)}</span>
          </button>
        </li>
      ))}
    </ul>
  );
}
