/** Move an event, and read what changes: two scenarios at most beside what is planned, in the address. */
import { lazy, Suspense, useMemo } from "react";
import { useTranslation } from "react-i18next";
import { usePlan } from "@/api/queries";
import { useWhatIf, type Change, type FirstAid, type WhatIf } from "@/api/whatif";
import { AdequacyGauge, ReliabilityView } from "@/features/tomorrow/whatif/AdequacyView";
import { egressSpec } from "@/features/tomorrow/whatif/charts";
import { Comparison } from "@/features/tomorrow/whatif/Comparison";
import { PastEvents } from "@/features/tomorrow/whatif/PastEvents";
import { ScenarioForm } from "@/features/tomorrow/whatif/ScenarioForm";
import { readScenario, scenarioText } from "@/features/tomorrow/whatif/scenario";
import type { EventTabProps } from "@/features/tomorrow/event/tabProps";
import { countText, decimalText } from "@/lib/numbers";
import { dayText, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage, useWords } from "@/state/city";
import { useDark } from "@/state/preferences";
import { setExtra, useUrl } from "@/state/url";
import { ErrorNote, Loading } from "@/ui/Notes";
import { Segmented } from "@/ui/Segmented";
import styles from "@/features/tomorrow/whatif/WhatIf.module.css";

const VegaChart = lazy(() => import("@/charts/VegaChart"));

interface Version { name: string; answer: WhatIf }

function FirstAidView({ name, cover }: { name: string; cover: FirstAid }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  return (
    <div className={styles["gauge"]}>
      <strong>{name}</strong>
      <span className={styles["figure"]}>{t("whatif.responders", { count: cover.responders })}</span>
      <span>{words(cover.level_text)}</span>
      <span className={styles["note"]}>{t("whatif.posts", { posts: cover.posts, sectors: cover.sectors })}</span>
      <div className={styles["steps"]}>
        {cover.steps.flatMap((step) => [
          <span key={`${step.symbol}s`}>{step.symbol}</span>,
          <span key={`${step.symbol}f`}>{step.formula === "" ? "" : `= ${language === "fr" ? step.formula.replaceAll(".", ",") : step.formula}`}</span>,
          <span key={`${step.symbol}v`}>{`= ${decimalText(step.value, language, 4)}`}</span>,
        ])}
      </div>
      <span className={styles["note"]}>{words(cover.declaration)}</span>
      {cover.warnings.map((one) => <span key={one.fr} className={styles["note"]}>{words(one)}</span>)}
    </div>
  );
}

function Egress({ versions }: { versions: readonly { name: string; side: WhatIf["before"] }[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const dark = useDark();
  const shown = versions.filter(({ side }) => (side.crowd?.curves.length ?? 0) > 0);
  const spec = useMemo(() => egressSpec(shown, {
    minute: t("whatif.minutes"), left: t("whatif.left"), version: t("whatif.version"), rate: t("whatif.rate"), planned: t("whatif.planned60"), ceiling: t("whatif.ceiling82"),
  }), [shown, t]);
  if (shown.length === 0) return <p className={styles["note"]}>{t("whatif.noExits")}</p>;
  return (
    <>
      <Suspense fallback={<Loading rows={4} />}><VegaChart spec={spec} dark={dark} label={t("whatif.egress")} /></Suspense>
      {shown.map(({ name, side }) => side.crowd && (
        <p key={name} className={styles["note"]}>
          <strong>{name}</strong> {t("whatif.widths", { width: decimalText(side.crowd.width_m, language, 1), needed: decimalText(side.crowd.width_needed_m, language, 1) })}
          {side.crowd.width_supposed ? ` ${t("whatif.supposed")}` : ""}
          {" "}{t("whatif.density", { density: decimalText(side.crowd.density, language, 1), ceiling: decimalText(side.crowd.density_ceiling, language, 1) })}
          {side.crowd.stations.length > 0 ? ` ${t("whatif.stations", { names: side.crowd.stations.join(", "), n: countText(side.crowd.per_hour, language) })}` : ""}
        </p>
      ))}
    </>
  );
}

function Answers({ versions }: { versions: readonly Version[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const { city } = useCityContext();
  const first = versions[0];
  const sides = useMemo(() => (first ? [{ name: t("whatif.before"), side: first.answer.before }, ...versions.map(({ name, answer }) => ({ name, side: answer.after }))] : []), [first, versions, t]);
  if (!first) return null;
  const { about } = first.answer;
  const day = (text: string): string => dayText(parseInstant(text) ?? 0, language, city.timezone);
  return (
    <>
      <section className={styles["section"]} aria-live="polite">
        <h3>{t("whatif.adequacy")}</h3>
        <div className={styles["gauges"]}>{sides.map(({ name, side }) => <AdequacyGauge key={name} name={name} adequacy={side.adequacy} />)}</div>
        <p className={styles["limits"]}>{words(about.limits)}</p>
      </section>
      <section className={styles["section"]}>
        <h3>{t("whatif.sideBySide")}</h3>
        <p className={styles["lead"]}>{t("whatif.lead", { radius: countText(about.radius_m, language), from: day(about.known_from), until: day(about.known_until), at: day(about.fitted_at) })}</p>
        <Comparison versions={versions} />
        <PastEvents versions={versions.map(({ answer }) => answer)} />
        {first.answer.before.folded > 0 && <p className={styles["note"]}>{t("whatif.folded", { count: first.answer.before.folded })}</p>}
        {versions.some(({ answer }) => answer.after.beyond) && <p className={styles["limits"]}>{t("whatif.beyond")}</p>}
      </section>
      <section className={styles["section"]}>
        <h3>{t("whatif.closed")}</h3>
        <div className={styles["versions"]}>
          {sides.map(({ name, side }) => (
            <div key={name}>
              <strong>{name}</strong>
              {side.closed.length === 0 ? <p className={styles["note"]}>{t("whatif.noneClosed")}</p> : (
                <ul className={styles["list"]}>{side.closed.map((one) => <li key={one.name}>{one.name} · {t(one.named ? "whatif.named" : "whatif.crossed", { m: countText(one.length_m, language) })}</li>)}</ul>
              )}
            </div>
          ))}
        </div>
      </section>
      <section className={styles["section"]}><h3>{t("whatif.egress")}</h3><Egress versions={sides} /></section>
      <section className={styles["section"]}>
        <h3>{t("whatif.firstAid")}</h3>
        <div className={styles["gauges"]}>{sides.map(({ name, side }) => side.first_aid && <FirstAidView key={name} name={name} cover={side.first_aid} />)}</div>
        {first.answer.before.first_aid && <p className={styles["note"]}>{words(first.answer.before.first_aid.reference)}</p>}
      </section>
    </>
  );
}

export default function WhatIfTab({ planId }: EventTabProps) {
  const { t } = useTranslation();
  const { extra } = useUrl();
  const plan = usePlan(planId).data;
  const [a, b] = [extra["a"] ?? "", extra["b"] ?? ""];
  const edited = extra["scenario"] === "b" ? "b" : "a";
  const changeA = useMemo(() => readScenario(a), [a]);
  const changeB = useMemo(() => (b === "" ? null : readScenario(b)), [b]);
  const answerA = useWhatIf(planId, changeA);
  const answerB = useWhatIf(planId, changeB);
  const versions = useMemo(() => [
    ...(answerA.data ? [{ name: t("whatif.scenarioA"), answer: answerA.data }] : []),
    ...(changeB && answerB.data ? [{ name: t("whatif.scenarioB"), answer: answerB.data }] : []),
  ], [answerA.data, answerB.data, changeB, t]);
  if (!plan) return null;
  const apply = (change: Change): void => { setExtra({ [edited]: scenarioText(change) }); };
  const error = answerA.error ?? answerB.error;
  return (
    <div className={styles["tab"]}>
      <section className={styles["section"]}>
        <h3>{t("whatif.title")}</h3>
        <p className={styles["lead"]}>{t("whatif.how")}</p>
        <Segmented label={t("whatif.which")} options={[{ id: "a", text: t("whatif.scenarioA") }, { id: "b", text: t("whatif.scenarioB") }]} value={edited} onChange={(which) => { setExtra({ scenario: which === "a" ? null : which }, "replace"); }} />
        <ScenarioForm
          key={`${edited}:${edited === "a" ? a : b}`}
          planned={{ startsAt: plan.starts_at, attendance: plan.attendance_likely, agents: plan.means["agents"] ?? "", barriers: plan.means["barriers"] ?? "" }}
          value={(edited === "a" ? changeA : changeB) ?? {}}
          onApply={apply}
        />
      </section>
      {error && <ErrorNote error={error} retry={() => { void answerA.refetch(); void answerB.refetch(); }} />}
      {answerA.isPending && <Loading rows={8} />}
      <Answers versions={versions} />
      <section className={styles["section"]}><h3>{t("whatif.reliability")}</h3><ReliabilityView /></section>
    </div>
  );
}
