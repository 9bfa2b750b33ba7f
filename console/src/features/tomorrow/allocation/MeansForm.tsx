/** What is asked for: how many posts of how many, in what time, by whom, under which conditions. */
import { useState, type ReactNode, type SyntheticEvent } from "react";
import { useTranslation } from "react-i18next";
import { FOOT_KMH, VEHICLE_KMH, type Allocation, type Means } from "@/api/allocation";
import { Button } from "@/ui/Button";
import { Checkbox, Select, TextField } from "@/ui/Fields";
import styles from "@/features/tomorrow/allocation/Allocation.module.css";

const FLOORS = ["0", "0.3", "0.5", "0.8"] as const;

function numberOr(text: string, otherwise: number | null): number | null {
  const value = Number(text.replace(",", "."));
  return text.trim() === "" || !Number.isFinite(value) ? otherwise : value;
}

export function MeansForm({ means, given, busy, postsHelp, children, onAsk }: {
  means: Means;
  given: Allocation["given"] | null;
  busy: boolean;
  postsHelp?: string;
  /** Fields that stand before these. */
  children?: ReactNode;
  onAsk: (means: Means) => void;
}) {
  const { t } = useTranslation();
  const [posts, setPosts] = useState(means.posts === null ? "" : String(means.posts));
  const [perPost, setPerPost] = useState(String(means.perPost));
  const [reach, setReach] = useState(String(means.reachMin));
  const [speed, setSpeed] = useState(String(means.speedKmh));
  const [available, setAvailable] = useState(means.available === null ? "" : String(means.available));
  const [floor, setFloor] = useState(String(means.floor));
  const [exposure, setExposure] = useState(means.exposure);
  const ask = (event: SyntheticEvent): void => {
    event.preventDefault();
    onAsk({
      posts: numberOr(posts, null),
      perPost: numberOr(perPost, means.perPost) ?? means.perPost,
      reachMin: numberOr(reach, means.reachMin) ?? means.reachMin,
      speedKmh: Number(speed),
      available: numberOr(available, null),
      floor: Number(floor),
      exposure,
    });
  };
  return (
    <form className={styles["form"]} onSubmit={ask} aria-label={t("allocation.form")}>
      <div className={styles["fields"]}>
        {children}
        <TextField label={t("allocation.posts")} type="number" inputMode="numeric" min={1} max={40} value={posts} onChange={setPosts} placeholder={given ? String(given.posts) : undefined} description={postsHelp} />
        <TextField label={t("allocation.perPost")} type="number" inputMode="numeric" min={1} max={20} value={perPost} onChange={setPerPost} />
        <TextField label={t("allocation.available")} type="number" inputMode="numeric" min={0} max={400} value={available} onChange={setAvailable} placeholder={t("allocation.asNeeded")} />
        <TextField label={t("allocation.reach")} type="number" inputMode="decimal" min={0.5} max={60} step={0.5} value={reach} onChange={setReach} />
        <Select
          label={t("allocation.move")}
          options={[{ id: String(FOOT_KMH), text: t("allocation.foot") }, { id: String(VEHICLE_KMH), text: t("allocation.vehicle") }]}
          value={speed}
          onChange={setSpeed}
        />
        <Select
          label={t("allocation.floor")}
          options={FLOORS.map((id) => ({ id, text: `${Math.round(100 * Number(id))} %` }))}
          value={floor}
          onChange={setFloor}
        />
      </div>
      <div className={styles["ask"]}>
        <Checkbox isSelected={exposure} onChange={setExposure}>{t("allocation.exposure")}</Checkbox>
        <Button type="submit" look="primary" isDisabled={busy}>{t(busy ? "allocation.asking" : "allocation.ask")}</Button>
      </div>
    </form>
  );
}
