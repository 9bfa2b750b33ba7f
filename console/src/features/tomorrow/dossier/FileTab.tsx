/** The file of an event: for whom and with what it is planned. */
import { useTranslation } from "react-i18next";
import { usePlan } from "@/api/queries";
import { countText } from "@/lib/numbers";
import { Details } from "@/parts/Details";
import { useLanguage } from "@/state/city";
import type { EventTabProps } from "@/features/tomorrow/event/tabs";

export default function FileTab({ planId }: EventTabProps) {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  const plan = usePlan(planId).data;
  if (!plan) return null;
  const persons = (n: number | null): string | null => (n === null ? null : countText(n, language));
  return (
    <>
      <Details
        title={t("plan.attendance")}
        items={[
          { term: t("plan.low"), value: persons(plan.attendance_low) },
          { term: t("plan.likelyTerm"), value: persons(plan.attendance_likely) },
          { term: t("plan.high"), value: persons(plan.attendance_high) },
        ]}
      />
      <Details
        title={t("plan.means")}
        items={Object.entries(plan.means).map(([term, value]) => ({ term: i18n.exists(`planMeans.${term}`) ? t(`planMeans.${term}`) : term, value }))}
      />
    </>
  );
}
