/** What moves: who is where, since when; old positions look old. */
import { useTranslation } from "react-i18next";
import { useMeans } from "@/api/queries";
import type { MeansRow } from "@/api/types";
import { parseInstant } from "@/lib/time";
import { useAgeText } from "@/parts/Age";
import { useKindText, useNow } from "@/state/city";
import { command } from "@/state/mapStage";
import { select, useUrl } from "@/state/url";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/today/Lists.module.css";

function byKind(rows: readonly MeansRow[]): [string, MeansRow[]][] {
  const groups = new Map<string, MeansRow[]>();
  for (const row of rows) groups.set(row.kind, [...(groups.get(row.kind) ?? []), row]);
  for (const group of groups.values()) {
    group.sort((a, b) => Number(a.stale) - Number(b.stale) || (a.label ?? a.unit_ref).localeCompare(b.label ?? b.unit_ref, undefined, { numeric: true }));
  }
  return [...groups].sort(([a], [b]) => a.localeCompare(b));
}

export function MeansList() {
  const { t } = useTranslation();
  const means = useMeans(true);
  const kind = useKindText();
  const age = useAgeText();
  const now = useNow(5000);
  const { selection } = useUrl();
  if (means.isPending) return <Loading />;
  if (means.error) return <ErrorNote error={means.error} retry={() => void means.refetch()} />;
  if (means.data.length === 0) return <Empty title={t("means.none")} next={t("means.noneNext")} />;
  return (
    <>
      {byKind(means.data).map(([code, rows]) => (
        <section key={code}>
          <h3 className={styles["group"]}>{kind(code)} · {rows.length}</h3>
          <ul>
            {rows.map((row) => (
              <li key={row.means_id}>
                <button
                  type="button" className={styles["line"]}
                  aria-pressed={selection?.type === "means" && selection.id === row.means_id}
                  onClick={() => {
                    select({ type: "means", id: row.means_id });
                    if (row.lon !== null && row.lat !== null) command({ type: "fly", view: { lon: row.lon, lat: row.lat, zoom: 14.5 } });
                  }}
                >
                  <span className={[styles["moving"], row.stale ? styles["still"] : ""].join(" ")} aria-hidden="true" />
                  <span className={styles["what"]}>
                    <span className={styles["strong"]}>{row.label ?? row.unit_ref}</span>
                    <span className={styles["meta"]}>{row.label === null ? row.source : row.unit_ref}{row.speed_kmh !== null ? ` · ${Math.round(row.speed_kmh)} km/h` : ""}</span>
                  </span>
                  <span className={[styles["when"], row.stale ? styles["stale"] : ""].join(" ")}>
                    {age((now - (parseInstant(row.at) ?? now)) / 1000)}
                    {row.stale && <><br />{t("state.stale")}</>}
                  </span>
                </button>
              </li>
            ))}
          </ul>
        </section>
      ))}
    </>
  );
}
