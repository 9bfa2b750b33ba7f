/** A masked film, picture by picture; it remembers which parts of it somebody has looked at. */
import { useCallback, useEffect, useRef, useState, type KeyboardEvent, type RefObject } from "react";
import { useTranslation } from "react-i18next";
import { Button, IconButton } from "@/ui/Button";
import { Segmented } from "@/ui/Segmented";
import styles from "@/features/cameras/Clips.module.css";

const RATES = ["0.5", "1", "2", "4"] as const;
/** Looked at by halves of a second. */
const PART_S = 0.5;

/** An address for what stands in memory; let go of with the screen. */
export function useAddress(blob: Blob | undefined): string | null {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (!blob) return undefined;
    const made = URL.createObjectURL(blob);
    setAddress(made);
    return () => { setAddress(null); URL.revokeObjectURL(made); };
  }, [blob]);
  return address;
}

/** The parts of a film that were shown, and the share of it that they are. */
export function useLooked(): { share: number; note: (at: number, length: number) => void; forget: () => void } {
  const seen = useRef(new Set<number>());
  const [share, setShare] = useState(0);
  const note = useCallback((at: number, length: number) => {
    if (!(length > 0)) return;
    const parts = Math.max(1, Math.ceil(length / PART_S - 1e-6));
    seen.current.add(Math.min(parts - 1, Math.floor(at / PART_S)));
    setShare(seen.current.size / parts);
  }, []);
  const forget = useCallback(() => { seen.current = new Set(); setShare(0); }, []);
  return { share, note, forget };
}

export function FilmPlayer({ film, address, pictures, hidden, onShown, onDraw }: {
  film: RefObject<HTMLVideoElement | null>; address: string; pictures: number; hidden: boolean;
  onShown: (at: number, length: number) => void;
  /** Draw on the picture that is shown; null where nothing is to be drawn. */
  onDraw: (() => void) | null;
}) {
  const { t } = useTranslation();
  const [at, setAt] = useState(0);
  const [length, setLength] = useState(0);
  const [playing, setPlaying] = useState(false);
  const [rate, setRate] = useState<(typeof RATES)[number]>("1");
  const step = pictures > 0 && length > 0 ? length / pictures : 0.04;
  const shown = Math.min(pictures, Math.floor(at / step + 1e-3) + 1);
  useEffect(() => {
    if (!playing) return undefined;
    let frame = 0;
    const look = (): void => {
      const one = film.current;
      if (one) {
        setAt(one.currentTime);
        onShown(one.currentTime, one.duration);
      }
      frame = requestAnimationFrame(look);
    };
    frame = requestAnimationFrame(look);
    return () => { cancelAnimationFrame(frame); };
  }, [playing, film, onShown]);
  const go = (to: number): void => {
    const one = film.current;
    if (!one) return;
    one.pause();
    one.currentTime = Math.min(Math.max(0, to), Math.max(0, length - step / 2));
  };
  const by = (n: number): void => { go((shown - 1 + n + 0.5) * step); };
  const toggle = (): void => {
    const one = film.current;
    if (!one) return;
    one.playbackRate = Number(rate);
    if (one.paused) void one.play(); else one.pause();
  };
  const onKey = (event: KeyboardEvent): void => {
    const onControl = event.target instanceof HTMLElement && event.target.closest("button, input, [role=radio]") !== null;
    if (event.key === "," || event.key === ".") by(event.key === "." ? 1 : -1);
    else if (event.key === " " && !onControl) toggle();
    else return;
    event.preventDefault();
  };
  return (
    <div role="group" aria-label={t("video.clip.film")} tabIndex={-1} onKeyDown={onKey}>
      <video
        ref={film} className={styles["film"]} src={address} muted playsInline preload="auto" hidden={hidden} data-testid="masked-film"
        onLoadedMetadata={(event) => { setLength(event.currentTarget.duration); }} onPlay={() => { setPlaying(true); }} onPause={() => { setPlaying(false); }}
        onSeeked={(event) => { setAt(event.currentTarget.currentTime); onShown(event.currentTarget.currentTime, event.currentTarget.duration); }}
        onEnded={(event) => { onShown(event.currentTarget.duration, event.currentTarget.duration); }}
      />
      {!hidden && (
        <>
          <input type="range" className={styles["range"]} aria-label={t("video.clip.seek")} min={1} max={Math.max(1, pictures)} value={Math.max(1, shown)} onChange={(event) => { go((Number(event.target.value) - 0.5) * step); }} />
          <div className={styles["controls"]} role="group" aria-label={t("video.controls")}>
            <IconButton icon="chevronLeft" label={t("video.clip.before")} onPress={() => { by(-1); }} />
            <IconButton icon={playing ? "pause" : "play"} label={t(playing ? "video.pause" : "video.play")} onPress={toggle} />
            <IconButton icon="chevronRight" label={t("video.clip.after")} onPress={() => { by(1); }} />
            <span className={styles["position"]} data-testid="film-position" data-picture={shown}>{t("video.clip.position", { n: shown, of: pictures })}</span>
            <Segmented
              label={t("video.rateOf")} value={rate} options={RATES.map((id) => ({ id, text: t("video.times", { n: id }) }))}
              onChange={(id) => { setRate(id); if (film.current) film.current.playbackRate = Number(id); }}
            />
            {onDraw && <Button onPress={() => { film.current?.pause(); onDraw(); }}>{t("video.clip.maskHere")}</Button>}
          </div>
        </>
      )}
    </div>
  );
}
