/** What matters now, one line a situation, each with its reason in words; worked by keys alone. */
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useActOnAlert, useAlertList, type AlertListed } from "@/api/alerts";
import { AlertRules } from "@/features/today/alerts/AlertRules";
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

const SHOWN = ["waiting", "raised", "all"] as const;
type Shown = (typeof SHOWN)[number];
const TYPED = "input, textarea, select, [contenteditable=true]";

/** One alert a situation: its earliest, as grave as the gravest of those shown. */
function heads(alerts: readonly AlertListed[], shown: Shown): AlertListed[] {
  const groups = new Map<string, AlertListed[]>();
  for (const alert of alerts) {
    if (shown !== "all" && alert.state !== "raised") continue;
    if (shown === "waiting" && alert.standing !== "new") continue;
    groups.set(alert.group, [...(groups.get(alert.group) ?? []), alert]);
  }
  return [...groups.values()].map((some) => {
    const first = some.find((alert) => alert.alert_id === alert.group) ?? some[some.length - 1];
    return { ...(first as AlertListed), severity: Math.max(...some.map((alert) => alert.severity)), group_size: some.length };
  });
}

/** j, k: next, previous; a: acknowledge the situation; v: to the verdict. */
function useKeys(alerts: readonly AlertListed[], chosen: string | null): void {
  const act = useActOnAlert();
  const { mutate } = act;
  useEffect(() => {
    const press = (event: KeyboardEvent): void => {
      if (event.ctrlKey || event.metaKey || event.altKey || (event.target as Element | null)?.closest(TYPED)) return;
      const at = alerts.findIndex((alert) => alert.alert_id === chosen);
      const move = event.key === "j" ? 1 : event.key === "k" ? -1 : 0;
      if (move !== 0 && alerts.length > 0) {
        const next = alerts[at < 0 ? 0 : Math.min(alerts.length - 1, Math.max(0, at + move))];
        if (next) select({ type: "alert", id: next.alert_id });
      } else if (event.key === "a" && chosen) mutate({ id: chosen, body: { act: "acknowledge", whole: true, verdict: "", reason: "", minutes: 0 } });
      else if (event.key === "v" && chosen) document.getElementById("alert-verdict")?.querySelector("button")?.focus();
      else return;
      event.preventDefault();
    };
    window.addEventListener("keydown", press);
    return () => { window.removeEventListener("keydown", press); };
  }, [alerts, chosen, mutate]);
}

function Line({ alert, chosen }: { alert: AlertListed; chosen: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const { city } = useCityContext();
  const many = alert.group_size > 1 ? ` · ${t("alerting.situation", { count: alert.group_size })}` : "";
  const asked = alert.asked ? ` · ${t("alerting.askedRole", { role: t(`role.${alert.asked}`, { defaultValue: alert.asked }) })}` : "";
  return (
    <li>
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
  const { selection } = useUrl();
  const [shown, setShown] = useState<Shown>("raised");
  const found = useMemo(() => heads(alerts.data ?? [], shown), [alerts.data, shown]);
  const chosen = selection?.type === "alert" ? selection.id : null;
  useKeys(found, chosen);
  return (
    <>
      <div className={styles["tools"]}>
        <Segmented label={t("alerting.shown")} value={shown} options={SHOWN.map((id) => ({ id, text: t(`alerting.show.${id}`) }))} onChange={setShown} />
        <Button look="quiet" onPress={() => { setExtra({ rules: "1" }); }}>{t("alerting.rules")}</Button>
      </div>
      {alerts.isPending && <Loading />}
      {alerts.error && <ErrorNote error={alerts.error} retry={() => void alerts.refetch()} />}
      {alerts.data && found.length === 0 && <Empty title={t("alerts.none")} next={t("alerts.noneNext")} />}
      <ul>
        {found.map((alert) => <Line key={alert.alert_id} alert={alert} chosen={chosen === alert.alert_id} />)}
      </ul>
      <details className={styles["keys"]}>
        <summary>{t("alerting.keys")}</summary>
        <dl>
          {["j", "k", "a", "v"].map((key) => <div key={key}><dt><kbd>{key}</kbd></dt><dd>{t(`alerting.key.${key}`)}</dd></div>)}
        </dl>
      </details>
    </>
  );
}

export function Alerts() {
  const { extra } = useUrl();
  return extra["rules"] ? <AlertRules /> : <AlertLines />;
}
