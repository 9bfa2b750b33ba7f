/** Figures as they are read here: with their interval, shares as percent, times in the city's zone. */
import { useTranslation } from "react-i18next";
import type { Spread } from "@/api/allocation";
import { decimalText } from "@/lib/numbers";
import { dateFormat, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage } from "@/state/city";

/** `12,9 (11 à 15,1)`: the value and its 80 % interval. */
export function useSpread(): (value: Spread) => string {
  const { t } = useTranslation();
  const language = useLanguage();
  const one = (n: number): string => decimalText(n, language, 1);
  return (value) => t("allocation.spread", { mid: one(value.mid), low: one(value.low), high: one(value.high) });
}

export function usePercent(): (share: number) => string {
  const language = useLanguage();
  return (share) => `${decimalText(100 * share, language, 0)} %`;
}

/** The hour of an instant, in the city's zone. */
export function useClock(): (text: string) => string {
  const language = useLanguage();
  const { city } = useCityContext();
  return (text) => dateFormat(language, city.timezone, { hour: "2-digit", minute: "2-digit" }).format(parseInstant(text) ?? 0);
}

/** Seconds as minutes with one decimal. */
export function useMinutes(): (seconds: number) => string {
  const { t } = useTranslation();
  const language = useLanguage();
  return (seconds) => t("allocation.minutes", { value: decimalText(seconds / 60, language, 1) });
}
