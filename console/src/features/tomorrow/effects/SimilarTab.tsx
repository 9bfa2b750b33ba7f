/** What an event brings: foreseen or measured, past events alike against what is expected without event, and how far to believe it. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useEventEffect, useSimilar, type EffectFigures, type EffectHour, type EffectKind, type EffectRing, type SimilarPool } from "@/api/effects";
import { About, Basis, Placebo, Raw } from "@/features/tomorrow/effects/Checks";
import { Crossed } from "@/features/tomorrow/effects/Crossed";
import { EffectTable, type Line } from "@/features/tomorrow/effects/EffectTable";
import { HourChart } from "@/features/tomorrow/effects/HourChart";
import { SimilarList } from "@/features/tomorrow/effects/SimilarList";
import { useFigures } from "@/features/tomorrow/effects/figures";
import { metresText } from "@/lib/numbers";
import { useKindText, useLanguage, useMay, useWords } from "@/state/city";
import { Button } from "@/ui/Button";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import type { EventTabProps } from "@/features/tomorrow/event/tabProps";
import styles from "@/features/tomorrow/effects/Effects.module.css";

const FEW = 5;
const MANY = 20;

interface Tables { by_ring: readonly EffectRing[]; by_hour: readonly EffectHour[]; by_kind: readonly EffectKind[] }

function useLines(): { rings: (from: Tables) => Line[]; hours: (from: Tables) => Line[]; kinds: (from: Tables) => Line[] } {
  const { t } = useTranslation();
  const language = useLanguage();
  const kind = useKindText();
  return {
    rings: ({ by_ring }) => by_ring.map((line) => ({ id: String(line.to_m), name: t("effects.ring", { from: line.from_m === 0 ? "0" : metresText(line.from_m, language), to: metresText(line.to_m, language) }), line })),
    hours: ({ by_hour }) => by_hour.map((line) => ({ id: String(line.hour), name: t("effects.hourBin", { from: line.hour, to: line.hour + 1 }), line })),
    kinds: ({ by_kind }) => by_kind.map((line) => ({ id: line.kind ?? "", name: line.kind === null ? t("effects.otherKinds") : kind(line.kind), line })),
  };
}

function ThreeTables({ from, past }: { from: Tables; past: boolean }) {
  const { t } = useTranslation();
  const lines = useLines();
  return (
    <>
      <EffectTable caption={t("effects.byKind")} first={t("effects.kind")} lines={lines.kinds(from)} past={past} />
      <EffectTable caption={t("effects.byRing")} first={t("effects.distance")} lines={lines.rings(from)} past={past} />
      <details className={styles["fold"]}>
        <summary>{t("effects.byHour")}</summary>
        <EffectTable caption={t("effects.byHour")} first={t("effects.hour")} lines={lines.hours(from)} past={past} />
      </details>
    </>
  );
}

function Lead({ figures }: { figures: EffectFigures }) {
  const { t } = useTranslation();
  const { span, signedSpan, seen } = useFigures();
  const { whole, past } = figures;
  return (
    <section className={styles["block"]}>
      <h3>{t(past ? "effects.happened" : "effects.willBring")}</h3>
      <p className={styles["lead"]}>
        {past && whole.excess && whole.leaning && (
          <><strong>{t("effects.measured", { seen: seen(whole), without: span(whole.without), excess: signedSpan(whole.excess) })}</strong>{" "}
            {t("effects.leaning", { value: span(whole.leaning) })}</>
        )}
        {past && !whole.excess && <strong>{t("effects.eventWithheld", { without: span(whole.without) })}</strong>}
        {!past && <strong>{t("effects.foreseenLead", { effect: signedSpan(whole.effect), without: span(whole.without), total: span(whole.total) })}</strong>}
      </p>
      <p className={styles["note"]}>{t(past ? "effects.measuredNote" : "effects.foreseenNote")}</p>
      <HourChart hours={figures.by_hour} events={1} label={t("effects.chartOne")} />
      <ThreeTables from={figures} past={past} />
    </section>
  );
}

function Pool({ pool }: { pool: SimilarPool }) {
  const { t } = useTranslation();
  const { span, signedSpan, seen, count } = useFigures();
  const { whole } = pool;
  return (
    <section className={styles["block"]}>
      <h3>{t("effects.pooled", { count: pool.events, events: count(pool.events) })}</h3>
      <p className={styles["lead"]}>
        {whole.excess
          ? t("effects.pooledLead", { seen: seen(whole), without: span(whole.without), excess: signedSpan(whole.excess) })
          : t("effects.eventWithheld", { without: span(whole.without) })}
      </p>
      <HourChart hours={pool.by_hour} events={pool.events} label={t("effects.chartPool")} />
      <p className={styles["note"]}>{t("effects.chartNote")}</p>
      <ThreeTables from={pool} past />
      <Crossed table={pool.crossed} />
    </section>
  );
}

export default function SimilarTab({ planId }: EventTabProps) {
  const { t } = useTranslation();
  const words = useWords();
  const [k, setK] = useState(FEW);
  const allowed = useMay("run_analyses");
  const effect = useEventEffect(planId, allowed);
  const similar = useSimilar(planId, k, allowed);
  if (!allowed) return <Empty title={t("effects.closed")} next={t("effects.closedNext")} />;
  if (effect.error) return <ErrorNote error={effect.error} retry={() => void effect.refetch()} />;
  if (!effect.data) return <><p className={styles["note"]}>{t("effects.waiting")}</p><Loading rows={10} /></>;
  const { figures, why_not: whyNot, about } = effect.data;
  if (!figures) return <Empty title={words(whyNot) || t("effects.nothing")} next={t("effects.nothingNext")} />;
  const found = similar.data;
  return (
    <div className={styles["tab"]}>
      <Lead figures={figures} />
      <Placebo figures={figures} />
      {found?.pooled && <Pool pool={found.pooled} />}
      <section className={styles["block"]}>
        <h3>{t("effects.similar")}</h3>
        <p className={styles["note"]}>{t("effects.similarNote")}</p>
        {similar.error && <ErrorNote error={similar.error} retry={() => void similar.refetch()} />}
        {similar.isPending && <Loading rows={6} />}
        {found && found.items.length === 0 && <p className={styles["note"]}>{t("effects.none")}</p>}
        {found && <SimilarList events={found.items} />}
        {found && k === FEW && found.items.length === FEW && <div className={styles["more"]}><Button onPress={() => { setK(MANY); }}>{t("effects.moreEvents")}</Button></div>}
      </section>
      <Raw figures={figures} />
      <Basis figures={figures} />
      <About about={about} />
    </div>
  );
}
