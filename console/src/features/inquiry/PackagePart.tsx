/** The sealed package: what it counts, its hash, its check here, and how anybody checks it elsewhere. */
import { useTranslation } from "react-i18next";
import { packageAddress, useVerify, type CaseDetail, type Requisition, type Verification } from "@/api/inquiry";
import { useTimes } from "@/features/inquiry/words";
import { downloadAddress } from "@/lib/download";
import { countText } from "@/lib/numbers";
import { useLanguage } from "@/state/city";
import { setExtra } from "@/state/url";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/features/inquiry/Inquiry.module.css";

function Checked({ told }: { told: Verification }) {
  const { t } = useTranslation();
  const times = useTimes();
  return (
    <>
      <p className={styles["said"]} data-tone={told.sound ? "good" : "bad"} role="status">
        <Icon name={told.sound ? "check" : "warning"} />
        <span>{told.sound ? t("inquiry.sound", { files: told.files, lines: told.lines, at: times(told.checked_at) }) : t("inquiry.altered", { file: told.file ?? "", why: told.why ?? "" })}</span>
      </p>
      <p className={styles["meta"]}>{t("inquiry.key")} <span className={styles["hash"]}>{told.key}</span></p>
    </>
  );
}

export function PackagePart({ found, one, member }: { found: CaseDetail; one: Requisition; member: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const times = useTimes();
  const verify = useVerify(found.case_id);
  const made = one.package;
  if (!made) return <section className={styles["part"]}><h3>{t("inquiry.package")}</h3><p className={styles["said"]} data-tone="bad">{t("inquiry.noPackage")}</p></section>;
  const open = found.state === "open";
  return (
    <section className={styles["part"]} aria-label={t("inquiry.package")}>
      <h3>{t("inquiry.package")}</h3>
      <dl className={styles["list"]}>
        {one.run_at && <><dt>{t("inquiry.usedAt")}</dt><dd>{times(one.run_at)}</dd></>}
        <dt>{t("inquiry.contents")}</dt>
        <dd>{Object.entries(made.counts).map(([store, n]) => `${t(`inquiry.store.${store}`)} ${countText(n, language)}`).join(" · ")}{"video" in made.counts ? "" : ` · ${t("inquiry.noVideo")}`}</dd>
        <dt>{t("inquiry.size")}</dt><dd>{t("inquiry.sizeFiles", { count: made.files, size: countText(Math.ceil(made.size / 1024), language) })}</dd>
        <dt>{t("inquiry.time")}</dt><dd>{t(`inquiry.stamp.${made.time}`)}</dd>
        <dt>{t("inquiry.sha256")}</dt><dd className={styles["hash"]}>{made.sha256}</dd>
      </dl>
      {open && (
        <p className={styles["acts"]}>
          {member && <Button look="primary" onPress={() => { downloadAddress(`${made.package_id}.zip`, packageAddress(found.case_id, made.package_id)); }}><Icon name="download" size={16} />{t("inquiry.download")}</Button>}
          <Button isDisabled={verify.isPending} onPress={() => { verify.mutate(made.package_id); }}><Icon name="shield" size={16} />{t("inquiry.verify")}</Button>
          {member && <Button look="quiet" onPress={() => { setExtra({ tab: "timeline", look: made.package_id }); }}>{t("inquiry.lookIn")}</Button>}
        </p>
      )}
      {!open && <p>{t("inquiry.packageGone")}</p>}
      {verify.error && <ErrorNote error={verify.error} />}
      {verify.data && <Checked told={verify.data} />}
      <p className={styles["meta"]}>{t("inquiry.elsewhere")}</p>
      <pre className={styles["exact"]} tabIndex={0} aria-label={t("inquiry.elsewhere")}>{`unzip ${made.package_id}.zip verify_evidence.py\npython3 -I verify_evidence.py ${made.package_id}.zip ${t("inquiry.keyWord")}`}</pre>
    </section>
  );
}
