/** Past files that this one may be taken from, each with why it is proposed. */
import { useTranslation } from "react-i18next";
import { useProposals, useReuseFile } from "@/api/dossier";
import { dateFormat, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage } from "@/state/city";
import { Button } from "@/ui/Button";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/features/tomorrow/dossier/Dossier.module.css";

export function Reuse({ planId, version, onDone }: { planId: string; version: number; onDone: () => void }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const proposals = useProposals(planId, true);
  const reuse = useReuseFile(planId);
  const day = (at: string): string => dateFormat(language, city.timezone, { day: "numeric", month: "long", year: "numeric" }).format(parseInstant(at) ?? 0);
  if (!proposals.data || proposals.data.length === 0) return null;
  return (
    <section className={styles["reuse"]} aria-label={t("dossier.reuse")}>
      <h3>{t("dossier.reuse")}</h3>
      <p className={styles["meta"]}>{t("dossier.reuseHint")}</p>
      {reuse.error && <ErrorNote error={reuse.error} />}
      <ul className={styles["items"]}>
        {proposals.data.map((one) => (
          <li key={one.plan_id} className={styles["line"]}>
            <span className={styles["what"]}>
              <span>{one.title}</span>
              <span className={styles["meta"]}>
                {[day(one.starts_at), t(`dossier.state.${one.state}`), one.same_kind ? t("dossier.sameKind") : null, one.same_venue ? t("dossier.sameVenue") : null, t("dossier.likeness", { share: Math.round(100 * one.title_likeness) })].filter(Boolean).join(" · ")}
              </span>
            </span>
            <Button isDisabled={reuse.isPending} onPress={() => { reuse.mutate({ version, from: one }, { onSuccess: onDone }); }}>{t("dossier.take")}</Button>
          </li>
        ))}
      </ul>
    </section>
  );
}
