/** One camera on the wall: its picture at the clock's instant, or in words why there is none. */
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { Camera } from "@/api/video";
import { Player, type TileState } from "@/features/cameras/player";
import { useSecond } from "@/features/cameras/words";
import type { FilmClock, Piece } from "@/lib/film";
import { IconButton } from "@/ui/Button";
import wall from "@/features/cameras/Wall.module.css";

export function Tile({ camera, label, viewing, clock, films, filmed, instant, gap, large, onLarge, onPicture }: {
  camera: string;
  label: Camera["label"];
  viewing: string;
  clock: FilmClock;
  films: Map<string, readonly Piece[]>;
  /** Whether anything was recorded in the window: what is empty is not asked for. */
  filmed: boolean;
  /** Where the wall's clock stands, for the words below the picture. */
  instant: number;
  /** Why nothing was recorded at the clock's instant, where it is known. */
  gap: string | null;
  large: boolean;
  onLarge: (() => void) | null;
  onPicture: () => void;
}) {
  const { t } = useTranslation();
  const { second } = useSecond();
  const video = useRef<HTMLVideoElement>(null);
  const [state, setState] = useState<TileState>("loading");
  useEffect(() => {
    if (!video.current || !filmed) return;
    const address = `/api/video/viewings/${encodeURIComponent(viewing)}/playlists/${encodeURIComponent(camera)}`;
    const player = new Player(video.current, camera, address, clock, setState, films);
    return () => { player.end(); };
  }, [viewing, camera, clock, films, filmed]);
  const shown: TileState = filmed ? state : "gap";
  return (
    <figure className={wall["tile"]} data-camera={camera} data-state={shown}>
      <video ref={video} className={wall["film"]} muted playsInline tabIndex={-1} aria-label={t("video.pictureOf", { camera: label, at: second(instant) })} />
      {shown !== "showing" && (
        <p className={wall["why"]} role="status">
          <strong>{t(`video.tile.${shown}`)}</strong>
          {shown === "gap" && gap && <span>{t(`video.gap.${gap}`)}</span>}
          {(shown === "refused" || shown === "ended" || shown === "failed") && <span>{t(`video.tileNext.${shown}`)}</span>}
        </p>
      )}
      <figcaption className={wall["caption"]}>
        <span className={wall["name"]}>{label}</span>
        {shown === "showing" && <time dateTime={new Date(instant).toISOString()}>{second(instant)}</time>}
        <span className={wall["tools"]}>
          <IconButton icon="screen" size={16} label={t("video.picture", { camera: label })} isDisabled={shown !== "showing"} onPress={onPicture} />
          {onLarge && <IconButton icon="expand" size={16} label={t(large ? "video.small" : "video.large", { camera: label })} pressed={large} onPress={onLarge} />}
        </span>
      </figcaption>
    </figure>
  );
}
