/** Numbers of effects as a person reads them: never without their interval. */
import { useTranslation } from "react-i18next";
import type { EffectLine, Estimate } from "@/api/effects";
import { countText, decimalText } from "@/lib/numbers";
import { useLanguage } from "@/state/city";

const WHOLE_FROM = 20;

export interface Figures {
  number: (value: number) => string;
  signed: (value: number) => string;
  span: (estimate: Estimate) => string;
  signedSpan: (estimate: Estimate) => string;
  seen: (line: EffectLine) => string;
  count: (value: number) => string;
}

/** Below twenty a tenth still counts; above it would only pretend. */
export function useFigures(): Figures {
  const { t } = useTranslation();
  const language = useLanguage();
  const number = (value: number): string => (Math.abs(value) < WHOLE_FROM ? decimalText(value, language, 1) : countText(value, language));
  const signed = (value: number): string => { const text = number(value); return value > 0 && text !== "0" ? `+${text}` : text.replace(/^-0$/, "0"); };
  return {
    number,
    signed,
    span: (one) => t("effects.span", { mid: number(one.mean), low: number(one.low80), high: number(one.high80) }),
    signedSpan: (one) => t("effects.span", { mid: signed(one.mean), low: signed(one.low80), high: signed(one.high80) }),
    seen: (line) => (line.withheld ? t("effects.withheld") : line.observed === null ? "–" : countText(line.observed, language)),
    count: (value) => countText(value, language),
  };
}
