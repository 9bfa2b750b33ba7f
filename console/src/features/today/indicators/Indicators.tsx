/** Indicators in force as a grid of tiles, with the builder for those who may set them. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useEndIndicator, useIndicators, type Indicator } from "@/api/indicators";
import { useZoning } from "@/api/queries";
import { Builder } from "@/features/today/indicators/Builder";
import { Tile } from "@/features/today/indicators/Tile";
import { DISTRICTS } from "@/lib/wholeDays";
import { useAgeText, useStaleText } from "@/parts/Age";
import { zoneName } from "@/parts/zones";
import { setExtra } from "@/state/url";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/today/indicators/Indicators.module.css";

/** The name of an indicator's zone; of another zoning, its own code. */
export function usePlaceText(): (zone: string) => string {
  const { t } = useTranslation();
  const zoning = useZoning(DISTRICTS);
  const known = new Map((zoning.data?.features ?? []).map(zoneName).map((one) => [`${DISTRICTS}:${one.id}`, one.label]));
  return (zone) => (zone === "" ? t("indicators.city") : known.get(zone) ?? zone);
}

function Ending({ indicator }: { indicator: Indicator }) {
  const { t } = useTranslation();
  const end = useEndIndicator();
  const [asked, setAsked] = useState(false);
  if (!asked) return <Button look="quiet" onPress={() => { setAsked(true); }} aria-label={t("indicators.endOf", { title: indicator.title })}>{t("indicators.end")}</Button>;
  return (
    <p className={styles["acts"]}>
      <Button onPress={() => { end.mutate(indicator); }} isDisabled={end.isPending}>{t("indicators.endSure")}</Button>
      <Button look="quiet" onPress={() => { setAsked(false); }}>{t("indicators.keep")}</Button>
      {end.error && <ErrorNote error={end.error} />}
    </p>
  );
}

export function Indicators() {
  const { t } = useTranslation();
  const found = useIndicators();
  const place = usePlaceText();
  const age = useAgeText();
  const staleText = useStaleText();
  /** What stands in the builder: a new indicator, or the one that is changed. */
  const [building, setBuilding] = useState<Indicator | "new" | null>(null);
  if (found.isPending) return <Loading rows={6} />;
  if (found.error) return <ErrorNote error={found.error} retry={() => void found.refetch()} />;
  const { items, may_set: maySet, stale, age_s: ageS } = found.data;
  return (
    <div className={styles["indicators"]}>
      <p className={styles["acts"]}>
        {maySet && !building && <Button onPress={() => { setBuilding("new"); }}><Icon name="plus" size={14} />{t("indicators.add")}</Button>}
        <Button look="quiet" onPress={() => { setExtra({ wall: "1" }); }}><Icon name="screen" size={14} />{t("indicators.wall")}</Button>
      </p>
      <p className={[styles["quiet"], stale ? styles["stale"] : ""].join(" ")}>{stale ? staleText(ageS) : t("indicators.age", { age: age(ageS) })}</p>
      {building === "new" && <Builder onDone={() => { setBuilding(null); }} />}
      {items.length === 0 && !building && <Empty title={t("indicators.none")} next={t(maySet ? "indicators.noneNext" : "indicators.noneNextOther")} />}
      <div className={styles["grid"]}>
        {items.map((one) => (building !== null && building !== "new" && building.indicator_id === one.indicator_id
          ? <Builder key={one.indicator_id} before={building} onDone={() => { setBuilding(null); }} />
          : (
            <Tile key={one.indicator_id} indicator={one} place={place(one.zone)}>
              {maySet && (
                <div className={styles["acts"]}>
                  <Button look="quiet" aria-label={t("indicators.changeOf", { title: one.title })} onPress={() => { setBuilding(one); }}>{t("indicators.change")}</Button>
                  <Ending indicator={one} />
                </div>
              )}
            </Tile>
          )))}
      </div>
    </div>
  );
}
