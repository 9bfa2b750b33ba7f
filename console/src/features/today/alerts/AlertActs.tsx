/** What a person does about an alert: answer, put off, wake, say whether it was true. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useActOnAlert, type AlertAct, type AlertDetail } from "@/api/alerts";
import { Button } from "@/ui/Button";
import { Checkbox, Select, TextField } from "@/ui/Fields";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/features/today/alerts/Alerts.module.css";

const LEAST_REASON = 3;
const MINUTES = ["15", "30", "60", "240", "720"] as const;
const VERDICTS = ["true", "false", "unknown"] as const;
type Asked = { act: "snooze" } | { act: "verdict"; verdict: (typeof VERDICTS)[number] };

export function AlertActs({ alert }: { alert: AlertDetail }) {
  const { t } = useTranslation();
  const [asked, setAsked] = useState<Asked | null>(null);
  const [reason, setReason] = useState("");
  const [minutes, setMinutes] = useState<string>("30");
  const [whole, setWhole] = useState(alert.group_size > 1);
  const send = useActOnAlert();
  const body = (act: AlertAct["act"], more: Partial<AlertAct> = {}): AlertAct => ({ act, verdict: "", reason: "", minutes: 0, whole, ...more });
  const done = (): void => { setAsked(null); setReason(""); };
  const act = (what: AlertAct): void => { send.mutate({ id: alert.alert_id, body: what }, { onSuccess: done }); };
  const needed = asked !== null && (asked.act === "snooze" || asked.verdict === "false");
  const ready = !needed || reason.trim().length >= LEAST_REASON;
  const confirm = (): void => {
    if (!asked || !ready) return;
    act(asked.act === "snooze" ? body("snooze", { reason, minutes: Number(minutes) }) : body("verdict", { reason, verdict: asked.verdict }));
  };
  const open = alert.standing !== "over";
  return (
    <section className={styles["part"]} aria-label={t("alerting.do")}>
      {open && (
        <p className={styles["buttons"]}>
          {alert.standing === "new" && <Button look="primary" isDisabled={send.isPending} onPress={() => { act(body("acknowledge")); }}>{t("alerting.acknowledge")}</Button>}
          {alert.standing !== "snoozed" && <Button id="alert-snooze" aria-pressed={asked?.act === "snooze"} onPress={() => { setAsked({ act: "snooze" }); }}>{t("alerting.snooze")}</Button>}
          {alert.standing !== "new" && <Button isDisabled={send.isPending} onPress={() => { act(body("wake")); }}>{t("alerting.wake")}</Button>}
        </p>
      )}
      <div role="group" id="alert-verdict" aria-label={t("alerting.wasIt")} className={styles["buttons"]}>
        <span className={styles["meta"]}>{t("alerting.wasIt")}</span>
        {VERDICTS.map((verdict) => (
          <Button
            key={verdict} look={alert.verdict === verdict ? "primary" : "plain"} aria-pressed={alert.verdict === verdict}
            onPress={() => { setAsked({ act: "verdict", verdict }); }}
          >
            {t(`alerting.verdict.${verdict}`)}
          </Button>
        ))}
      </div>
      {alert.group_size > 1 && <Checkbox isSelected={whole} onChange={setWhole}>{t("alerting.whole", { count: alert.group_size })}</Checkbox>}
      {asked && (
        <form className={styles["form"]} onSubmit={(event) => { event.preventDefault(); confirm(); }}>
          {asked.act === "snooze" && <Select label={t("alerting.howLong")} value={minutes} onChange={setMinutes} options={MINUTES.map((id) => ({ id, text: t("alerting.minutes", { count: Number(id) }) }))} />}
          <TextField label={t("alerting.reason")} description={t("alerting.reasonHint")} value={reason} onChange={setReason} maxLength={500} isRequired={needed} autoFocus />
          <p className={styles["buttons"]}>
            <Button type="submit" look="primary" isDisabled={!ready || send.isPending}>
              {asked.act === "snooze" ? t("alerting.snooze") : t("alerting.judge", { verdict: t(`alerting.verdict.${asked.verdict}`) })}
            </Button>
            <Button look="quiet" onPress={done}>{t("alerting.cancel")}</Button>
          </p>
        </form>
      )}
      {send.error && <ErrorNote error={send.error} />}
    </section>
  );
}
