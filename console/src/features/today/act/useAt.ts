/** Instants of the shift as hours of the city. */
import { hourText, instantText, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage, useNow } from "@/state/city";

/** The hour of today, day and hour of other days. */
export function useAt(): (text: string) => string {
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  return (text) => instantText(parseInstant(text) ?? now, language, city.timezone, now);
}

export function useHour(): (text: string) => string {
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  return (text) => hourText(parseInstant(text) ?? now, language, city.timezone);
}
