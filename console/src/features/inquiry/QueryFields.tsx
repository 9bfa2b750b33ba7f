/** The exact query: a window, an area drawn on the map, what is asked for. There is nothing else to ask for. */
import type { Geometry } from "geojson";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";
import { useFeeds, type QuerySpec } from "@/api/inquiry";
import { wallInstant } from "@/lib/localTime";
import { rfc3339 } from "@/lib/time";
import { DrawingField } from "@/map/DrawingField";
import { useWords } from "@/state/city";
import { Checkbox, TextField } from "@/ui/Fields";
import styles from "@/features/inquiry/Inquiry.module.css";

export const STORES = ["facts", "narratives", "originals", "measures", "plans", "video"] as const;
type Store = (typeof STORES)[number];

export interface QueryDraft { from: string; to: string; area: Geometry | null; stores: readonly string[]; sources: readonly string[] }

/** What the draft asks for, or null while it is not whole. */
export function queryOf(draft: QueryDraft, zone: string): QuerySpec | null {
  const [from, to] = [wallInstant(draft.from, zone), wallInstant(draft.to, zone)];
  if (from === null || to === null || from >= to || draft.area?.type !== "Polygon" || draft.stores.length === 0) return null;
  const ring = (draft.area.coordinates[0] ?? []).map(([lon = 0, lat = 0]) => [lon, lat] as [number, number]);
  const stores = STORES.filter((one) => draft.stores.includes(one)) as Store[];
  return { from: rfc3339(from), to: rfc3339(to), ring: ring.slice(0, -1), stores, sources: [...draft.sources].sort() };
}

/** All feeds, or those that are ticked. Recordings belong to cameras, not to a feed: they are asked for without this choice. */
function Feeds({ draft, onChange }: { draft: QueryDraft; onChange: (change: Partial<QueryDraft>) => void }) {
  const { t } = useTranslation();
  const words = useWords();
  const feeds = useFeeds();
  const choose = (source: string, on: boolean): void => {
    const sources = on ? [...draft.sources, source] : draft.sources.filter((one) => one !== source);
    onChange(sources.length > 0 ? { sources, stores: draft.stores.filter((one) => one !== "video") } : { sources });
  };
  return (
    <details className={styles["feeds"]}>
      <summary>{draft.sources.length === 0 ? t("inquiry.allFeeds") : t("inquiry.someFeeds", { count: draft.sources.length })}</summary>
      <fieldset className={styles["set"]}>
        <legend>{t("inquiry.feeds")}</legend>
        {(feeds.data ?? []).map((one) => (
          <Checkbox key={one.source} isSelected={draft.sources.includes(one.source)} onChange={(on) => { choose(one.source, on); }}>{words(one.title)}</Checkbox>
        ))}
      </fieldset>
      <p className={styles["meta"]}>{t("inquiry.feedsNote")}</p>
    </details>
  );
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
          <Checkbox key={one} isDisabled={one === "video" && draft.sources.length > 0} isSelected={draft.stores.includes(one)} onChange={(on) => { onChange({ stores: on ? [...draft.stores, one] : draft.stores.filter((name) => name !== one) }); }}>
            {t(`inquiry.store.${one}`)}
          </Checkbox>
        ))}
      </fieldset>
      <Feeds draft={draft} onChange={onChange} />
    </>
  );
}

const AREA = ["area"] as const;
