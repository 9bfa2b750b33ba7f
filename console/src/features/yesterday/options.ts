/** Choices that the console knows better than a schema: kinds by their words, zonings by their titles. */
import { useMemo } from "react";
import { useZoning, useZonings } from "@/api/queries";
import { zoneName } from "@/parts/zones";
import { useCityContext, useLanguage, useWords } from "@/state/city";
import type { Option } from "@/ui/Fields";

const FACT_THEMES = ["offence", "space", "road", "rescue", "health", "environment"];

/** Kinds of facts, with places too where those are asked for. */
export function useTaxonomyOptions(places = false): Option[] {
  const { taxonomy } = useCityContext();
  const language = useLanguage();
  return useMemo(() => {
    const walk = (code: string, depth: number): Option[] => [
      { id: code, text: `${"\u2003".repeat(depth)}${taxonomy.text(code, language)}` },
      ...taxonomy.children(code).flatMap((child) => walk(child.code, depth + 1)),
    ];
    return [...FACT_THEMES, ...(places ? ["place"] : [])].filter((theme) => taxonomy.has(theme)).flatMap((theme) => walk(theme, 0));
  }, [taxonomy, language, places]);
}

export function useZoningOptions(): Option[] {
  const zonings = useZonings();
  const words = useWords();
  return (zonings.data ?? []).map((zoning) => ({ id: zoning.name, text: words(zoning.title) || zoning.name }));
}

/** The zones of a zoning, by their labels. */
export function useZoneOptions(zoning: string | null): Option[] {
  const zones = useZoning(zoning);
  return useMemo(() => (zones.data?.features ?? []).map((feature) => ({ id: zoneName(feature).id, text: zoneName(feature).label })), [zones.data]);
}
