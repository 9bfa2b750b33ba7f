/** Puts the proposal that a person has chosen into the event's file: confirmed, as a new version, with its basis as the reason. */
import { useState } from "react";
import { Heading } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { useTakeOver, type Allocation, type Proposal } from "@/api/allocation";
import { useClock, usePercent, useSpread } from "@/features/tomorrow/allocation/figures";
import { countText } from "@/lib/numbers";
import type { Pause } from "@/lib/rota";
import { useLanguage, useWords } from "@/state/city";
import { Button } from "@/ui/Button";
import { Checkbox } from "@/ui/Fields";
import { Icon } from "@/ui/Icon";
import { ModalDialog } from "@/ui/ModalDialog";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/features/tomorrow/allocation/Allocation.module.css";

/** The longest line of a file. */
const LINE = 200;

/** What the proposal rests on, in one sentence: kept with the version as its reason. */
function useBasis(data: Allocation, proposal: Proposal): (withShifts: boolean) => string {
  const { t } = useTranslation();
  const language = useLanguage();
  const spread = useSpread();
  const percent = usePercent();
  const { basis, shifts } = data;
  return (withShifts) => [
    t(withShifts ? "allocation.why" : "allocation.whyPosts", { aim: t(`allocation.aim.${proposal.aim}`) }),
    data.expected ? t("allocation.whyExpected", { value: spread(data.expected), facts: countText(basis.facts, language), weeks: countText(basis.weeks, language), events: countText(basis.events, language) }) : "",
    proposal.status === "optimal" ? t("allocation.proved") : t("allocation.gap", { gap: percent(proposal.gap ?? 1) }),
    t("allocation.floorKept", { kept: percent(proposal.floor) }),
    withShifts ? t("allocation.whyShifts", { people: countText(shifts.people, language), hours: countText(shifts.hours, language), source: shifts.rules.source }) : "",
  ].filter(Boolean).join(" ");
}

/** The breaks of a shift as a note of the file. */
function useBreaks(): (breaks: readonly Pause[]) => string {
  const { t } = useTranslation();
  const clock = useClock();
  return (breaks) => {
    if (breaks.length === 0) return "";
    const told = breaks.map((one) => t("allocation.break", { hour: clock(one.at), people: one.people })).join(" · ");
    return t("allocation.shiftNote", { told }).slice(0, LINE);
  };
}

export function TakeOver({ planId, data, proposal }: { planId: string; data: Allocation; proposal: Proposal }) {
  const { t } = useTranslation();
  const words = useWords();
  const clock = useClock();
  const taking = useTakeOver(planId);
  const basis = useBasis(data, proposal);
  const breaks = useBreaks();
  const [open, setOpen] = useState(false);
  const [wanted, setWanted] = useState(true);
  const shifts = data.shifts.shifts;
  const withShifts = wanted && shifts.length > 0;
  const take = (): void => {
    taking.mutate({
      why: basis(withShifts),
      from: data.from, to: data.to, perPost: data.given.per_post, firstAid: data.first_aid.map((one, i) => ({ ...one, name: t("allocation.firstAidName", { number: i + 1 }) })),
      posts: proposal.posts.map((post) => ({
        number: post.number, lon: post.lon, lat: post.lat, mission: words(post.reason),
        name: post.near ? t("allocation.postName", { number: post.number, place: post.near }) : t("allocation.post", { number: post.number }),
      })),
      shifts: withShifts ? shifts : [],
      noteOf: breaks,
    }, { onSuccess: () => { setOpen(false); } });
  };
  const done = taking.data;
  return (
    <>
      <div className={styles["take"]}>
        <Button onPress={() => { taking.reset(); setOpen(true); }} isDisabled={taking.isPending}>{t("allocation.take")}</Button>
        {done && (
          <span className={styles["good"]} role="status">
            <Icon name="check" size={14} />{t("allocation.taken", { version: done.version })}{done.lost > 0 && ` ${t("allocation.lost", { count: done.lost })}`}
          </span>
        )}
        <span className={styles["meta"]}>{t("allocation.takeNote")}</span>
      </div>
      <ModalDialog isOpen={open} onClose={() => { setOpen(false); }}>
        <Heading slot="title">{t("allocation.take")}</Heading>
        <p>{t("allocation.takePosts", { count: proposal.posts.length, people: data.given.per_post, from: clock(data.from), to: clock(data.to) })}</p>
        {shifts.length > 0 && <Checkbox isSelected={wanted} onChange={setWanted}>{t("allocation.takeShifts", { count: shifts.length, people: data.shifts.people })}</Checkbox>}
        {withShifts && !data.shifts.feasible && <p className={styles["bad"]}><Icon name="warning" />{t("allocation.takeLacking")}</p>}
        <p>{t("allocation.takeReplaces")}</p>
        <p><strong>{t("allocation.takeWhy")}</strong> {basis(withShifts)}</p>
        {taking.error && <ErrorNote error={taking.error} />}
        <div className={styles["decide"]}>
          <Button look="primary" onPress={take} isDisabled={taking.isPending}>{t("allocation.confirm")}</Button>
          <Button onPress={() => { setOpen(false); }}>{t("allocation.cancel")}</Button>
        </div>
      </ModalDialog>
    </>
  );
}
