/** A zone by its name: the zoning, then one of its zones. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useZoning, useZonings } from "@/api/queries";
import { zoneName } from "@/parts/zones";
import { useWords } from "@/state/city";
import { Select } from "@/ui/Fields";

/** `among` leaves only these to choose from, as zoning:zone_id; null for every zone of the city. */
export function ZoneFields({ zone, onZone, among = null }: { zone: string; onZone: (zone: string) => void; among?: readonly string[] | null }) {
  const { t } = useTranslation();
  const words = useWords();
  const zonings = useZonings();
  const [zoning, setZoning] = useState("");
  const shapes = useZoning(zoning || null);
  const listed = (zonings.data ?? []).filter((one) => among === null || among.some((name) => name.startsWith(`${one.name}:`)));
  const zones = (shapes.data?.features ?? []).map(zoneName).filter((one) => among === null || among.includes(`${zoning}:${one.id}`));
  return (
    <>
      <Select label={t("filter.zoning")} value={zoning || "-"} options={[{ id: "-", text: t("glass.choose") }, ...listed.map((one) => ({ id: one.name, text: words(one.title) || one.name }))]} onChange={(id) => { setZoning(id === "-" ? "" : id); onZone(""); }} />
      <Select label={t("filter.zone")} isDisabled={!zoning} value={zone.slice(zoning.length + 1) || "-"} options={[{ id: "-", text: t("glass.choose") }, ...zones.map((one) => ({ id: one.id, text: one.label }))]} onChange={(id) => { onZone(id === "-" ? "" : `${zoning}:${id}`); }} />
    </>
  );
}

/** A zone as it is called: its zoning, its name. */
export function ZoneName({ zone }: { zone: string }) {
  const words = useWords();
  const [zoning = "", id = ""] = zone.split(/:(.*)/s);
  const zonings = useZonings();
  const shapes = useZoning(zoning);
  const title = words(zonings.data?.find((one) => one.name === zoning)?.title) || zoning;
  return <>{title} · {(shapes.data?.features ?? []).map(zoneName).find((one) => one.id === id)?.label ?? id}</>;
}
