/** How old something is, in words that change when it matters. */
import { useTranslation } from "react-i18next";
import { ageParts } from "@/lib/time";

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
