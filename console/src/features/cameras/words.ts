/** Instants of the cameras' screens in the city's time. */
import { useMemo } from "react";
import { dateFormat, instantText, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage, useNow } from "@/state/city";

export function useInstant(): (text: string | null | undefined) => string | null {
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  return (text) => {
    const ms = parseInstant(text);
    return ms === null ? null : instantText(ms, language, city.timezone, now);
  };
}

export interface SecondWords { day: (ms: number) => string; second: (ms: number) => string }

/** To the second, for the clock of a wall. */
export function useSecond(): SecondWords {
  const language = useLanguage();
  const { city } = useCityContext();
  return useMemo(() => {
    const day = dateFormat(language, city.timezone, { weekday: "short", day: "numeric", month: "short" });
    const second = dateFormat(language, city.timezone, { hour: "2-digit", minute: "2-digit", second: "2-digit" });
    return { day: (ms) => day.format(ms), second: (ms) => second.format(ms) };
  }, [language, city.timezone]);
}

/** The last day of an authorisation: it ends at the midnight after. */
export function useLastDay(): (text: string) => string {
  const language = useLanguage();
  const { city } = useCityContext();
  return (text) => dateFormat(language, city.timezone, { day: "numeric", month: "short", year: "numeric" }).format((parseInstant(text) ?? 0) - 1);
}
