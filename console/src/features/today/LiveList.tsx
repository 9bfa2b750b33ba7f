/** The latest facts of the view, newest first; those that have just arrived are marked once. */
import { useEffect, useMemo, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useFacts } from "@/api/queries";
import { snapBox } from "@/lib/bbox";
import { countFilters, NO_FILTERS } from "@/lib/urlState";
import { FactLine } from "@/parts/FactLine";
import { usePeriod } from "@/parts/useScope";
import { useNow } from "@/state/city";
import { useStreamStatus } from "@/state/live";
import { useSettled } from "@/state/mapStage";
import { updateUrl, useUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { Checkbox } from "@/ui/Fields";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/today/Lists.module.css";

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
  const { filters, selection } = useUrl();
  const range = usePeriod();
  const now = useNow(30_000);
  const settled = useSettled();
  const [inView, setInView] = useState(true);
  const box = useMemo(() => (inView && settled ? snapBox(settled.box, 0) : null), [inView, settled]);
  const facts = useFacts(filters, range, box, true);
  const { state } = useStreamStatus();
  const rows = facts.data?.pages.flatMap((page) => page.items) ?? [];
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
      <ul className={state === "live" ? "" : styles["old"]}>
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
