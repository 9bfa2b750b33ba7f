/** Movement looked for in open pictures: a zone, a way, a pace, a size; found stretches are played by a click. */
import { useEffect, useMemo, useRef, useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Camera, Viewing } from "@/api/video";
import { NOTHING, searchFilm, type Found, type Searched } from "@/api/videoSearch";
import { useSecond } from "@/features/cameras/words";
import { ZonePicker, type Corner } from "@/features/cameras/ZonePicker";
import { isReason, LEAST_REASON, MOST_REASON, ProblemError, tidyReason } from "@/lib/problem";
import { parseInstant } from "@/lib/time";
import { useMapPosts, type PostMark } from "@/state/mapPosts";
import { Button } from "@/ui/Button";
import { Checkbox, Select, TextField } from "@/ui/Fields";
import { Empty, ErrorNote } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import { Segmented } from "@/ui/Segmented";
import styles from "@/features/cameras/Cameras.module.css";
import look from "@/features/cameras/Search.module.css";

const WAYS = { any: null, w: [-1, 0], nw: [-1, -1], n: [0, -1], ne: [1, -1], e: [1, 0], se: [1, 1], s: [0, 1], sw: [-1, 1] } as const;
const ARROWS: Record<Way, string> = { any: "•", w: "←", nw: "↖", n: "↑", ne: "↗", e: "→", se: "↘", s: "↓", sw: "↙" };
type Way = keyof typeof WAYS;
/** Widths of the picture in a second. */
const PACES = { any: [0, null], slow: [0, 0.06], brisk: [0.06, 0.2], fast: [0.2, null] } as const;
type Pace = keyof typeof PACES;
const SIZES = ["any", "small", "medium", "large"] as const;

/** Which of the eight ways a heading is nearest to. */
function arrowOf(heading: readonly number[]): string {
  const [x, y] = [heading[0] ?? 0, heading[1] ?? 0];
  if (x === 0 && y === 0) return ARROWS.any;
  const names: readonly Way[] = ["e", "se", "s", "sw", "w", "nw", "n", "ne"];
  return ARROWS[names[(Math.round(Math.atan2(y, x) / (Math.PI / 4)) + 8) % 8] ?? "any"];
}

function Results({ known, labels, onGo }: { known: Searched; labels: Record<string, string>; onGo: (one: Found) => void }) {
  const { t } = useTranslation();
  const { second } = useSecond();
  return (
    <section className={styles["section"]} aria-label={t("video.search.results")}>
      {known.over === null && <progress className={look["progress"]} aria-label={t("video.search.progress")} value={known.done} max={Math.max(1, known.of)} />}
      <p className={styles["meta"]} role="status">
        {known.over === null ? t("video.search.going", { done: known.done, of: known.of }) : t(`video.search.over.${known.over === "" ? "end" : known.over}`)} {t("video.search.count", { count: known.found.length })}
      </p>
      {known.over === "" && known.found.length === 0 && <Empty title={t("video.search.none")} next={t("video.search.noneNext")} />}
      <ol className={look["found"]}>
        {known.found.map((one) => (
          <li key={`${one.camera} ${String(one.from)}`}>
            <Button look="quiet" onPress={() => { onGo(one); }}>
              <span className={look["arrow"]} aria-hidden="true">{arrowOf(one.heading)}</span>{second(one.from)} <span>{labels[one.camera] ?? one.camera} · {t("video.search.lasts", { count: Math.max(1, Math.round((one.to - one.from) / 1000)) })}</span>
            </Button>
          </li>
        ))}
      </ol>
      <p className={styles["meta"]}>{t("video.search.kept")}</p>
    </section>
  );
}

/** Where the cameras stand, with how many stretches each has. */
function useMarksOf(known: Searched | null): void {
  const marks = useMemo<PostMark[]>(() => (known?.cameras ?? []).flatMap((one) => {
    const count = known?.found.filter((found) => found.camera === one.camera_id).length ?? 0;
    return one.lon === null || one.lat === null ? [] : [{ kind: "post" as const, lon: one.lon, lat: one.lat, text: count > 99 ? "+" : String(count), reachM: 0, chosen: count > 0 }];
  }), [known]);
  useMapPosts(marks);
}

export function SearchPanel({ viewing, cameras, onFound, onGo, onClose }: {
  viewing: Viewing; cameras: readonly Camera[]; onFound: (found: readonly Found[]) => void; onGo: (one: Found) => void; onClose: () => void;
}) {
  const { t } = useTranslation();
  const labels = useMemo(() => Object.fromEntries(cameras.map((one) => [one.camera_id, one.label])), [cameras]);
  const [camera, setCamera] = useState(viewing.cameras.length > 1 ? "" : viewing.cameras[0] ?? "");
  const [ring, setRing] = useState<readonly Corner[]>([]);
  const [way, setWay] = useState<Way>("any");
  const [pace, setPace] = useState<Pace>("any");
  const [size, setSize] = useState<(typeof SIZES)[number]>("any");
  const [quick, setQuick] = useState(false);
  const [reason, setReason] = useState("");
  const [file, setFile] = useState("");
  const [known, setKnown] = useState<Searched | null>(null);
  const [error, setError] = useState<ProblemError | null>(null);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => { running.current?.abort(); }, []);
  useMarksOf(known);
  const busy = known !== null && known.over === null && error === null;
  const ready = isReason(reason) && tidyReason(file) !== "" && !busy && ring.length !== 1 && ring.length !== 2;
  const start = parseInstant(viewing.from) ?? 0;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (!ready) return;
    running.current?.abort();
    const control = running.current = new AbortController();
    const tell = (now: Searched): void => {
      if (control.signal.aborted) return;
      setKnown(now);
      onFound(now.found);
    };
    setError(null);
    tell(NOTHING);
    const [least, most] = PACES[pace];
    const towards = WAYS[way];
    const asked = { cameras: camera ? [camera] : [], ring: camera ? ring.map(([x, y]): Corner => [x, y]) : [], towards: towards ? [towards[0], towards[1]] as Corner : null, least_speed: least, most_speed: most, size, quick };
    searchFilm(viewing.viewing_id, asked, { reason: tidyReason(reason), case: tidyReason(file) }, control.signal, tell).catch((problem: unknown) => {
      if (control.signal.aborted) return;
      setKnown(null);
      setError(problem instanceof ProblemError ? problem : new ProblemError("network", 0, "", null, {}));
    });
  };
  return (
    <Panel title={t("video.search.title")} side="right" onClose={onClose} takeFocus>
      <form className={styles["form"]} onSubmit={submit}>
        <p className={styles["meta"]}>{t("video.search.rule")}</p>
        <Select label={t("video.camera")} value={camera || "all"} onChange={(id) => { setCamera(id === "all" ? "" : id); setRing([]); }} options={[...(viewing.cameras.length > 1 ? [{ id: "all", text: t("video.search.all") }] : []), ...viewing.cameras.map((id) => ({ id, text: labels[id] ?? id }))]} />
        {camera && <ZonePicker key={camera} viewing={viewing.viewing_id} camera={camera} label={labels[camera] ?? camera} at={start} value={ring} onChange={setRing} />}
        <div><span className={look["legend"]}>{t("video.search.way")}</span><Segmented label={t("video.search.way")} value={way} onChange={setWay} options={(Object.keys(WAYS) as Way[]).map((id) => ({ id, text: ARROWS[id], title: t(`video.search.ways.${id}`) }))} /></div>
        <div className={styles["pair"]}>
          <Select label={t("video.search.pace")} value={pace} onChange={(id) => { setPace(id as Pace); }} options={(Object.keys(PACES) as Pace[]).map((id) => ({ id, text: t(`video.search.paces.${id}`) }))} />
          <Select label={t("video.search.size")} value={size} onChange={(id) => { setSize(id as (typeof SIZES)[number]); }} options={SIZES.map((id) => ({ id, text: t(`video.search.sizes.${id}`) }))} />
        </div>
        <Checkbox isSelected={quick} onChange={setQuick}>{t("video.search.quick")}</Checkbox>
        <TextField label={t("words.reason")} name="reason" description={t("words.rule", { count: LEAST_REASON })} isRequired minLength={LEAST_REASON} maxLength={MOST_REASON} value={reason} onChange={setReason} />
        <TextField label={t("video.search.case")} name="case" isRequired description={t("video.search.caseRule")} maxLength={80} value={file} onChange={setFile} />
        {error && <ErrorNote error={error} />}
        <p className={styles["buttons"]}>
          <Button look="primary" type="submit" isDisabled={!ready}>{t("video.search.begin")}</Button>
          {busy && <Button onPress={() => { running.current?.abort(); setKnown({ ...known, over: "stopped" }); }}>{t("video.search.stop")}</Button>}
        </p>
      </form>
      {known && <Results known={known} labels={labels} onGo={onGo} />}
    </Panel>
  );
}
