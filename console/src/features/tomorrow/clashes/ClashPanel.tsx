/** One clash: its sentence, its numbers, when the plans overlap, how it stands and who decided what. */
import { useTranslation } from "react-i18next";
import { useClash, useClashRules, type ClashDetail } from "@/api/clashes";
import { Decide } from "@/features/tomorrow/clashes/Decide";
import { openClash } from "@/features/tomorrow/clashes/ClashGroups";
import { Overlap } from "@/features/tomorrow/clashes/Overlap";
import { decimalText } from "@/lib/numbers";
import { instantText, parseInstant } from "@/lib/time";
import { Details } from "@/parts/Details";
import { SeverityMark } from "@/parts/SeverityMark";
import { useCityContext, useLanguage, useNow, useWords } from "@/state/city";
import { select } from "@/state/url";
import { Button } from "@/ui/Button";
import { ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import styles from "@/features/tomorrow/clashes/Clashes.module.css";

function useNumber(): (name: string, value: unknown) => string {
  const { t } = useTranslation();
  const language = useLanguage();
  return (_name, value) => {
    if (typeof value === "number") return decimalText(value, language, Number.isInteger(value) ? 0 : 2);
    if (typeof value === "boolean") return t(value ? "clashes.yes" : "clashes.no");
    return typeof value === "string" ? value : JSON.stringify(value);
  };
}

function History({ clash }: { clash: ClashDetail }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  if (clash.history.length === 0) return null;
  return (
    <section className={styles["part"]}>
      <h3>{t("clashes.history")}</h3>
      <ol className={styles["history"]}>
        {[...clash.history].reverse().map((one) => (
          <li key={one.number}>
            <p>
              <span className={styles["chip"]} data-state={one.state}>{t(`clashes.standing.${one.state}`)}</span>{" "}
              <span className={styles["meta"]}>{[one.by, instantText(parseInstant(one.at) ?? 0, language, city.timezone, now)].filter(Boolean).join(" · ")}</span>
            </p>
            {one.measure && <p>{t("clashes.by", { measure: one.measure })}</p>}
            {one.reason && <p>{one.reason}</p>}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Body({ clash }: { clash: ClashDetail }) {
  const { t, i18n } = useTranslation();
  const words = useWords();
  const number = useNumber();
  const rule = useClashRules(true).data?.find((one) => one.name === clash.rule);
  const term = (name: string): string => (i18n.exists(`clashes.number.${name}`) ? t(`clashes.number.${name}`) : name);
  return (
    <>
      <section className={styles["lead"]}>
        <p className={styles["name"]}>
          <SeverityMark severity={clash.severity} />
          {t(`severity.${String(clash.severity)}`)}
          <span className={styles["chip"]} data-state={clash.state}>{t(`clashes.standing.${clash.state}`)}</span>
        </p>
        <p className={styles["sentence"]}>{words(clash.explanation)}</p>
        {!clash.present && <p className={styles["notice"]}>{t("clashes.gone")}</p>}
        {clash.reopened.length > 0 && <p className={styles["notice"]}>{t("clashes.reopenedBy", { what: clash.reopened.map((name) => t(`clashes.change.${name}`)).join(", ") })}</p>}
      </section>
      <Overlap clash={clash} />
      <section className={styles["part"]}>
        <h3>{t("clashes.plans")}</h3>
        <ul className={styles["plans"]}>
          {clash.subjects.map((plan) => <li key={plan.plan_id}><Button look="quiet" onPress={() => { select({ type: "plan", id: plan.plan_id }); }}>{plan.title}</Button></li>)}
        </ul>
      </section>
      <Details title={t("clashes.numbers")} items={Object.entries(clash.numbers).filter(([name]) => name !== "place" && name !== "station").map(([name, value]) => ({ term: term(name), value: number(name, value) }))} />
      {clash.present && clash.may_decide && <Decide clash={clash} />}
      <History clash={clash} />
      {rule && (
        <section className={styles["part"]}>
          <h3>{t("clashes.why")}</h3>
          <p>{words(rule.why)}</p>
          {rule.reference && <p className={styles["meta"]}>{rule.reference}</p>}
        </section>
      )}
    </>
  );
}

export function ClashPanel({ id }: { id: string }) {
  const { t } = useTranslation();
  const words = useWords();
  const found = useClash(id);
  return (
    <Panel title={found.data ? words(found.data.title) : t("clashes.one")} side="right" onClose={() => { openClash(null); }} takeFocus>
      {found.isPending && <Loading />}
      {found.error && <ErrorNote error={found.error} retry={() => void found.refetch()} />}
      {found.data && <Body clash={found.data} />}
    </Panel>
  );
}
