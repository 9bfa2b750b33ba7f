/** Names that the server gives in words: zonings and sources; the code itself where the role may not ask. */
import { useSources, useZonings } from "@/api/queries";
import { useMay, useWords } from "@/state/city";

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
