/** Shifts with their breaks, and who lacks when. */
import { useTranslation } from "react-i18next";
import type { Allocation } from "@/api/allocation";
import { useClock, usePercent } from "@/features/tomorrow/allocation/figures";
import { useWords } from "@/state/city";
import { Icon } from "@/ui/Icon";
import styles from "@/features/tomorrow/allocation/Allocation.module.css";

export function ShiftTable({ shifts }: { shifts: Allocation["shifts"] }) {
  const { t } = useTranslation();
  const words = useWords();
  const clock = useClock();
  const percent = usePercent();
  const { rules } = shifts;
  return (
    <section className={styles["block"]}>
      <h3>{t("allocation.shifts")}</h3>
      <p className={shifts.feasible ? styles["good"] : styles["bad"]}>
        <Icon name={shifts.feasible ? "check" : "warning"} />
        {t(shifts.feasible ? "allocation.feasible" : "allocation.infeasible", { people: shifts.persons, hours: shifts.hours })}
      </p>
      {shifts.missing.map((one) => <p key={one.fr} className={styles["bad"]}>{words(one)}</p>)}
      <div className={styles["holder"]}>
        <table className={styles["table"]}>
          <thead>
            <tr>
              <th scope="col">{t("allocation.shift")}</th>
              <th scope="col" className={styles["figure"]}>{t("allocation.people")}</th>
              <th scope="col">{t("allocation.breaks")}</th>
            </tr>
          </thead>
          <tbody>
            {shifts.shifts.map((one) => (
              <tr key={`${one.from}${one.to}`}>
                <th scope="row">{clock(one.from)} – {clock(one.to)}</th>
                <td className={styles["figure"]}>{one.people}</td>
                <td>{one.breaks.length === 0 ? t("allocation.noBreak") : one.breaks.map((pause) => t("allocation.break", { hour: clock(pause.at), people: pause.people })).join(" · ")}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      <p className={styles["note"]}>
        {t("allocation.rules", { day: rules.longest_h, amplitude: rules.amplitude_h, rest: rules.rest_h, week: rules.week_h, pause: rules.break_min, unbroken: rules.unbroken_h, source: rules.source })}{" "}
        {shifts.status === "optimal" ? t("allocation.shiftsProved") : t("allocation.gap", { gap: percent(shifts.gap ?? 1) })}
      </p>
    </section>
  );
}
