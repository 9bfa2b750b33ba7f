/** The assessment of the impact on fundamental rights: its state, who signed it, and the text itself. */
import { useTranslation } from "react-i18next";
import type { Register } from "@/api/types";
import { dateFormat, instantText, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage, useNow } from "@/state/city";
import { Icon } from "@/ui/Icon";
import styles from "@/features/liberties/Liberties.module.css";

type Told = Register["assessment"];

function useDay(): (day: string) => string {
  const language = useLanguage();
  return (day) => dateFormat(language, "UTC", { day: "numeric", month: "long", year: "numeric" }).format(Date.parse(`${day}T12:00:00Z`));
}

function State({ told }: { told: Told }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const day = useDay();
  const held = told.state === "signed";
  const signed = told.signature;
  const demo = told.document?.demonstration === true;
  return (
    <>
      <p className={held ? styles["proved"] : told.required ? styles["broken"] : styles["note"]}>
        {(held || told.required) && <Icon name={held ? "check" : "warning"} />}
        <span>
          {t(`assessment.state.${told.state}`)} {told.required ? (held ? "" : t("assessment.closed")) : t(demo ? "assessment.demo" : "assessment.notRequired")}
        </span>
      </p>
      {demo && <p className={styles["note"]}><strong>{t("assessment.invented")}</strong></p>}
      {held && signed && (
        <p className={styles["note"]}>{t("assessment.signed", { who: signed.signed_by, function: signed.function, at: instantText(parseInstant(signed.signed_at) ?? 0, language, city.timezone, now), on: day(signed.review_by), line: signed.line })}</p>
      )}
      {told.sha256 !== "" && <p className={styles["note"]}>{t("assessment.hash")} <code>{told.sha256}</code></p>}
    </>
  );
}

export function AssessmentBlock({ told }: { told: Told }) {
  const { t } = useTranslation();
  const day = useDay();
  const text = told.document;
  return (
    <>
      <State told={told} />
      {text && (
        <details className={styles["fold"]}>
          <summary>{t("assessment.read")} <span className={styles["meta"]}>{text.deployer} · {t("assessment.version", { version: text.version })}</span></summary>
          <div lang="fr">
            <h4>{t("assessment.process")}</h4>
            <p className={styles["note"]}>{text.process}</p>
            <h4>{t("assessment.period")}</h4>
            <p className={styles["note"]}>{t("assessment.between", { first: day(text.period.first), last: day(text.period.last) })} {text.period.frequency}</p>
            <h4>{t("assessment.risks")}</h4>
            <div className={styles["holder"]}>
              <table className={styles["table"]}>
                <caption className="visually-hidden">{t("assessment.risks")}</caption>
                <thead><tr><th scope="col">{t("assessment.right")}</th><th scope="col">{t("assessment.harm")}</th><th scope="col">{t("assessment.groups")}</th><th scope="col">{t("assessment.measures")}</th></tr></thead>
                <tbody>
                  {text.risks.map((one) => (
                    <tr key={one.harm}><th scope="row">{one.right}</th><td className={styles["words"]}>{one.harm}</td><td className={styles["words"]}>{one.groups.join(", ")}</td><td className={styles["words"]}>{one.measures}</td></tr>
                  ))}
                </tbody>
              </table>
            </div>
            <h4>{t("assessment.oversight")}</h4>
            <p className={styles["note"]}>{text.oversight.who}. {text.oversight.how}</p>
            <h4>{t("assessment.remedies")}</h4>
            <p className={styles["note"]}>{text.remedies.governance}</p>
            <p className={styles["note"]}>{text.remedies.complaints} {text.remedies.contact}</p>
          </div>
        </details>
      )}
    </>
  );
}
