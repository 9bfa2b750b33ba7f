/** The means of an event: where posts would stand and why, who works when, what fairness costs. A person chooses. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { USUAL, useAllocation, type Aim, type Means } from "@/api/allocation";
import { MeansForm } from "@/features/tomorrow/allocation/MeansForm";
import { Proposals } from "@/features/tomorrow/allocation/Proposals";
import { TakeOver } from "@/features/tomorrow/allocation/TakeOver";
import { usePostsOnMap } from "@/features/tomorrow/allocation/usePostsOnMap";
import type { EventTabProps } from "@/features/tomorrow/event/tabProps";
import { ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/tomorrow/allocation/Allocation.module.css";

export default function MeansTab({ planId }: EventTabProps) {
  const { t } = useTranslation();
  const [means, setMeans] = useState<Means>(USUAL);
  const [aim, setAim] = useState<Aim>("cover");
  const allocation = useAllocation(planId, means);
  const data = allocation.data;
  usePostsOnMap(data, aim);
  return (
    <>
      <p className={styles["lead"]}>{t("allocation.lead")}</p>
      <MeansForm means={means} given={data?.given ?? null} busy={allocation.isFetching} postsHelp={t("allocation.postsHelp")} onAsk={setMeans} />
      {allocation.isPending && <Loading rows={10} />}
      {allocation.error && <ErrorNote error={allocation.error} retry={() => void allocation.refetch()} />}
      {data && (
        <div className={allocation.isFetching ? styles["dimmed"] : undefined} aria-busy={allocation.isFetching}>
          <Proposals data={data} aim={aim} onAim={setAim} act={(proposal) => <TakeOver planId={planId} data={data} proposal={proposal} />} />
        </div>
      )}
    </>
  );
}
