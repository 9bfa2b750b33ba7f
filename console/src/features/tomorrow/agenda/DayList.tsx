/** The days one by one: plans in order of time, clashes explained. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import type { NoteDay } from "@/api/agenda";
import { useClashes } from "@/api/queries";
import type { PlanRow } from "@/api/types";
import { NoteMark } from "@/features/tomorrow/agenda/NoteMark";
import { countText, shortCount } from "@/lib/numbers";
import { addDays, dateFormat, dayStart, hourText, localDay, parseInstant, type Range } from "@/lib/time";
import { ClashList } from "@/parts/ClashList";
import { planState } from "@/parts/planState";
import { useCityContext, useKindText, useLanguage } from "@/state/city";
import { select, useUrl } from "@/state/url";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/features/tomorrow/agenda/DayList.module.css";

function PlanLine({ plan, day, clashing }: { plan: PlanRow; day: string; clashing: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const kind = useKindText();
  const { city } = useCityContext();
  const { selection } = useUrl();
  const starts = parseInstant(plan.starts_at) ?? 0;
  const ends = parseInstant(plan.ends_at) ?? starts;
  const hour = (ms: number): string => (localDay(ms - 1, city.timezone) === day || localDay(ms, city.timezone) === day
    ? hourText(ms, language, city.timezone)
    : dateFormat(language, city.timezone, { day: "numeric", month: "short" }).format(ms));
  return (
    <li>
      <button
        type="button" className={styles["plan"]}
        aria-pressed={selection?.type === "plan" && selection.id === plan.plan_id}
        onClick={() => { select({ type: "plan", id: plan.plan_id }); }}
      >
        <span className={styles["hours"]}>{hour(starts)} – {hour(ends)}</span>
        <span className={styles["what"]}>
          <span className={[styles["title"], plan.state === "cancelled" ? styles["cancelled"] : ""].join(" ")}>{plan.title ?? kind(plan.kind)}</span>
          <span className={styles["meta"]}>{kind(plan.kind)} · {t(`plan.state.${planState(plan)}`)}{clashing ? ` · ${t("clash.short")}` : ""}</span>
        </span>
        <span className={styles["persons"]}>{!plan.attendance_likely ? "" : shortCount(plan.attendance_likely, language)}</span>
      </button>
    </li>
  );
}

export function DayList({ days, chosen }: { days: readonly NoteDay[]; chosen: string | null }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const first = days[0]?.day;
  const last = days[days.length - 1]?.day;
  const range = useMemo<Range>(() => (
    first && last ? { from: dayStart(first, city.timezone), to: dayStart(addDays(last, 1), city.timezone) } : { from: 0, to: 1 }
  ), [first, last, city.timezone]);
  const clashes = useClashes(range, Boolean(first));
  const clashing = new Set((clashes.data ?? []).flatMap((clash) => clash.plans));
  return (
    <>
      {clashes.error && <ErrorNote error={clashes.error} retry={() => void clashes.refetch()} />}
      {chosen && clashes.data && clashes.data.length > 0 && <ClashList clashes={clashes.data} />}
      {days.map((day) => (
        <section key={day.day} className={styles["day"]}>
          <h3>
            {dateFormat(language, "UTC", { weekday: "long", day: "numeric", month: "long" }).format(Date.parse(`${day.day}T12:00:00Z`))}
            <NoteMark colour={day.colour} note={day.danger.note} low={day.danger.low} high={day.danger.high} />
            <span className={styles["meta"]}>
              {t("tomorrow.plans", { count: day.plans })}
              {day.attendance.likely > 0 && ` · ${t("tomorrow.persons", { low: countText(day.attendance.low, language), likely: countText(day.attendance.likely, language), high: countText(day.attendance.high, language) })}`}
            </span>
          </h3>
          <ul>{day.items.map((plan) => <PlanLine key={plan.plan_id} plan={plan} day={day.day} clashing={clashing.has(plan.plan_id)} />)}</ul>
        </section>
      ))}
    </>
  );
}
