/** What can be checked by anybody: the head of the audit, the requirements and their tests, and how to do it. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAuditHead, useRegister } from "@/api/liberties";
import type { Register } from "@/api/types";
import { CopyText } from "@/parts/CopyText";
import { countText } from "@/lib/numbers";
import { readCheckpoint } from "@/lib/proof";
import { useLanguage } from "@/state/city";
import { Icon } from "@/ui/Icon";
import { ErrorNote, Loading } from "@/ui/Notes";
import { Segmented } from "@/ui/Segmented";
import styles from "@/features/liberties/Liberties.module.css";

const COMMANDS = ["vigie audit export DOSSIER", "vigie audit verifier > verifier.py", "python3 verifier.py DOSSIER"].join("\n");

type Requirement = Register["requirements"][number];
type Shown = "all" | "proved" | "waiting";

const isProved = (one: Requirement): boolean => one.proofs.length > 0;

function Requirements({ all }: { all: readonly Requirement[] }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const [shown, setShown] = useState<Shown>("all");
  const proved = all.filter(isProved).length;
  const rows = all.filter((one) => shown === "all" || isProved(one) === (shown === "proved"));
  return (
    <>
      <p className={styles["note"]}>{t("proofs.counted", { count: all.length, proved: countText(proved, language), waiting: countText(all.length - proved, language) })}</p>
      <p className={styles["tools"]}>
        <Segmented<Shown> label={t("proofs.show")} value={shown} onChange={setShown} options={(["all", "proved", "waiting"] as const).map((id) => ({ id, text: t(`proofs.shown.${id}`) }))} />
      </p>
      <div className={styles["holder"]}>
        <table className={styles["table"]}>
          <caption className="visually-hidden">{t("proofs.requirements")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("proofs.id")}</th>
              <th scope="col">{t("proofs.state")}</th>
              <th scope="col">{t("proofs.says")}</th>
              <th scope="col">{t("proofs.tests")}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((one) => (
              <tr key={one.id}>
                <th scope="row" className={styles["short"]}>{one.id}</th>
                <td>
                  <span className={isProved(one) ? styles["allowed"] : styles["waiting"]}><Icon name={isProved(one) ? "check" : "clock"} size={14} />{t(isProved(one) ? "proofs.proved" : "proofs.waits")}</span>
                  {!isProved(one) && one.waits && <span className={styles["meta"]}>{one.waits}</span>}
                </td>
                <td className={styles["words"]}>{one[language]}<span className={styles["meta"]}>{one.basis}</span></td>
                <td className={styles["file"]}>{isProved(one) && <details><summary>{t("proofs.testsCount", { count: one.proofs.length })}</summary>{one.proofs.map((proof) => <code key={proof}>{proof}</code>)}</details>}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

export function Proofs() {
  const { t } = useTranslation();
  const language = useLanguage();
  const head = useAuditHead();
  const register = useRegister();
  const told = head.data ? readCheckpoint(head.data) : null;
  return (
    <>
      <p className={styles["lead"]}>{t("proofs.lead")}</p>
      <section className={styles["block"]}>
        <h3>{t("proofs.head")}</h3>
        {head.isPending && <Loading rows={2} />}
        {head.error && <ErrorNote error={head.error} retry={() => void head.refetch()} />}
        {told && <p className={styles["note"]}>{t("proofs.headSays", { count: told.size, n: countText(told.size, language), name: told.name })}</p>}
        {head.data && <div className={styles["inset"]}><CopyText label={t("proofs.head")} text={head.data} /></div>}
      </section>
      <section className={styles["block"]}>
        <h3>{t("proofs.how")}</h3>
        <p className={styles["note"]}>{t("proofs.howNote")}</p>
        <div className={styles["inset"]}><CopyText label={t("proofs.how")} text={COMMANDS} /></div>
      </section>
      <section className={styles["block"]}>
        <h3>{t("proofs.requirements")}</h3>
        {register.isPending && <Loading rows={8} />}
        {register.error && <ErrorNote error={register.error} retry={() => void register.refetch()} />}
        {register.data && <Requirements all={register.data.requirements} />}
      </section>
    </>
  );
}
