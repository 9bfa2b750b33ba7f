/** A proposal told whole: what is expected and on what it rests, posts with their reasons, times, prices, fairness, shifts. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import type { Aim, Allocation, Proposal } from "@/api/allocation";
import { CostTable } from "@/features/tomorrow/allocation/CostTable";
import { FairnessTable } from "@/features/tomorrow/allocation/FairnessTable";
import { PostList } from "@/features/tomorrow/allocation/PostList";
import { ResponseTimes } from "@/features/tomorrow/allocation/ResponseTimes";
import { ShiftTable } from "@/features/tomorrow/allocation/ShiftTable";
import { usePercent, useSpread } from "@/features/tomorrow/allocation/figures";
import { countText, metresText } from "@/lib/numbers";
import { Details } from "@/parts/Details";
import { useLanguage, useWords } from "@/state/city";
import { Icon } from "@/ui/Icon";
import { Segmented } from "@/ui/Segmented";
import styles from "@/features/tomorrow/allocation/Allocation.module.css";

export interface AnswerProps {
  data: Allocation;
  aim: Aim;
  onAim: (aim: Aim) => void;
  /** What may be done with the proposal shown. */
  act?: (proposal: Proposal) => ReactNode;
  /** Shown above the shifts. */
  hours?: ReactNode;
}

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
        <strong>{data.expected ? t(data.plan_id ? "allocation.expected" : "allocation.expectedDay", { value: spread(data.expected) }) : words(data.unknown)}</strong>{" "}
        {data.plan_id && (basis.brings ? t("allocation.brings", { value: spread(basis.brings), events: countText(basis.events, language) }) : t("allocation.noEffect"))}
      </p>
      <p className={styles["note"]}>
        {t("allocation.base", { facts: countText(basis.facts, language), weeks: countText(basis.weeks, language), left: countText(basis.left_out, language) })}{" "}
        {t("allocation.discovered", { share: percent(basis.discovered_share) })}
      </p>
    </section>
  );
}

export function proposalOf(data: Allocation, aim: Aim): Proposal | undefined {
  return data.proposals.find((one) => one.aim === aim) ?? data.proposals[0];
}

function Chosen({ data, aim, act, hours, onAim }: AnswerProps) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const spread = useSpread();
  const percent = usePercent();
  const proposal = proposalOf(data, aim);
  if (!proposal) {
    return (
      <>
        {!data.unknown && <p className={styles["lead"]}>{t("allocation.none")}</p>}
        {hours}
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
      {act?.(proposal)}
      <ResponseTimes response={proposal.response} units={proposal.posts.length} />
      <CostTable prices={data.prices} />
      <FairnessTable proposal={proposal} asked={data.given.district_floor} />
      {hours}
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

export function Proposals(props: AnswerProps) {
  return (
    <>
      <Basis data={props.data} />
      <Chosen {...props} />
    </>
  );
}
