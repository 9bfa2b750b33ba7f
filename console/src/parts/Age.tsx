/** How old something is, in words that change when it matters. */
import { useTranslation } from "react-i18next";
import { ageParts, isOld } from "@/lib/time";

export function useAgeText(): (seconds: number | null) => string {
  const { t } = useTranslation();
  return (seconds) => {
    if (seconds === null) return t("age.never");
    const age = ageParts(seconds);
    return t("age.ago", { age: t(`age.${age.unit}`, { count: age.value }) });
  };
}

export function useSpanText(): (seconds: number) => string {
  const { t } = useTranslation();
  return (seconds) => {
    const age = ageParts(seconds);
    return t(`age.${age.unit}`, { count: age.value });
  };
}

/** What is wrong with a view that a silent source feeds: all of it may be old, or recent facts of that source missing. */
export function useStaleText(): (seconds: number | null) => string {
  const { t } = useTranslation();
  const age = useAgeText();
  return (seconds) => (isOld(seconds) ? t("age.old", { age: age(seconds) }) : t("age.silent"));
}
