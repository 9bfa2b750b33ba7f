/** The city being watched: its clock, its words. Everything below the sign-in page may rely on it. */
import { createContext, useCallback, useContext, useEffect, useMemo, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Account, City, Kind, Language, Words } from "@/api/types";
import { Taxonomy } from "@/lib/taxonomy";
import { parseInstant, type Range } from "@/lib/time";
import { SCREENS, type Screen } from "@/lib/urlState";

export interface CityContext {
  city: City;
  account: Account;
  taxonomy: Taxonomy;
  /** Server time minus browser time, milliseconds. */
  skew: number;
  extent: Range | null;
}

const Context = createContext<CityContext | null>(null);

export function CityProvider({ city, account, kinds, children }: { city: City; account: Account; kinds: Kind[]; children: ReactNode }) {
  const [skew] = useState(() => (parseInstant(city.now) ?? Date.now()) - Date.now());
  const value = useMemo<CityContext>(() => {
    const from = parseInstant(city.extent.from);
    const to = parseInstant(city.extent.to);
    return {
      city, account, skew,
      taxonomy: new Taxonomy(kinds),
      extent: from !== null && to !== null ? { from, to } : null,
    };
  }, [city, account, kinds, skew]);
  return <Context.Provider value={value}>{children}</Context.Provider>;
}

export function useCityContext(): CityContext {
  const value = useContext(Context);
  if (!value) throw new Error("useCityContext outside CityProvider");
  return value;
}

/** The server's present, refreshed every `step` milliseconds. */
export function useNow(step: number): number {
  const { skew } = useCityContext();
  const [now, setNow] = useState(() => Date.now() + skew);
  useEffect(() => {
    const timer = window.setInterval(() => { setNow(Date.now() + skew); }, step);
    return () => { window.clearInterval(timer); };
  }, [step, skew]);
  return now;
}

export function useLanguage(): Language {
  const { i18n } = useTranslation();
  return i18n.language === "en" ? "en" : "fr";
}

/** The words of a kind in the reader's language; the code itself when the tree has none. */
export function useKindText(): (code: string) => string {
  const { taxonomy } = useCityContext();
  const language = useLanguage();
  return useCallback((code: string) => taxonomy.text(code, language), [taxonomy, language]);
}

/** Texts that the server gives in both languages. */
export function useWords(): (words: Words | string | null | undefined) => string {
  const language = useLanguage();
  return useCallback((words) => (typeof words === "string" ? words : (words?.[language] ?? words?.fr ?? "")), [language]);
}

export type Permission =
  | "enter_plans" | "amend_plans" | "decide_plans"
  | "read_figures" | "enter_facts" | "read_facts" | "read_narratives" | "read_means" | "read_shift" | "read_messages" | "read_plans" | "read_sources"
  | "read_quarantine" | "manage_sources" | "export" | "run_analyses" | "manage_accounts"
  | "read_forecasts" | "run_forecasts" | "override_forecasts" | "answer_rights" | "read_audit" | "read_retention" | "keep_fields" | "read_delegations" | "break_glass" | "review_glass" | "read_cameras" | "read_grants" | "read_cases";

/** Whether the role may; what it may not is not offered. The server decides in any case. */
export function useMay(permission: Permission): boolean {
  return useCityContext().account.permissions.includes(permission);
}

const NEEDED: Partial<Record<Screen, readonly Permission[]>> = {
  today: ["read_figures", "read_facts"], tomorrow: ["read_figures", "read_facts", "read_plans", "read_forecasts"], yesterday: ["read_figures", "read_facts"],
  inquiries: ["read_cases"], cameras: ["read_cameras"], sources: ["read_sources", "read_figures", "read_facts"],
};

/** The screens that a role finds something on. */
export function useScreens(): readonly Screen[] {
  const { account } = useCityContext();
  return useMemo(() => SCREENS.filter((name) => NEEDED[name]?.some((one) => account.permissions.includes(one)) ?? true), [account]);
}
