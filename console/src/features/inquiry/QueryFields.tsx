/** The exact query: a window, an area drawn on the map, what is asked for. There is nothing else to ask for. */
import type { Geometry } from "geojson";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import type { QuerySpec } from "@/api/inquiry";
import { wallInstant } from "@/lib/localTime";
import { rfc3339 } from "@/lib/time";
import { DrawingField } from "@/map/DrawingField";
import { Checkbox, TextField } from "@/ui/Fields";
import styles from "@/features/inquiry/Inquiry.module.css";

export const STORES = ["facts", "narratives", "originals", "measures", "plans", "video"] as const;
type Store = (typeof STORES)[number];

export interface QueryDraft { from: string; to: string; area: Geometry | null; stores: readonly string[] }

/** What the draft asks for, or null while it is not whole. */
export function queryOf(draft: QueryDraft, zone: string): QuerySpec | null {
  const [from, to] = [wallInstant(draft.from, zone), wallInstant(draft.to, zone)];
  if (from === null || to === null || from >= to || draft.area?.type !== "Polygon" || draft.stores.length === 0) return null;
  const ring = (draft.area.coordinates[0] ?? []).map(([lon = 0, lat = 0]) => [lon, lat] as [number, number]);
  const stores = STORES.filter((one) => draft.stores.includes(one)) as Store[];
  return { from: rfc3339(from), to: rfc3339(to), ring: ring.slice(0, -1), stores, sources: [] };
}

export function QueryFields({ draft, onChange }: { draft: QueryDraft; onChange: (change: Partial<QueryDraft>) => void }) {
  const { t } = useTranslation();
  const setArea = useCallback((area: Geometry | null) => { onChange({ area }); }, [onChange]);
  return (
    <>
      <div className={styles["pair"]}>
        <TextField label={t("inquiry.from")} type="datetime-local" value={draft.from} onChange={(from) => { onChange({ from }); }} isRequired />
        <TextField label={t("inquiry.to")} description={t("inquiry.toNote")} type="datetime-local" value={draft.to} onChange={(to) => { onChange({ to }); }} isRequired />
      </div>
      <DrawingField label={t("inquiry.area")} shapes={AREA} value={draft.area} onChange={setArea} />
      <fieldset className={styles["set"]}>
        <legend>{t("inquiry.stores")}</legend>
        {STORES.map((one) => (
          <Checkbox key={one} isSelected={draft.stores.includes(one)} onChange={(on) => { onChange({ stores: on ? [...draft.stores, one] : draft.stores.filter((name) => name !== one) }); }}>
            {t(`inquiry.store.${one}`)}
          </Checkbox>
        ))}
      </fieldset>
    </>
  );
}

const AREA = ["area"] as const;
