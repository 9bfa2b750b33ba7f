/** What happened, by time and place: what members wrote, and facts, plans, measures and recordings that a package opened. */
import type { Geometry } from "geojson";
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCaseAct, useGathered, type CaseDetail, type CaseEntry, type Certainty, type Gathered } from "@/api/inquiry";
import { requisitionShapes, useShowShapes } from "@/features/inquiry/caseMap";
import { Refused } from "@/features/inquiry/Refused";
import { useFeedTitle, useMetricWords, useTimes } from "@/features/inquiry/words";
import { wallInstant, wallText } from "@/lib/localTime";
import { parseInstant, rfc3339 } from "@/lib/time";
import { DrawingField } from "@/map/DrawingField";
import { useCityContext, useKindText, useMay, useNow } from "@/state/city";
import { command, type EventShape } from "@/state/mapStage";
import { setExtra, useUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { Checkbox, Select, TextField } from "@/ui/Fields";
import { Icon } from "@/ui/Icon";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import { Segmented } from "@/ui/Segmented";
import styles from "@/features/inquiry/Inquiry.module.css";

const SORTS = ["written", "fact", "plan", "measure", "video"] as const;
type Sort = (typeof SORTS)[number];
const CERTAINTIES: readonly Certainty[] = ["observed", "reported", "inferred"];
/** More names than this on the map hide each other. */
const MOST_NAMES = 60;
const POINT = ["point"] as const;

interface Row { key: string; sort: Sort; at: string; to: string; lon: number | null; lat: number | null; written?: CaseEntry; gathered?: Gathered }

function rowsOf(entries: readonly CaseEntry[], items: readonly Gathered[]): Row[] {
  const written = entries.flatMap((one): Row[] => (one.kind === "timeline" && one.at ? [{ key: `w${String(one.number)}`, sort: "written", at: one.at, to: one.at, lon: one.lon ?? null, lat: one.lat ?? null, written: one }] : []));
  const gathered = items.map((one): Row => ({ key: `${one.sort} ${one.id}`, sort: one.sort, at: one.at, to: one.to, lon: one.lon, lat: one.lat, gathered: one }));
  return [...written, ...gathered].sort((a, b) => (parseInstant(a.at) ?? 0) - (parseInstant(b.at) ?? 0));
}

function WriteEntry({ found }: { found: CaseDetail }) {
  const { t } = useTranslation();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const act = useCaseAct();
  const [text, setText] = useState("");
  const [at, setAt] = useState(() => wallText(now, city.timezone));
  const [certainty, setCertainty] = useState<Certainty>("reported");
  const [place, setPlace] = useState<Geometry | null>(null);
  const [times, setTimes] = useState(0);
  const instant = wallInstant(at, city.timezone);
  const send = (): void => {
    if (instant === null) return;
    const [lon = null, lat = null] = place?.type === "Point" ? place.coordinates : [];
    act.mutate({ act: "write", id: found.case_id, body: { act: "timeline", text: text.trim(), at: rfc3339(instant), certainty, lon, lat, login: "" } }, {
      onSuccess: () => { setText(""); setPlace(null); setTimes(times + 1); },
    });
  };
  return (
    <details className={styles["part"]}>
      <summary>{t("inquiry.writeEntry")}</summary>
      <form className={styles["form"]} onSubmit={(event) => { event.preventDefault(); if (text.trim()) send(); }}>
        <Segmented label={t("inquiry.certainty")} value={certainty} onChange={setCertainty} options={CERTAINTIES.map((id) => ({ id, text: t(`inquiry.certainties.${id}`) }))} />
        {certainty === "inferred" && <p className={styles["said"]}>{t("inquiry.guessNote")}</p>}
        <TextField label={t("inquiry.when")} type="datetime-local" value={at} onChange={setAt} isRequired />
        <TextField label={t("inquiry.text")} description={t("inquiry.noPerson")} value={text} onChange={setText} maxLength={500} isRequired />
        <DrawingField key={times} label={t("inquiry.place")} shapes={POINT} value={place} onChange={setPlace} />
        {act.error && <Refused error={act.error} />}
        <p className={styles["acts"]}><Button type="submit" isDisabled={!text.trim() || instant === null || act.isPending}>{t("inquiry.write")}</Button></p>
      </form>
    </details>
  );
}

function GatheredWords({ one }: { one: Gathered }) {
  const { t } = useTranslation();
  const kind = useKindText();
  const source = useFeedTitle();
  const measured = useMetricWords()(one.title, one.figures?.unit ?? "");
  const title = one.sort === "fact" || (one.sort === "plan" && !one.title) ? kind(one.kind ?? "") : one.sort === "video" ? t("inquiry.camera", { name: one.title }) : one.sort === "measure" ? measured.title : one.title;
  const figures = one.figures;
  return (
    <>
      <span className={styles["strong"]}>{title}</span>
      <span className={[styles["meta"], styles["whole"]].join(" ")}>
        {one.source && source(one.source)}
        {figures && ` · ${t("inquiry.figures", { n: figures.n, low: figures.low ?? "–", high: figures.high ?? "–", unit: measured.unit })}`}
        {one.origin?.file && ` · ${one.origin.row === null ? one.origin.file : t("inquiry.origin", { file: one.origin.file, row: one.origin.row })}`}
      </span>
    </>
  );
}

function Chip({ row }: { row: Row }) {
  const { t } = useTranslation();
  const certainty = row.written?.certainty ?? row.gathered?.basis;
  const sort = t(`inquiry.sorts.${row.sort}`);
  return <span className={styles["chip"]} data-tone={certainty === "inferred" ? "guess" : "plain"}>{row.sort === "written" ? "" : sort}{certainty && row.sort !== "written" ? " · " : ""}{certainty && t(`inquiry.certainties.${certainty}`)}</span>;
}

/** The cameras' screen, asking for a viewing of one camera from an instant on. */
const videoAddress = (one: Gathered): string => `/cameras?${new URLSearchParams({ watch: one.title ?? "", since: one.at, open: "1" }).toString()}`;

function TimelineRow({ row, n, chosen, choose }: { row: Row; n: number; chosen: boolean; choose: () => void }) {
  const { t } = useTranslation();
  const times = useTimes();
  const mayWatch = useMay("read_cameras");
  const guess = (row.written?.certainty ?? row.gathered?.basis) === "inferred";
  return (
    <li>
      <button type="button" className={styles["row"]} data-chosen={chosen} data-guess={guess} aria-pressed={chosen} onClick={choose}>
        <span><span className={styles["number"]}>{n}</span> {times(row.at, row.to)}</span>
        <Chip row={row} />
        {row.written && <><span className={styles["strong"]}>{row.written.text}</span><span className={[styles["meta"], styles["whole"]].join(" ")}>{t("inquiry.writtenBy", { by: row.written.by })}</span></>}
        {row.gathered && <GatheredWords one={row.gathered} />}
        {row.lon === null && <span className={[styles["meta"], styles["whole"]].join(" ")}>{t("inquiry.noPlace")}</span>}
      </button>
      {mayWatch && row.gathered?.sort === "video" && <p className={styles["link"]}><a href={videoAddress(row.gathered)}>{t("inquiry.seeVideo")}</a></p>}
    </li>
  );
}

export function TimelineTab({ found }: { found: CaseDetail }) {
  const { t } = useTranslation();
  const { extra } = useUrl();
  const packages = found.requisition_list.flatMap((one) => (one.package ? [{ id: one.package.package_id, text: t("inquiry.articleNumber", { article: one.article, number: one.number }) }] : []));
  const look = packages.find((one) => one.id === extra["look"])?.id ?? null;
  const gathered = useGathered(found.case_id, found.state === "open" ? look : null);
  const [hidden, setHidden] = useState<readonly Sort[]>([]);
  const [chosen, setChosen] = useState<string | null>(null);
  const rows = useMemo(() => rowsOf(found.entries, gathered.data?.items ?? []).filter((one) => !hidden.includes(one.sort)), [found.entries, gathered.data, hidden]);
  const shapes = useMemo(() => [
    ...requisitionShapes(found.requisition_list, null),
    ...rows.flatMap((row, i): EventShape[] => (row.lon === null || row.lat === null ? [] : [{
      id: row.key, sign: row.sort === "video" ? "camera" : "post", label: rows.length <= MOST_NAMES || row.key === chosen ? String(i + 1) : "", geometry: { type: "Point", coordinates: [row.lon, row.lat] }, selected: row.key === chosen,
    }])),
  ], [found.requisition_list, rows, chosen]);
  useShowShapes(shapes);
  const choose = (row: Row): void => {
    setChosen(row.key);
    if (row.lon !== null && row.lat !== null) command({ type: "fly", view: { lon: row.lon, lat: row.lat } });
  };
  return (
    <>
      <section className={styles["part"]}>
        {packages.length > 0 && found.state === "open" && (
          <Select label={t("inquiry.lookInto")} description={t("inquiry.lookNote")} value={look ?? "-"} options={[{ id: "-", text: t("inquiry.nothingGathered") }, ...packages]} onChange={(id) => { setExtra({ look: id === "-" ? null : id }, "replace"); }} />
        )}
        {packages.length === 0 && <p className={styles["meta"]}>{t("inquiry.noneGathered")}</p>}
        <fieldset className={styles["set"]}>
          <legend>{t("inquiry.show")}</legend>
          {SORTS.map((sort) => <Checkbox key={sort} isSelected={!hidden.includes(sort)} onChange={(on) => { setHidden(on ? hidden.filter((one) => one !== sort) : [...hidden, sort]); }}>{t(`inquiry.sorts.${sort}`)}</Checkbox>)}
        </fieldset>
      </section>
      {found.state === "open" && <WriteEntry found={found} />}
      {gathered.isFetching && <Loading />}
      {gathered.error && <ErrorNote error={gathered.error} retry={() => void gathered.refetch()} />}
      {gathered.data && gathered.data.total > gathered.data.items.length && <p className={styles["lead"]}><Icon name="warning" size={14} /> {t("inquiry.cut", { count: gathered.data.items.length, total: gathered.data.total })}</p>}
      {rows.length === 0 && !gathered.isFetching && <Empty title={t("inquiry.noEntry")} next={t("inquiry.noEntryNext")} />}
      <ol className={styles["entries"]} aria-label={t("inquiry.tab.timeline")}>
        {rows.map((row, i) => <TimelineRow key={row.key} row={row} n={i + 1} chosen={row.key === chosen} choose={() => { choose(row); }} />)}
      </ol>
    </>
  );
}
