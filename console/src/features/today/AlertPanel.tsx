/** One alert: why it was raised, on which numbers, how sure, what was done, and what is around. */
import { useTranslation } from "react-i18next";
import { useAlert, type AlertDetail } from "@/api/alerts";
import { useNear } from "@/api/queries";
import { AlertActs } from "@/features/today/alerts/AlertActs";
import { useRateWords } from "@/features/today/alerts/rate";
import { severityLevel } from "@/lib/colour";
import { decimalText } from "@/lib/numbers";
import { HOUR, instantText, parseInstant } from "@/lib/time";
import { Details } from "@/parts/Details";
import { NearList } from "@/parts/NearList";
import { useSourceTitle } from "@/parts/useTitles";
import { openNearCameras } from "@/state/cameras";
import { useCityContext, useLanguage, useMay, useNow, useWords } from "@/state/city";
import { command } from "@/state/mapStage";
import { openSituation } from "@/state/situation";
import { select } from "@/state/url";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import styles from "@/features/today/alerts/Alerts.module.css";

const RADIUS_M = 500;
/** What tells alerts apart, of no use to a reader. */
const HIDDEN = new Set(["subjects", "about"]);

function History({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  if (alert.history.length === 0) return null;
  const at = (text: string | null): string => (text ? instantText(parseInstant(text) ?? now, language, city.timezone, now) : "");
  return (
    <section className={styles["part"]}>
      <h3>{t("alerting.history")}</h3>
      <ol className={styles["history"]}>
        {alert.history.map((act) => (
          <li key={act.number}>
            <span className={styles["meta"]}>{at(act.at)} · {act.by ?? t(`role.${act.role}`, { defaultValue: act.role })}</span>
            <span>{act.act !== "escalate" ? t(`alerting.act.${act.act}`) : act.role === "" ? t("alerting.escalateNobody") : t("alerting.escalateTo", { role: t(`role.${act.role}`, { defaultValue: act.role }) })}{act.verdict ? ` : ${t(`alerting.verdict.${act.verdict}`)}` : ""}{act.until ? ` ${t("alerting.untilAt", { at: at(act.until) })}` : ""}</span>
            {act.reason && <q>{act.reason}</q>}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Together({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation();
  const words = useWords();
  if (alert.together.length === 0) return null;
  return (
    <details className={styles["part"]}>
      <summary>{t("alerting.situation", { count: alert.group_size })}</summary>
      <ul className={styles["together"]}>
        {alert.together.slice(0, 50).map((one) => (
          <li key={one.alert_id}><button type="button" onClick={() => { select({ type: "alert", id: one.alert_id }); }}>{words(one.explanation)}</button></li>
        ))}
      </ul>
    </details>
  );
}

function Alert({ alert }: { alert: AlertDetail }) {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const at = parseInstant(alert.at) ?? now;
  const place = alert.lon !== null && alert.lat !== null ? { lon: alert.lon, lat: alert.lat } : null;
  const near = useNear(place, RADIUS_M, { from: at - HOUR, to: at + HOUR });
  const mayWatch = useMay("read_cameras");
  const rate = useRateWords();
  const sourceTitle = useSourceTitle();
  const instant = (text: string | null): string | null => (text ? instantText(parseInstant(text) ?? now, language, city.timezone, now) : null);
  const number = (value: unknown): string => (typeof value === "number" ? decimalText(value, language, Math.abs(value) < 0.01 ? 5 : 2) : typeof value === "string" ? value : JSON.stringify(value));
  const role = alert.asked === null ? null : alert.asked === "" ? t("alerting.nobody") : t(`role.${alert.asked}`, { defaultValue: alert.asked });
  return (
    <>
      <Details
        title={words(alert.explanation)}
        items={[
          { term: t("alerts.severity"), value: t(`severity.${severityLevel(alert.severity)}`) },
          { term: t("alerts.at"), value: instant(alert.at) },
          { term: t("alerting.until"), value: instant(alert.until) },
          { term: t("alerts.rule"), value: words(alert.title), note: words(alert.why) },
          { term: t("alerting.standingOf"), value: `${t(`alerting.standing.${alert.standing}`)}${alert.snoozed_until ? ` ${t("alerting.untilAt", { at: instant(alert.snoozed_until) })}` : ""}` },
          { term: t("alerting.asked"), value: role && alert.asked_at ? `${role} · ${alert.asked_at}` : role },
          { term: t(alert.asked === "" ? "alerting.nextDuty" : "alerting.next"), value: instant(alert.next_escalation_at) },
          { term: t("alerting.rate"), value: rate(alert.false_rate), note: t("alerting.rateNote") },
        ]}
        action={place && <Button look="quiet" onPress={() => { command({ type: "fly", view: { ...place, zoom: 15 } }); }}>{t("fact.show")}</Button>}
      />
      {place && (
        <p className={styles["part"]}>
          <Button onPress={() => { openSituation(`alert:${alert.alert_id}`); }}>{t("alerting.openSituation")}</Button>
          {mayWatch && <> <Button onPress={() => { openNearCameras(`alert:${alert.alert_id}`, at); }}><Icon name="camera" size={16} />{t("video.nearOpen")}</Button></>}
        </p>
      )}
      {alert.may_act && <AlertActs alert={alert} />}
      <Together alert={alert} />
      <Details
        title={t("alerts.numbers")}
        items={Object.entries(alert.numbers).filter(([term]) => !HIDDEN.has(term)).map(([term, value]) => ({
          term: i18n.exists(`alerting.number.${term}`) ? t(`alerting.number.${term}`) : term, value: term === "source" && typeof value === "string" ? sourceTitle(value) : number(value),
        }))}
      />
      <History alert={alert} />
      {place && <NearList near={near.data} loading={near.isPending} error={near.error} except="" radius={RADIUS_M} />}
    </>
  );
}

export function AlertPanel({ id }: { id: string }) {
  const { t } = useTranslation();
  const alert = useAlert(id);
  const gone = alert.error?.status === 404;
  return (
    <Panel title={t("alerts.title")} side="right" onClose={() => { select(null); }}>
      {alert.isPending && <Loading />}
      {gone && <Empty title={t("alerts.gone")} next={t("alerts.goneNext")} />}
      {alert.error && !gone && <ErrorNote error={alert.error} retry={() => void alert.refetch()} />}
      {alert.data && <Alert alert={alert.data} />}
    </Panel>
  );
}
