/** The means of an event: where posts would stand and why, who works when, what fairness costs. A person chooses. */
import { useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { USUAL, useAllocation, type Aim, type Allocation, type Means } from "@/api/allocation";
import { CostTable } from "@/features/tomorrow/allocation/CostTable";
import { FairnessTable } from "@/features/tomorrow/allocation/FairnessTable";
import { MeansForm } from "@/features/tomorrow/allocation/MeansForm";
import { PostList } from "@/features/tomorrow/allocation/PostList";
import { ResponseTimes } from "@/features/tomorrow/allocation/ResponseTimes";
import { ShiftTable } from "@/features/tomorrow/allocation/ShiftTable";
import { TakeOver } from "@/features/tomorrow/allocation/TakeOver";
import { usePercent, useSpread } from "@/features/tomorrow/allocation/figures";
import type { Box } from "@/lib/bbox";
import { countText, metresText } from "@/lib/numbers";
import { Details } from "@/parts/Details";
import { useLanguage, useWords } from "@/state/city";
import { useMapPosts, type PostMark } from "@/state/mapPosts";
import { command } from "@/state/mapStage";
import { Icon } from "@/ui/Icon";
import { ErrorNote, Loading } from "@/ui/Notes";
import { Segmented } from "@/ui/Segmented";
import type { EventTabProps } from "@/features/tomorrow/event/tabProps";
import styles from "@/features/tomorrow/allocation/Allocation.module.css";

const DETOUR = 1.3;

function Basis({ data }: { data: Allocation }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const spread = useSpread();
  const percent = usePercent();
  const { basis } = data;
  return (
    <section className={styles["block"]}>
      <p className={styles["lead"]}>
        <strong>{data.expected ? t("allocation.expected", { value: spread(data.expected) }) : words(data.unknown)}</strong>{" "}
        {basis.brings ? t("allocation.brings", { value: spread(basis.brings), events: countText(basis.events, language) }) : t("allocation.noEffect")}
      </p>
      <p className={styles["note"]}>
        {t("allocation.base", { facts: countText(basis.facts, language), weeks: countText(basis.weeks, language), left: countText(basis.left_out, language) })}{" "}
        {t("allocation.discovered", { share: percent(basis.discovered_share) })}
      </p>
    </section>
  );
}

function Chosen({ data, aim, planId, onAim }: { data: Allocation; aim: Aim; planId: string; onAim: (aim: Aim) => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const spread = useSpread();
  const percent = usePercent();
  const proposal = data.proposals.find((one) => one.aim === aim) ?? data.proposals[0];
  if (!proposal) {
    return (
      <>
        {!data.unknown && <p className={styles["lead"]}>{t("allocation.none")}</p>}
        <ShiftTable shifts={data.shifts} />
        <p className={styles["note"]}>{words(data.limits)}</p>
      </>
    );
  }
  return (
    <>
      <section className={styles["block"]}>
        <h3>{t("allocation.proposals")}</h3>
        <div className={styles["inset"]}>
          <Segmented<Aim>
            label={t("allocation.proposals")}
            options={data.proposals.map((one) => ({ id: one.aim, text: t(`allocation.aim.${one.aim}`) }))}
            value={proposal.aim}
            onChange={onAim}
          />
        </div>
        <p className={styles["note"]}>{t(`allocation.aimWords.${proposal.aim}`)}</p>
        <p className={proposal.status === "optimal" ? styles["good"] : styles["care"]}>
          <Icon name={proposal.status === "optimal" ? "check" : "warning"} />
          {proposal.status === "optimal" ? t("allocation.proved") : t("allocation.gap", { gap: percent(proposal.gap ?? 1) })}{" "}
          {t("allocation.reached", { value: spread(proposal.reached), minutes: Math.round(data.given.reach_s / 60) })}
        </p>
        {proposal.firm.map((one) => (
          <p key={one.demand} className={styles["note"]}>
            {t(`allocation.firm.${one.demand}`, { served: percent(one.served), best: percent(one.best), same: one.same, posts: proposal.posts.length })}
          </p>
        ))}
      </section>
      <PostList posts={proposal.posts} />
      <TakeOver planId={planId} data={data} proposal={proposal} />
      <ResponseTimes response={proposal.response} units={proposal.posts.length} />
      <CostTable prices={data.prices} />
      <FairnessTable proposal={proposal} asked={data.given.district_floor} />
      <ShiftTable shifts={data.shifts} />
      {data.first_aid.some((one) => one.gap !== 0) && <p className={styles["care"]}><Icon name="warning" />{t("allocation.firstAidGap", { gap: percent(data.first_aid[0]?.gap ?? 1) })}</p>}
      <Details
        title={t("allocation.firstAid")}
        items={data.first_aid.map((one, i) => ({
          term: t("allocation.firstAidTerm", { number: i + 1 }),
          value: t("allocation.firstAidValue", { share: percent(one.share), mean: metresText(one.mean_m, language), farthest: metresText(one.farthest_m, language) }),
        }))}
      />
      <p className={styles["note"]}>{words(data.limits)}</p>
    </>
  );
}

export default function MeansTab({ planId }: EventTabProps) {
  const { t } = useTranslation();
  const [means, setMeans] = useState<Means>(USUAL);
  const [aim, setAim] = useState<Aim>("cover");
  const allocation = useAllocation(planId, means);
  const data = allocation.data;
  const marks = useMemo<PostMark[]>(() => {
    const proposal = data?.proposals.find((one) => one.aim === aim) ?? data?.proposals[0];
    if (!data || !proposal) return [];
    const posts = proposal.posts.map<PostMark>((post) => ({
      kind: "post", lon: post.lon, lat: post.lat, text: String(post.number), reachM: data.given.reach_m / DETOUR, chosen: false,
    }));
    return [...posts, ...data.first_aid.map<PostMark>((post) => ({ kind: "first_aid", lon: post.lon, lat: post.lat, text: "+", reachM: 0, chosen: false }))];
  }, [data, aim]);
  useMapPosts(marks);
  const first = marks[0];
  const box = first ? marks.reduce<Box>((b, one) => [Math.min(b[0], one.lon), Math.min(b[1], one.lat), Math.max(b[2], one.lon), Math.max(b[3], one.lat)], [first.lon, first.lat, first.lon, first.lat]) : null;
  const seen = box?.join() ?? "";
  useEffect(() => {
    const [west, south, east, north] = seen.split(",").map(Number);
    if (west !== undefined && south !== undefined && east !== undefined && north !== undefined) command({ type: "fit", box: [west, south, east, north] });
  }, [seen]);
  return (
    <>
      <p className={styles["lead"]}>{t("allocation.lead")}</p>
      <MeansForm means={means} given={data?.given ?? null} busy={allocation.isFetching} onAsk={setMeans} />
      {allocation.isPending && <Loading rows={10} />}
      {allocation.error && <ErrorNote error={allocation.error} retry={() => void allocation.refetch()} />}
      {data && (
        <div className={allocation.isFetching ? styles["dimmed"] : undefined} aria-busy={allocation.isFetching}>
          <Basis data={data} />
          <Chosen data={data} aim={aim} planId={planId} onAim={setAim} />
        </div>
      )}
    </>
  );
}
