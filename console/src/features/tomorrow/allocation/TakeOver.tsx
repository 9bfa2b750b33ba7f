/** Puts the proposal that a person has chosen into the event's file: as a new version, signed by that person. */
import { useTranslation } from "react-i18next";
import { useTakeOver, type Allocation, type Proposal } from "@/api/allocation";
import { useWords } from "@/state/city";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/features/tomorrow/allocation/Allocation.module.css";

export function TakeOver({ planId, data, proposal }: { planId: string; data: Allocation; proposal: Proposal }) {
  const { t } = useTranslation();
  const words = useWords();
  const taking = useTakeOver(planId);
  const take = (): void => {
    taking.mutate({
      why: t("allocation.why", { aim: t(`allocation.aim.${proposal.aim}`) }),
      from: data.from, to: data.to, perPost: data.given.per_post, firstAid: data.first_aid.map((one, i) => ({ ...one, name: t("allocation.firstAidName", { number: i + 1 }) })),
      posts: proposal.posts.map((post) => ({
        number: post.number, lon: post.lon, lat: post.lat, mission: words(post.reason),
        name: post.near ? t("allocation.postName", { number: post.number, place: post.near }) : t("allocation.post", { number: post.number }),
      })),
    });
  };
  return (
    <>
      <div className={styles["take"]}>
        <Button onPress={take} isDisabled={taking.isPending}>{t("allocation.take")}</Button>
        {taking.isSuccess && <span className={styles["good"]} role="status"><Icon name="check" size={14} />{t("allocation.taken", { version: taking.data })}</span>}
        <span className={styles["meta"]}>{t("allocation.takeNote")}</span>
      </div>
      {taking.error && <ErrorNote error={taking.error} />}
    </>
  );
}
