/** The wall: indicators alone, in big type, read from five metres; nothing to press but the way back. */
import { useEffect } from "react";
import { useTranslation } from "react-i18next";
import { useIndicators } from "@/api/indicators";
import { usePlaceText } from "@/features/today/indicators/Indicators";
import { Tile } from "@/features/today/indicators/Tile";
import { instantText } from "@/lib/time";
import { useAgeText, useStaleText } from "@/parts/Age";
import { useCityContext, useLanguage, useNow } from "@/state/city";
import { setExtra } from "@/state/url";
import { IconButton } from "@/ui/Button";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/today/wall/Wall.module.css";

const MOST = 12;

export default function Wall() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(10_000);
  const found = useIndicators();
  const place = usePlaceText();
  const age = useAgeText();
  const staleText = useStaleText();
  useEffect(() => {
    const leave = (event: KeyboardEvent): void => { if (event.key === "Escape") setExtra({ wall: null }); };
    window.addEventListener("keydown", leave);
    return () => { window.removeEventListener("keydown", leave); };
  }, []);
  return (
    <section className={styles["wall"]} aria-label={t("indicators.wall")}>
      <header className={styles["head"]}>
        <h2>{city.name}</h2>
        <p className={found.data?.stale ? styles["stale"] : ""}>{found.data && (found.data.stale ? staleText(found.data.age_s) : t("indicators.age", { age: age(found.data.age_s) }))}</p>
        <p className={styles["clock"]}>{instantText(now, language, city.timezone, now)}</p>
        <IconButton icon="close" label={t("indicators.leaveWall")} onPress={() => { setExtra({ wall: null }); }} />
      </header>
      {found.isPending && <Loading rows={6} />}
      {found.error && <ErrorNote error={found.error} retry={() => void found.refetch()} />}
      {found.data?.items.length === 0 && <Empty title={t("indicators.none")} next={t("indicators.noneNextOther")} />}
      <div className={styles["grid"]}>
        {(found.data?.items ?? []).slice(0, MOST).map((one) => <Tile key={one.indicator_id} indicator={one} place={place(one.zone)} />)}
      </div>
      {(found.data?.items.length ?? 0) > MOST && <p className={styles["more"]}>{t("indicators.notShown", { count: (found.data?.items.length ?? 0) - MOST })}</p>}
    </section>
  );
}
