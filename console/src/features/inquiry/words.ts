/** What the inquiry screens say of instants, kinds and states. */
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useFeeds, useMetrics, type CaseDetail, type Requisition } from "@/api/inquiry";
import { intervalText, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage, useNow, useWords } from "@/state/city";

/** An instant, or an interval where a second one is given, in the city's time. */
export function useTimes(): (from: string, to?: string) => string {
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  return useCallback((from: string, to?: string) => {
    const start = parseInstant(from) ?? 0;
    return intervalText(start, parseInstant(to ?? from) ?? start, language, city.timezone, now);
  }, [language, city.timezone, now]);
}

/** A feed in words; its code where nothing is told of it any more. */
export function useFeedTitle(): (source: string) => string {
  const feeds = useFeeds();
  const words = useWords();
  return (source) => words(feeds.data?.find((one) => one.source === source)?.title) || source;
}

/** A metric and its unit in words; the codes where there are none. */
export function useMetricWords(): (code: string | null, unit: string) => { title: string; unit: string } {
  const metrics = useMetrics();
  const language = useLanguage();
  return (code, unit) => {
    const found = metrics.data?.find((one) => one.code === code);
    return { title: found?.[language] ?? code ?? "", unit: found?.unit === unit ? found.symbol : unit };
  };
}

export type Tone = "good" | "warn" | "bad" | "plain";

export function toneOf(one: Requisition): Tone {
  if (one.overdue) return "bad";
  return ({ entered: "plain", bound: "warn", approved: "good", expired: "bad", used: "plain" } as const)[one.state];
}

/** What the account may do now with a requisition; the server decides in any case. */
export interface Hand { member: boolean; custodian: boolean; oversees: boolean; asked: boolean; approved: boolean }

export function handOf(found: CaseDetail, one: Requisition, login: string, oversees: boolean): Hand {
  const asked = found.history.some((step) => step.by === login && ["requisition", "bind"].includes(step.act) && step.requisition_id === one.requisition_id);
  return {
    member: found.members.includes(login), custodian: found.custodian === login, oversees, asked,
    approved: one.approvals.some((yes) => yes.by === login && yes.query_sha256 === one.query_sha256),
  };
}

/** A refusal's reason in words; the server's own sentence stands beside it. */
export function useRefusal(): (why: unknown) => string | null {
  const { t, i18n } = useTranslation();
  return (why) => (typeof why === "string" && i18n.exists(`inquiry.refused.${why}`) ? t(`inquiry.refused.${why}`) : null);
}
