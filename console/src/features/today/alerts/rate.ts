/** A published false-alarm rate in words: share, interval, base. */
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { FalseRate } from "@/api/alerts";
import { decimalText } from "@/lib/numbers";
import { useLanguage } from "@/state/city";

export function useRateWords(): (rate: FalseRate) => string {
  const { t } = useTranslation();
  const language = useLanguage();
  return useCallback((rate) => {
    if (rate.share === null) return t("alerting.rateNone", { count: rate.raised });
    const percent = (share: number): string => decimalText(share * 100, language, 0);
    return t("alerting.rateOf", { share: percent(rate.share), low: percent(rate.low), high: percent(rate.high), judged: rate.judged, raised: rate.raised });
  }, [t, language]);
}
