/** The latest facts of the view, newest first; those that have just arrived are marked once. */
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFacts } from "@/api/queries";
import { wanted } from "@/lib/arrivals";
import { snapBox } from "@/lib/bbox";
import { countText } from "@/lib/numbers";
import { countFilters, NO_FILTERS } from "@/lib/urlState";
import { useSteady } from "@/features/today/useSteady";
import { FactLine, type FactBrief } from "@/parts/FactLine";
import { usePeriod } from "@/parts/useScope";
import { forgetLeftOut, useArrivals } from "@/state/arrivals";
import { useLanguage, useNow } from "@/state/city";
import { useStreamStatus } from "@/state/live";
import { useSettled } from "@/state/mapStage";
import { updateUrl, useUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { Checkbox } from "@/ui/Fields";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/today/Lists.module.css";

/** Arrivals shown above what the server has answered. */
const MOST_SHOWN = 50;

/** Ids that were not in the list before it last changed. */
function useFresh(ids: readonly string[]): ReadonlySet<string> {
  const known = useRef<Set<string> | null>(null);
  const [fresh, setFresh] = useState<ReadonlySet<string>>(new Set());
  const key = ids.join();
  useEffect(() => {
    const seen = known.current;
    const now = new Set(key ? key.split(",") : []);
    known.current = new Set([...(seen ?? []), ...now]);
    if (seen) setFresh(new Set([...now].filter((id) => !seen.has(id))));
  }, [key]);
  return fresh;
}

export function LiveList() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { filters, selection } = useUrl();
  const range = usePeriod();
  const now = useNow(30_000);
  const settled = useSettled();
  const [inView, setInView] = useState(true);
  const box = useMemo(() => (inView && settled ? snapBox(settled.box, 0) : null), [inView, settled]);
  const facts = useFacts(filters, range, box, true);
  const { state } = useStreamStatus();
  const arrived = useArrivals();
  const known = useMemo(() => facts.data?.pages.flatMap((page) => page.items) ?? [], [facts.data]);
  const all = useMemo<FactBrief[]>(() => {
    const held = new Set(known.map((row) => row.fact_id));
    const fresh = arrived.facts.filter((one) => !held.has(one.fact_id) && wanted(one, filters, { from: range.from, to: Infinity }, box)).slice(0, MOST_SHOWN);
    return [...fresh, ...known];
  }, [known, arrived, filters, range.from, box]);
  // A fresh answer of the server holds what arrived before it was asked.
  useEffect(() => { if (facts.dataUpdatedAt > 0) forgetLeftOut(); }, [facts.dataUpdatedAt]);
  const { rows, aim } = useSteady(all);
  const fresh = useFresh(rows.slice(0, 50).map((row) => row.fact_id));

  if (facts.isPending) return <Loading rows={8} />;
  if (facts.error && rows.length === 0) return <ErrorNote error={facts.error} retry={() => void facts.refetch()} />;
  return (
    <>
      <div className={styles["tools"]}>
        <Checkbox isSelected={inView} onChange={setInView}>{t("today.inView")}</Checkbox>
      </div>
      {rows.length === 0 && (
        <Empty
          title={t("today.nothing")}
          next={countFilters(filters) > 0 ? t("today.nothingFiltered") : t("today.nothingNext")}
          action={countFilters(filters) > 0
            ? <Button onPress={() => { updateUrl({ filters: NO_FILTERS }); }}>{t("filter.clear")}</Button>
            : <Button onPress={() => { updateUrl({ period: { preset: "7d" } }); }}>{t("today.widen")}</Button>}
        />
      )}
      {arrived.leftOut > 0 && (
        <p className={styles["counted"]} role="status">{t("pressure.leftOut", { count: arrived.leftOut, n: countText(arrived.leftOut, language) })}</p>
      )}
      <ul {...aim} className={state === "live" ? "" : styles["old"]}>
        {rows.map((fact) => (
          <FactLine key={fact.fact_id} fact={fact} now={now} fresh={fresh.has(fact.fact_id)} selected={selection?.type === "fact" && selection.id === fact.fact_id} />
        ))}
      </ul>
      {facts.hasNextPage && (
        <p className={styles["more"]}>
          <Button look="quiet" isDisabled={facts.isFetchingNextPage} onPress={() => void facts.fetchNextPage()}>{t("action.more")}</Button>
        </p>
      )}
    </>
  );
}
