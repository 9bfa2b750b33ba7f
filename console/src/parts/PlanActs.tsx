/** What may be done to a plan: change, authorise, cancel, take back; what its source has changed since; its versions. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { faultsOf, usePlanAct, usePlanHistory, type Act } from "@/api/agenda";
import type { PlanDetail } from "@/api/types";
import { countText } from "@/lib/numbers";
import { isReason, LEAST_REASON } from "@/lib/problem";
import { instantText, parseInstant } from "@/lib/time";
import { usePartnerTitle } from "@/parts/useTitles";
import { useCityContext, useKindText, useLanguage, useNow, useWords } from "@/state/city";
import { updateUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { Checkbox, TextField } from "@/ui/Fields";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/parts/PlanActs.module.css";

const DECISIONS = ["authorise", "cancel", "withdraw", "reopen"] as const;
type Kind = (typeof DECISIONS)[number];

/** A field's value in words, short. */
function useValueText(): (field: string, value: unknown) => string {
  const { t } = useTranslation();
  const language = useLanguage();
  const kind = useKindText();
  const { city } = useCityContext();
  const now = useNow(60_000);
  return (field, value) => {
    if (value === null || value === undefined || value === "") return "–";
    if (field.endsWith("_at") && typeof value === "string") return instantText(parseInstant(value) ?? 0, language, city.timezone, now);
    if (field === "kind") return kind(String(value));
    if (field === "state") return t(`plan.state.${String(value)}`);
    if (field === "geometry") return t("agenda.shape");
    if (typeof value === "number") return countText(value, language);
    if (Array.isArray(value)) return value.join(", ");
    if (typeof value === "object") return Object.entries(value).map(([name, one]) => `${name} ${String(one)}`).join(", ");
    return String(value);
  };
}

function Decide({ plan, kind, done }: { plan: PlanDetail; kind: Kind; done: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [reason, setReason] = useState("");
  const act = usePlanAct();
  const [fault] = faultsOf(act.error);
  const made: Act = kind === "withdraw"
    ? { act: "withdraw", plan, reason }
    : { act: "decide", plan, reason, decision: kind === "authorise" ? "authorised" : kind === "cancel" ? "cancelled" : "declared" };
  return (
    <form onSubmit={(event) => { event.preventDefault(); act.mutate(made, { onSuccess: done }); }}>
      <TextField
        label={t("agenda.reason")} value={reason} onChange={setReason} autoFocus isInvalid={fault !== undefined}
        description={fault ? fault[language === "fr" ? "fr" : "en"] : t("agenda.reasonLeast", { count: LEAST_REASON })}
      />
      {act.error && !fault && <ErrorNote error={act.error} />}
      <p className={styles["row"]}>
        <Button type="submit" look="primary" isDisabled={!isReason(reason) || act.isPending}>{t(`agenda.do.${kind}`)}</Button>
        <Button look="quiet" onPress={done}>{t("agenda.form.leave")}</Button>
      </p>
    </form>
  );
}

function Dispute({ plan }: { plan: PlanDetail }) {
  const { t } = useTranslation();
  const valueText = useValueText();
  const [take, setTake] = useState<string[]>([]);
  const act = usePlanAct();
  const standing = plan as unknown as Record<string, unknown>;
  return (
    <div className={styles["dispute"]} role="group" aria-label={t("agenda.disputed")}>
      <p><strong>{t("agenda.disputed")}</strong> {t("agenda.disputedNote")}</p>
      {plan.disputed.map((field) => (
        <Checkbox key={field} isDisabled={!plan.may.amend} isSelected={take.includes(field)} onChange={(on) => { setTake(on ? [...take, field] : take.filter((one) => one !== field)); }}>
          {t("agenda.disputedField", { field: t(`agenda.field.${field}`), standing: valueText(field, standing[field]), fed: valueText(field, (plan.fed as Record<string, unknown>)[field]) })}
        </Checkbox>
      ))}
      {act.error && <ErrorNote error={act.error} />}
      {plan.may.amend && (
        <p className={styles["row"]}>
          <Button onPress={() => { act.mutate({ act: "settle", plan, take }); }}>{t(take.length > 0 ? "agenda.takeFed" : "agenda.keepMine")}</Button>
        </p>
      )}
    </div>
  );
}

function History({ plan }: { plan: PlanDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const valueText = useValueText();
  const service = usePartnerTitle();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const history = usePlanHistory(plan.plan_id, plan.version);
  return (
    <details>
      <summary>{t("agenda.history", { count: plan.version })}</summary>
      {history.error && <ErrorNote error={history.error} />}
      <ol className={styles["versions"]} reversed>
        {(history.data ?? []).map((one) => (
          <li key={one.version}>
            <strong>{t(`agenda.act.${one.act}`)}</strong>{" "}
            <span className={styles["meta"]}>
              {instantText(parseInstant(one.at) ?? 0, language, city.timezone, now)} · {[one.who, (one.service && service(one.service)) || t("agenda.city")].filter(Boolean).join(", ")}
            </span>
            {one.reason && <p>{one.reason}</p>}
            {one.act !== "entered" && one.changed.map((field) => (
              <p key={field} className={styles["meta"]}>
                {t("agenda.changed", { field: t(`agenda.field.${field}`), before: valueText(field, one.before[field]), after: valueText(field, one.after[field]) })}
              </p>
            ))}
          </li>
        ))}
      </ol>
    </details>
  );
}

export function PlanActs({ plan }: { plan: PlanDetail }) {
  const { t } = useTranslation();
  const words = useWords();
  const [open, setOpen] = useState<Kind | null>(null);
  const offered = DECISIONS.filter((kind) => plan.may[kind]);
  if (!plan.may.amend && offered.length === 0 && plan.version === 0 && plan.disputed.length === 0) return null;
  return (
    <section className={styles["acts"]} aria-label={t("agenda.acts")}>
      {plan.notices && plan.notices.length > 0 && <ul className={styles["notices"]} role="status">{plan.notices.map((one) => <li key={`${one.field}${one.code}`}>{words(one)}</li>)}</ul>}
      {plan.disputed.length > 0 && <Dispute key={plan.tag} plan={plan} />}
      {open ? <Decide key={open} plan={plan} kind={open} done={() => { setOpen(null); }} /> : (
        <p className={styles["row"]}>
          {plan.may.amend && (
            <Button onPress={() => { updateUrl((state) => ({ screen: "tomorrow", selection: null, extra: state.screen === "tomorrow" ? { ...state.extra, form: plan.plan_id } : { form: plan.plan_id } })); }}>
              {t("agenda.do.amend")}
            </Button>
          )}
          {offered.map((kind) => <Button key={kind} onPress={() => { setOpen(kind); }}>{t(`agenda.do.${kind}`)}</Button>)}
        </p>
      )}
      {plan.version > 0 && <History plan={plan} />}
    </section>
  );
}
