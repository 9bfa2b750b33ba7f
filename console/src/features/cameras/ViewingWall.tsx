/** An open viewing: up to sixteen tiles on one clock, live or at an instant, until it ends. */
import { useCallback, useEffect, useMemo, useRef, useState, useSyncExternalStore, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import type { Found } from "@/api/videoSearch";
import { useFilms, useSignals, type Camera, type Film, type Viewing } from "@/api/video";
import { FilmStrip, GapList, type Mark } from "@/features/cameras/FilmStrip";
import { Picture, type Still } from "@/features/cameras/Picture";
import { Tile } from "@/features/cameras/Tile";
import { useSecond } from "@/features/cameras/words";
import { columnsFor, FilmClock, nextFilm, type Piece } from "@/lib/film";
import { HOUR, MINUTE, parseInstant, SECOND, type Range } from "@/lib/time";
import { useNow, useWords } from "@/state/city";
import { Button, IconButton } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Segmented } from "@/ui/Segmented";
import styles from "@/features/cameras/Cameras.module.css";
import wall from "@/features/cameras/Wall.module.css";

/** Live film is shown once its segment is whole: so far behind the present. */
const BEHIND_MS = 15 * SECOND;
const TICK_MS = 100;
/** One picture at 25 a second. */
const PICTURE_MS = 40;
const JUMP_MS = 10 * SECOND;
const RATES = ["0.5", "1", "2", "4"] as const;
const SOON_MS = 2 * MINUTE;

/** What a key does to the clock; whether it was one of its keys. */
function pressed(event: KeyboardEvent, clock: FilmClock): boolean {
  const { instant, playing } = clock.read();
  const typing = event.target instanceof HTMLElement && event.target.closest("button, a, input:not([type=range]), [role=radio]") !== null;
  if (event.altKey || event.ctrlKey || event.metaKey) return false;
  if (event.key === " " && !typing) clock.play(!playing);
  else if (event.key === "ArrowLeft" && !typing) clock.seek(instant - (event.shiftKey ? JUMP_MS : SECOND));
  else if (event.key === "ArrowRight" && !typing) clock.seek(instant + (event.shiftKey ? JUMP_MS : SECOND));
  else if (event.key === "Home" && !typing) clock.seek(clock.bounds.from);
  else if (event.key === "End" && !typing) clock.seek(clock.bounds.to);
  else if (event.key === "," || event.key === ".") {
    clock.play(false);
    clock.seek(instant + (event.key === "." ? PICTURE_MS : -PICTURE_MS));
  } else return false;
  return true;
}

/** Live, the clock goes with the film: never ahead of all of it, never a minute behind. */
function keepLive(clock: FilmClock, films: ReadonlyMap<string, readonly Piece[]>, now: number): void {
  clock.reach(now);
  const ends = [...films.values()].flatMap((pieces) => pieces.at(-1)?.to ?? []);
  const newest = Math.max(...ends);
  const { instant } = clock.read();
  if (Number.isFinite(newest) && (instant >= newest || instant < newest - MINUTE)) clock.seek(newest - 3 * SECOND);
}

function gapAt(film: Film | undefined, instant: number): string | null {
  return film?.gaps.find((one) => (parseInstant(one.from) ?? 0) <= instant && (one.to === null || instant < (parseInstant(one.to) ?? 0)))?.reason ?? null;
}

function Remaining({ until, now }: { until: number; now: number }) {
  const { t } = useTranslation();
  const left = Math.max(0, until - now);
  const text = `${String(Math.floor(left / MINUTE))}:${String(Math.floor((left % MINUTE) / SECOND)).padStart(2, "0")}`;
  return <span className={left < SOON_MS ? wall["soon"] : wall["left"]} role="timer"><Icon name="clock" size={14} />{t("video.remaining", { left: text })}</span>;
}

function Controls({ clock, live }: { clock: FilmClock; live: boolean }) {
  const { t } = useTranslation();
  const { day, second } = useSecond();
  const { instant, playing, rate, held } = useSyncExternalStore(clock.listen, clock.read);
  return (
    <div className={wall["controls"]} role="group" aria-label={t("video.controls")}>
      {!live && (
        <>
          <IconButton icon="chevronLeft" label={t("video.back")} onPress={() => { clock.seek(instant - JUMP_MS); }} />
          <IconButton icon={playing ? "pause" : "play"} label={t(playing ? "video.pause" : "video.play")} onPress={() => { clock.play(!playing); }} />
          <IconButton icon="chevronRight" label={t("video.forward")} onPress={() => { clock.seek(instant + JUMP_MS); }} />
        </>
      )}
      <p className={wall["clock"]} data-testid="film-clock" data-instant={Math.round(instant)} data-playing={playing}>
        <strong>{second(instant)}</strong> <span>{day(instant)}</span>
      </p>
      {live && <span className={wall["live"]}><span className={wall["dot"]} aria-hidden="true" />{t("video.liveNote")}</span>}
      {held && <span className={wall["left"]} role="status">{t("video.held")}</span>}
      {!live && <Segmented label={t("video.rateOf")} value={String(rate) as (typeof RATES)[number]} onChange={(id) => { clock.pace(Number(id)); }} options={RATES.map((id) => ({ id, text: t("video.times", { n: id }) }))} />}
    </div>
  );
}

function Seek({ clock, range, films, labels, marks, found }: { clock: FilmClock; range: Range; films: readonly Film[]; labels: Record<string, string>; marks: readonly Mark[]; found: readonly Found[] }) {
  const { t } = useTranslation();
  const { second } = useSecond();
  const { instant } = useSyncExternalStore(clock.listen, clock.read);
  return (
    <div className={wall["seek"]}>
      <input
        type="range" className={wall["range"]} aria-label={t("video.seek")} min={range.from} max={range.to} step={SECOND}
        value={Math.round(instant)} aria-valuetext={second(instant)} onChange={(event) => { clock.seek(Number(event.target.value)); }}
      />
      <FilmStrip films={films} labels={labels} range={range} marks={marks} found={found} now={instant} />
      {marks.length > 0 && (
        <ul className={wall["marks"]} aria-label={t("video.events")}>
          {marks.map((mark) => <li key={mark.id}><Button look="quiet" onPress={() => { clock.seek(mark.at); }}><Icon name="pin" size={14} />{second(mark.at)} · {mark.text}</Button></li>)}
        </ul>
      )}
    </div>
  );
}

function useMarks(viewing: Viewing, range: Range, live: boolean, about: Mark | null): Mark[] {
  const { t } = useTranslation();
  const signals = useSignals(range, !live);
  const words = useWords();
  const found = (signals.data ?? []).filter((one) => viewing.cameras.includes(one.camera)).map((one) => ({ id: one.detection_id, at: parseInstant(one.raised_at) ?? 0, text: words(t(`video.type.${one.type}`)) }));
  return [...(about ? [about] : []), ...found].filter((one) => one.at >= range.from && one.at <= range.to).sort((a, b) => a.at - b.at);
}

/** What a search found, and which of it is to be played now. */
export interface Sought { found: readonly Found[]; go: Found | null }

/** Play what was found from two seconds before it. */
function useGo(go: Found | null, clock: FilmClock, show: (camera: string) => void): void {
  const last = useRef<Found | null>(null);
  useEffect(() => {
    if (!go || go === last.current) return;
    last.current = go;
    show(go.camera);
    clock.seek(go.from - 2 * SECOND);
    clock.play(true);
  }, [go, clock, show]);
}

export function ViewingWall({ viewing, cameras, about, sought, onSearch, onClose }: {
  viewing: Viewing; cameras: readonly Camera[]; about: Mark | null; sought: Sought;
  /** Open the search; null where it is open, or this home allows none. */
  onSearch: (() => void) | null; onClose: () => void;
}) {
  const { t } = useTranslation();
  const now = useNow(1000);
  const live = viewing.to === null;
  const [opened] = useState(now);
  const from = parseInstant(viewing.from) ?? opened;
  const to = parseInstant(viewing.to) ?? opened;
  const until = parseInstant(viewing.until) ?? opened;
  const [clock] = useState(() => new FilmClock({ from, to: live ? opened : to }, live ? opened - BEHIND_MS : from, true));
  const [pieces] = useState(() => new Map<string, readonly Piece[]>());
  const [large, setLarge] = useState<string | null>(null);
  const [still, setStill] = useState<Still | null>(null);
  const many = viewing.cameras.length > 1;
  const show = useCallback((camera: string) => { if (many) setLarge(camera); }, [many]);
  useGo(sought.go, clock, show);
  const { instant } = useSyncExternalStore(clock.listen, clock.read);
  const window_ = useMemo<Range>(() => ({ from: live ? Math.floor((now - HOUR / 6) / MINUTE) * MINUTE : from, to: live ? Math.ceil(now / (10 * SECOND)) * 10 * SECOND : to }), [live, now, from, to]);
  const films = useFilms(viewing.cameras, window_, live);
  const labels = useMemo(() => Object.fromEntries(cameras.map((one) => [one.camera_id, one.label])), [cameras]);
  const marks = useMarks(viewing, window_, live, about);
  const over = now >= until;
  const present = useRef(now);
  useEffect(() => { present.current = now; }, [now]);
  useEffect(() => {
    if (over) return;
    const timer = window.setInterval(() => {
      if (live) keepLive(clock, pieces, present.current);
      clock.tick(performance.now());
    }, TICK_MS);
    return () => { window.clearInterval(timer); };
  }, [clock, pieces, live, over]);
  const body = useRef<HTMLDivElement>(null);
  useEffect(() => { body.current?.focus({ preventScroll: true }); }, []);
  const shown = large === null ? viewing.cameras : [large];
  const columns = columnsFor(shown.length);
  const filmed = (id: string): boolean => (films.find((one) => one.camera_id === id)?.segments ?? 0) > 0;
  const empty = !live && films.length === viewing.cameras.length && shown.every((id) => !filmed(id) || gapAt(films.find((one) => one.camera_id === id), instant) !== null);
  const skip = empty ? nextFilm([...pieces.values()], instant) : null;
  return (
    <div
      ref={body} className={wall["viewing"]} role="group" aria-label={t("video.wall")} tabIndex={-1} data-testid="viewing"
      onKeyDown={(event) => {
        if (event.key === "Escape" && large !== null) {
          setLarge(null);
          event.stopPropagation();
        } else if (!live && pressed(event, clock)) event.preventDefault();
      }}
    >
      <div className={wall["head"]}>
        <Controls clock={clock} live={live} />
        <Remaining until={until} now={now} />
        {onSearch && !live && !over && <Button onPress={onSearch}><Icon name="target" size={16} />{t("video.search.title")}</Button>}
        <Button onPress={onClose}>{t("video.endViewing")}</Button>
      </div>
      {over
        ? <div className={wall["overNote"]} role="alert"><strong>{t("video.over")}</strong><p>{t("video.overNext")}</p><Button look="primary" onPress={onClose}>{t("video.again")}</Button></div>
        : (
          <div className={wall["wall"]} style={{ gridTemplateColumns: `repeat(${String(columns)}, minmax(0, 1fr))` }}>
            {shown.map((id) => (
              <Tile
                key={id} camera={id} label={labels[id] ?? id} viewing={viewing.viewing_id} clock={clock} films={pieces} filmed={filmed(id)} instant={instant}
                gap={gapAt(films.find((one) => one.camera_id === id), instant)} large={large === id}
                onLarge={viewing.cameras.length > 1 ? () => { setLarge(large === id ? null : id); } : null}
                onPicture={() => { setStill({ camera: id, label: labels[id] ?? id, at: clock.read().instant }); }}
              />
            ))}
          </div>
        )}
      {skip !== null && <p className={wall["skip"]}><Button onPress={() => { clock.seek(skip); }}>{t("video.toFilm")}</Button></p>}
      {live ? <FilmStrip films={films} labels={labels} range={window_} now={instant} /> : <Seek clock={clock} range={window_} films={films} labels={labels} marks={marks} found={sought.found} />}
      <details className={styles["more"]}>
        <summary>{t("video.missing")}</summary>
        <GapList films={films} labels={labels} />
        {!live && <p className={styles["meta"]}>{t("video.keys")}</p>}
      </details>
      {still && <Picture viewing={viewing.viewing_id} still={still} onClose={() => { setStill(null); }} />}
    </div>
  );
}
