/** An instance without code: the form that a rule's schema describes, tried on the past before it rings. */
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { usePutRule, useTryRule, type AlertFamily, type AlertRule, type RuleWritten } from "@/api/alerts";
import { RuleFields } from "@/features/today/alerts/RuleFields";
import { TrialAnswer } from "@/features/today/alerts/TrialAnswer";
import { isWhole, scopeOf, whereOf, type Where } from "@/features/today/alerts/where";
import { WhereFields } from "@/features/today/alerts/WhereFields";
import { fieldFault, formFields, formParams, type SchemaLike } from "@/lib/schemaForm";
import { useWords } from "@/state/city";
import { Button } from "@/ui/Button";
import { Select, TextField } from "@/ui/Fields";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/features/today/alerts/Alerts.module.css";

const DAYS = ["7", "30", "90"] as const;
const HOURS = Array.from({ length: 24 }, (_, hour) => ({ id: String(hour), text: `${String(hour).padStart(2, "0")} h` }));

/** What an instance holds as the texts of its form. */
function textsOf(rule: AlertRule | null): Record<string, string> {
  return Object.fromEntries(Object.entries(rule?.parameters ?? {}).map(([name, value]) => [name, String(value)]));
}

export function RuleForm({ families, rule, done }: { families: readonly AlertFamily[]; rule: AlertRule | null; done: () => void }) {
  const { t } = useTranslation();
  const words = useWords();
  const made = families.filter((family) => family.parameters !== null);
  const [chosen, setChosen] = useState(rule?.family ?? made[0]?.name ?? "");
  const [texts, setTexts] = useState<Record<string, string>>(() => textsOf(rule));
  const [name, setName] = useState(rule?.name ?? "");
  const [severity, setSeverity] = useState(String(rule?.severity ?? 3));
  const scope = (rule?.scope ?? {}) as Partial<NonNullable<RuleWritten["scope"]>>;
  const [where, setWhere] = useState<Where>(() => whereOf(scope));
  const [from, setFrom] = useState(String(scope.from_hour ?? 0));
  const [to, setTo] = useState(String(scope.to_hour ?? 0));
  const [days, setDays] = useState<string>("30");
  const family = made.find((one) => one.name === chosen);
  const fields = useMemo(() => formFields((family?.parameters ?? {}) as SchemaLike), [family]);
  const faulty = !isWhole(where) || fields.some((field) => fieldFault(field, texts[field.name] ?? field.initial) !== null);
  const trial = useTryRule();
  const put = usePutRule();
  const asked = {
    family: chosen, parameters: formParams(fields, texts), severity: Number(severity),
    scope: { ...scopeOf(where), from_hour: Number(from), to_hour: Number(to) },
  };
  const keep = (): void => {
    put.mutate({ id: rule?.rule_id ?? null, body: { ...asked, name, state: rule?.state ?? "on", why: "", after: rule?.number ?? 0 } }, { onSuccess: done });
  };
  return (
    <form className={styles["form"]} onSubmit={(event) => { event.preventDefault(); if (!faulty && name.trim()) keep(); }}>
      <p><Button look="quiet" onPress={done}>{t("alerting.backToRules")}</Button></p>
      <Select label={t("alerting.family")} value={chosen} options={made.map((one) => ({ id: one.name, text: words(one.title) }))} onChange={(id) => { setChosen(id); trial.reset(); }} isDisabled={rule !== null} />
      {family && <p className={styles["meta"]}>{words(family.why)}</p>}
      <TextField label={t("alerting.name")} value={name} onChange={setName} maxLength={120} isRequired />
      <RuleFields fields={fields} texts={texts} onChange={(field, value) => { setTexts((before) => ({ ...before, [field]: value })); }} />
      <WhereFields where={where} onChange={(change) => { setWhere((before) => ({ ...before, ...change })); }} />
      <div className={styles["pair"]}>
        <Select label={t("alerting.fromHour")} value={from} options={HOURS} onChange={setFrom} />
        <Select label={t("alerting.toHour")} value={to} options={HOURS} onChange={setTo} description={t("alerting.hoursNote")} />
      </div>
      <Select label={t("alerts.severity")} value={severity} options={[1, 2, 3, 4, 5].map((n) => ({ id: String(n), text: t(`severity.${String(n)}`) }))} onChange={setSeverity} />
      <div className={styles["buttons"]}>
        <Select label={t("alerting.tryOver")} hideLabel value={days} options={DAYS.map((id) => ({ id, text: t("alerting.days", { count: Number(id) }) }))} onChange={setDays} />
        <Button isDisabled={faulty || trial.isPending} onPress={() => { trial.mutate({ ...asked, days: Number(days) }); }}>{t(trial.isPending ? "alerting.trying" : "alerting.try")}</Button>
        <Button type="submit" look="primary" isDisabled={faulty || !name.trim() || put.isPending}>{t("alerting.keep")}</Button>
      </div>
      {trial.error && <ErrorNote error={trial.error} />}
      {put.error && <ErrorNote error={put.error} />}
      {trial.data && <TrialAnswer trial={trial.data} />}
    </form>
  );
}
