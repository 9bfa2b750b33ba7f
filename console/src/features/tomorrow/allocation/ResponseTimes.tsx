/** How long help takes in the busiest hour, by the hypercube queue. */
import { useTranslation } from "react-i18next";
import type { Proposal } from "@/api/allocation";
import { useClock, useMinutes, usePercent } from "@/features/tomorrow/allocation/figures";
import { decimalText } from "@/lib/numbers";
import { Details } from "@/parts/Details";
import { useLanguage } from "@/state/city";
import { Icon } from "@/ui/Icon";
import styles from "@/features/tomorrow/allocation/Allocation.module.css";

export function ResponseTimes({ response, units }: { response: Proposal["response"]; units: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const clock = useClock();
  const minutes = useMinutes();
  const percent = usePercent();
  if (response.overloaded) {
    return (
      <section className={styles["block"]}>
        <h3>{t("allocation.response")}</h3>
        <p className={styles["bad"]}>
          <Icon name="warning" />
          {t("allocation.overloaded", { hour: clock(response.from), calls: decimalText(response.calls, language, 1), units, least: response.least_units })}
        </p>
      </section>
    );
  }
  const told = (value: number | null, words: (n: number) => string): string | null => (value === null ? null : words(value));
  return (
    <Details
      title={t("allocation.response")}
      items={[
        { term: t("allocation.busiest"), value: t("allocation.busiestValue", { hour: clock(response.from), calls: decimalText(response.calls, language, 1) }) },
        { term: t("allocation.travel"), value: told(response.travel_s, minutes), note: t("allocation.travelNote") },
        { term: t("allocation.inTime"), value: told(response.in_time, percent) },
        { term: t("allocation.waits"), value: told(response.waits, percent), note: t(response.exact ? "allocation.exact" : "allocation.approximate") },
        { term: t("allocation.wait"), value: told(response.wait_s, minutes) },
      ]}
    />
  );
}
