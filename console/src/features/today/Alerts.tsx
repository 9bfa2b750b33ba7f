/** What matters now, one line a situation, each with its reason in words; worked by keys alone. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useAlertList, type AlertListed } from "@/api/alerts";
import { AlertRules } from "@/features/today/alerts/AlertRules";
import { heads, SHOWN, shownOf } from "@/features/today/alerts/heads";
import { useSteady } from "@/features/today/useSteady";
import { severityLevel } from "@/lib/colour";
import { hourText, parseInstant } from "@/lib/time";
import { SeverityMark } from "@/parts/SeverityMark";
import { useCityContext, useLanguage, useWords } from "@/state/city";
import { select, setExtra, useUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import { Segmented } from "@/ui/Segmented";
import styles from "@/features/today/alerts/Alerts.module.css";
import lists from "@/features/today/Lists.module.css";

function Line({ alert, chosen }: { alert: AlertListed; chosen: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const { city } = useCityContext();
  const many = alert.group_size > 1 ? ` · ${t("alerting.situation", { count: alert.group_size })}` : "";
  const asked = alert.asked ? ` · ${t("alerting.askedRole", { role: t(`role.${alert.asked}`, { defaultValue: alert.asked }) })}` : "";
  return (
    <li data-group={alert.group}>
      <button type="button" className={lists["line"]} aria-pressed={chosen} onClick={() => { select({ type: "alert", id: alert.alert_id }); }}>
        <SeverityMark severity={alert.severity} />
        <span className={lists["what"]}>
          <span className={lists["strong"]}>{words(alert.explanation)}</span>
          <span className={lists["meta"]}>
            {t(`severity.${severityLevel(alert.severity)}`)} · {t(`alerting.standing.${alert.standing}`)}{many}{asked}{alert.escalation ? ` · ${t("alerting.escalated")}` : ""}
          </span>
        </span>
        <span className={lists["when"]}>{hourText(parseInstant(alert.at) ?? 0, language, city.timezone)}</span>
      </button>
    </li>
  );
}

function AlertLines() {
  const { t } = useTranslation();
  const alerts = useAlertList();
  const { selection, extra } = useUrl();
  const shown = shownOf(extra["show"]);
  const all = useMemo(() => heads(alerts.data ?? [], shown), [alerts.data, shown]);
  const { rows: found, aim } = useSteady(all);
  const chosen = selection?.type === "alert" ? selection.id : null;
  return (
    <>
      <div className={styles["tools"]}>
        <Segmented label={t("alerting.shown")} value={shown} options={SHOWN.map((id) => ({ id, text: t(`alerting.show.${id}`) }))} onChange={(id) => { setExtra({ show: id === "raised" ? null : id }, "replace"); }} />
        <Button look="quiet" onPress={() => { setExtra({ rules: "1" }); }}>{t("alerting.rules")}</Button>
      </div>
      {alerts.isPending && <Loading />}
      {alerts.error && <ErrorNote error={alerts.error} retry={() => void alerts.refetch()} />}
      {alerts.data && found.length === 0 && <Empty title={t("alerts.none")} next={t("alerts.noneNext")} />}
      <ul {...aim}>
        {found.map((alert) => <Line key={alert.alert_id} alert={alert} chosen={chosen === alert.alert_id} />)}
      </ul>
    </>
  );
}

export function Alerts() {
  const { extra } = useUrl();
  return extra["rules"] ? <AlertRules /> : <AlertLines />;
}
