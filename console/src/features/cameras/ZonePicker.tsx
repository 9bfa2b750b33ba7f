/** A zone drawn on a still picture of a viewing: by pointer, or by arrows and Enter. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState, type KeyboardEvent } from "react";
import { useTranslation } from "react-i18next";
import { fetchPicture } from "@/api/video";
import type { ProblemError } from "@/lib/problem";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/features/cameras/Cameras.module.css";
import look from "@/features/cameras/Search.module.css";

export type Corner = [number, number];

const [WIDTH, HEIGHT] = [1600, 900];
const STEP = 0.02;
const MOST = 40;

const within = (value: number): number => Math.min(1, Math.max(0, value));

function useStill(viewing: string, camera: string, at: number): { address: string | null; error: ProblemError | null } {
  const found = useQuery<Blob, ProblemError>({
    queryKey: ["video", "picture", viewing, camera, at], staleTime: Infinity, gcTime: 0, retry: false, queryFn: () => fetchPicture(viewing, camera, at),
  });
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    if (!found.data) return;
    const made = URL.createObjectURL(found.data);
    setAddress(made);
    return () => { URL.revokeObjectURL(made); };
  }, [found.data]);
  return { address, error: found.error };
}

export function ZonePicker({ viewing, camera, label, at, value, onChange }: {
  viewing: string; camera: string; label: string; at: number; value: readonly Corner[]; onChange: (ring: readonly Corner[]) => void;
}) {
  const { t } = useTranslation();
  const { address, error } = useStill(viewing, camera, at);
  const [pen, setPen] = useState<Corner>([0.5, 0.5]);
  const add = (corner: Corner): void => { if (value.length < MOST) onChange([...value, corner]); };
  const press = (event: KeyboardEvent): void => {
    const moves: Record<string, Corner> = { ArrowLeft: [-STEP, 0], ArrowRight: [STEP, 0], ArrowUp: [0, -STEP], ArrowDown: [0, STEP] };
    const move = moves[event.key];
    if (move) setPen([within(pen[0] + move[0]), within(pen[1] + move[1])]);
    else if (event.key === "Enter" || event.key === " ") add(pen);
    else if (event.key === "Backspace") onChange(value.slice(0, -1));
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  const points = value.map(([x, y]) => `${String(x * WIDTH)},${String(y * HEIGHT)}`).join(" ");
  return (
    <div className={look["zone"]}>
      <span className={look["legend"]} id="search-zone">{t("video.search.zone")}</span>
      <svg
        className={look["picture"]} viewBox={`0 0 ${String(WIDTH)} ${String(HEIGHT)}`} role="application" tabIndex={0} aria-labelledby="search-zone" aria-describedby="search-zone-how" data-testid="search-zone"
        onKeyDown={press}
        onClick={(event) => {
          const box = event.currentTarget.getBoundingClientRect();
          const corner: Corner = [within((event.clientX - box.left) / box.width), within((event.clientY - box.top) / box.height)];
          setPen(corner);
          add(corner);
        }}
      >
        {address && <image href={address} width={WIDTH} height={HEIGHT} preserveAspectRatio="none" />}
        {value.length > 2 ? <polygon className={look["ring"]} points={points} /> : <polyline className={look["ring"]} points={points} />}
        {value.map(([x, y], i) => <circle key={`${String(i)} ${String(x)} ${String(y)}`} className={look["corner"]} cx={x * WIDTH} cy={y * HEIGHT} r={14} />)}
        <path className={look["pen"]} d={`M${String(pen[0] * WIDTH - 40)} ${String(pen[1] * HEIGHT)}h80M${String(pen[0] * WIDTH)} ${String(pen[1] * HEIGHT - 40)}v80`} />
      </svg>
      {error && <ErrorNote error={error} />}
      <p className={styles["meta"]} id="search-zone-how">{t("video.search.zoneHow", { camera: label })}</p>
      <p className={styles["buttons"]}>
        <span className={styles["meta"]} role="status">{value.length < 3 ? t("video.search.whole") : t("video.search.corners", { count: value.length })}</span>
        <Button look="quiet" isDisabled={value.length === 0} onPress={() => { onChange([]); }}>{t("video.search.clear")}</Button>
      </p>
    </div>
  );
}
