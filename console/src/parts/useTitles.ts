/** Names that the server gives in words: zonings, sources and partner services; the code itself where the role may not ask. */
import { useSources, useZonings } from "@/api/queries";
import { useCityContext, useMay, useWords } from "@/state/city";

export function useZoningTitle(): (name: string) => string {
  const zonings = useZonings();
  const words = useWords();
  return (name) => words(zonings.data?.find((zoning) => zoning.name === name)?.title) || name;
}

export function useSourceTitle(): (name: string) => string {
  const sources = useSources(useMay("read_sources"));
  const words = useWords();
  return (name) => words(sources.data?.find((source) => source.source === name)?.title) || name;
}

/** What the charter calls a partner service. */
export function usePartnerTitle(): (name: string) => string {
  const { city } = useCityContext();
  const words = useWords();
  return (name) => words(city.partners[name]) || name;
}
