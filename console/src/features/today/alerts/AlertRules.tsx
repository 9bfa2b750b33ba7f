/** What can ring: the instances set, each with its published rate, and the form that makes another. */
import { useTranslation } from "react-i18next";
import { useAlertRules, useDuty, usePutRule, type AlertFamily, type AlertRule, type RuleWritten } from "@/api/alerts";
import { useRateWords } from "@/features/today/alerts/rate";
import { RuleForm } from "@/features/today/alerts/RuleForm";
import { severityLevel } from "@/lib/colour";
import { SeverityMark } from "@/parts/SeverityMark";
import { useWords } from "@/state/city";
import { setExtra, useUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/today/alerts/Alerts.module.css";

function Instance({ rule, family, mayWrite, edit }: { rule: AlertRule; family: AlertFamily | undefined; mayWrite: boolean; edit: () => void }) {
  const { t } = useTranslation();
  const words = useWords();
  const rate = useRateWords();
  const put = usePutRule();
  const turn = (state: "on" | "off" | "gone"): void => {
    const { family: name, parameters, severity, number } = rule;
    put.mutate({ id: rule.rule_id, body: { family: name, name: rule.name, parameters, scope: rule.scope as NonNullable<RuleWritten["scope"]>, severity, state, why: "", after: number } });
  };
  return (
    <li className={styles["rule"]}>
      <p className={styles["name"]}><SeverityMark severity={rule.severity} /> <strong>{rule.name}</strong> <span className={styles["meta"]}>{t(`alerting.state.${rule.state}`)}</span></p>
      <p className={styles["meta"]}>{family ? words(family.title) : rule.family} · {t(`severity.${severityLevel(rule.severity)}`)}</p>
      <p className={styles["meta"]}>{rate(rule.false_rate)}</p>
      {mayWrite && (
        <p className={styles["buttons"]}>
          <Button look="quiet" onPress={edit}>{t("alerting.edit")}</Button>
          <Button look="quiet" isDisabled={put.isPending} onPress={() => { turn(rule.state === "on" ? "off" : "on"); }}>{t(rule.state === "on" ? "alerting.turnOff" : "alerting.turnOn")}</Button>
          <Button look="quiet" isDisabled={put.isPending} onPress={() => { turn("gone"); }}>{t("alerting.giveUp")}</Button>
        </p>
      )}
      {put.error && <ErrorNote error={put.error} />}
    </li>
  );
}

const clock = (minutes: number): string => `${String(Math.floor(minutes / 60)).padStart(2, "0")}:${String(minutes % 60).padStart(2, "0")}`;

function DutyList() {
  const { t } = useTranslation();
  const duty = useDuty();
  if (!duty.data) return null;
  return (
    <section className={styles["part"]}>
      <h3>{t("alerting.duty")}</h3>
      <p className={styles["meta"]}>{t("alerting.dutyNote", { count: duty.data.after_min })}</p>
      <ol>
        {duty.data.watches.map((watch, i) => (
          <li key={`${watch.role}${String(i)}`}>
            {t(`role.${watch.role}`, { defaultValue: watch.role })}{" "}
            <span className={styles["meta"]}>{watch.weekdays.map((day) => t(`alerting.day.${String(day)}`)).join(" ")} · {clock(watch.from_min)}–{clock(watch.to_min)}</span>
          </li>
        ))}
      </ol>
    </section>
  );
}

export function AlertRules() {
  const { t } = useTranslation();
  const words = useWords();
  const rate = useRateWords();
  const rules = useAlertRules();
  const { extra } = useUrl();
  /** `?rules=`: 1 for the list, `new`, or the instance that is written anew. */
  const form = (rules: string): void => { setExtra({ rules }); };
  if (rules.isPending) return <Loading rows={6} />;
  if (rules.error) return <ErrorNote error={rules.error} retry={() => void rules.refetch()} />;
  const { families, items, may_write: mayWrite } = rules.data;
  const edited = items.find((rule) => rule.rule_id === extra["rules"]) ?? null;
  if (mayWrite && (edited || extra["rules"] === "new")) return <RuleForm key={edited?.rule_id ?? ""} families={families} rule={edited} done={() => { form("1"); }} />;
  return (
    <>
      <div className={styles["tools"]}>
        <Button look="quiet" onPress={() => { setExtra({ rules: null }); }}>{t("alerting.back")}</Button>
        {mayWrite && <Button look="primary" onPress={() => { form("new"); }}>{t("alerting.add")}</Button>}
      </div>
      {items.length === 0 && <Empty title={t("alerting.noRules")} next={t("alerting.noRulesNext")} />}
      <ul>
        {items.map((rule) => (
          <Instance
            key={rule.rule_id} rule={rule} mayWrite={mayWrite} edit={() => { form(rule.rule_id); }}
            family={families.find((one) => one.name === rule.family)}
          />
        ))}
      </ul>
      <section className={styles["part"]}>
        <h3>{t("alerting.families")}</h3>
        <ul>
          {families.map((family) => (
            <li key={family.name} className={styles["rule"]}>
              <details>
                <summary>{words(family.title)} <span className={styles["meta"]}>{rate(family.false_rate)}</span></summary>
                <p>{words(family.why)}</p>
                {family.reference && <p className={styles["meta"]}>{family.reference}</p>}
              </details>
            </li>
          ))}
        </ul>
      </section>
      <DutyList />
    </>
  );
}
