/** Personal data that was sent and did not get in: refused by law at the door, or taken out of texts. */
import { useTranslation } from "react-i18next";
import { useQuarantine, useSources } from "@/api/queries";
import { countText } from "@/lib/numbers";
import { useLanguage, useMay, useWords } from "@/state/city";
import { goTo, setExtra } from "@/state/url";
import { Icon } from "@/ui/Icon";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/liberties/Liberties.module.css";

/** Contents refused for these reasons are kept nowhere: hash, size and reason stay (model/notices.py). */
const OF_LAW = ["authorisation_expired", "forbidden_column", "group_too_small", "identifier_column", "media_refused", "no_legal_grant"] as const;
/** Remarks of the door: what was dropped or scrubbed from records that got in. */
const SCRUBBED = ["dropped_personal", "redacted_text", "sensitive_words", "title_replaced"] as const;

function toSources(change: Record<string, string>): void {
  goTo("sources");
  setExtra(change, "replace");
}

export function PersonalData() {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const refused = useQuarantine({ source: null, code: null, state: null }, language);
  const sources = useSources(useMay("read_sources"));
  const error = refused.error ?? sources.error;
  if (error) return <ErrorNote error={error} retry={() => { void refused.refetch(); void sources.refetch(); }} />;
  if (!refused.data || !sources.data) return <Loading rows={6} />;
  const byCode = refused.data.pages[0]?.by_code ?? {};
  const law = OF_LAW.map((code) => ({ code, n: byCode[code] ?? 0 })).filter((one) => one.n > 0);
  const scrubbed = sources.data
    .map((source) => ({ source, counts: SCRUBBED.map((code) => source.notices[code] ?? 0) }))
    .filter((one) => one.counts.some((n) => n > 0))
    .sort((a, b) => b.counts.reduce((x, y) => x + y, 0) - a.counts.reduce((x, y) => x + y, 0));
  return (
    <>
      <p className={styles["lead"]}>{t("personal.lead")}</p>
      <section className={styles["block"]}>
        <h3>{t("personal.law")}</h3>
        <p className={styles["note"]}>{t("personal.lawNote")}</p>
        {law.length === 0 && <Empty title={t("personal.noLaw")} next={t("personal.noLawNext")} />}
        {law.length > 0 && (
          <ul className={styles["list"]}>
            {law.map(({ code, n }) => (
              <li key={code}>
                <span className={styles["refused"]}><Icon name="warning" size={14} />{t("personal.refused", { count: n, n: countText(n, language) })}</span>
                <button type="button" className={styles["link"]} onClick={() => { toSources({ tab: "quarantine", code }); }}>{t(`personal.code.${code}`)}</button>
              </li>
            ))}
          </ul>
        )}
      </section>
      <section className={styles["block"]}>
        <h3>{t("personal.scrubbed")}</h3>
        {scrubbed.length === 0 && <Empty title={t("personal.noScrubbed")} next={t("personal.noScrubbedNext")} />}
        {scrubbed.length > 0 && (
          <div className={styles["holder"]}>
            <table className={styles["table"]}>
              <caption className="visually-hidden">{t("personal.scrubbed")}</caption>
              <thead>
                <tr>
                  <th scope="col">{t("sources.source")}</th>
                  {SCRUBBED.map((code) => <th key={code} scope="col" className={styles["number"]}>{t(`personal.code.${code}`)}</th>)}
                </tr>
              </thead>
              <tbody>
                {scrubbed.map(({ source, counts }) => (
                  <tr key={source.source}>
                    <th scope="row"><button type="button" className={styles["link"]} onClick={() => { toSources({ of: source.source }); }}>{words(source.title) || source.source}</button></th>
                    {counts.map((n, i) => <td key={SCRUBBED[i]} className={styles["number"]}>{countText(n, language)}</td>)}
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        )}
      </section>
    </>
  );
}
