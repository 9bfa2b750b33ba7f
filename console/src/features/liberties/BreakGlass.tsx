/** Breaking the glass: one data set, one zone or fact, for minutes; written down, told, reviewed. */
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useBreakGlass, useGlasses, useReviewGlass } from "@/api/liberties";
import type { BrokenGlass } from "@/api/types";
import { ZoneFields } from "@/features/liberties/ZoneFields";
import { isReason, LEAST_REASON, MOST_REASON, tidyReason } from "@/lib/problem";
import { instantText, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage, useMay, useNow } from "@/state/city";
import { Button } from "@/ui/Button";
import { Select, TextField } from "@/ui/Fields";
import { Icon } from "@/ui/Icon";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/liberties/Liberties.module.css";

const DATASETS = ["facts", "narratives", "means"] as const;
const MOST_MINUTES = 60;

function useInstant(): (text: string) => string {
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  return (text) => instantText(parseInstant(text) ?? 0, language, city.timezone, now);
}

function Form() {
  const { t } = useTranslation();
  const instant = useInstant();
  const [dataset, setDataset] = useState<string>("facts");
  const [by, setBy] = useState<"zone" | "fact">("zone");
  const [zone, setZone] = useState("");
  const [fact, setFact] = useState("");
  const [minutes, setMinutes] = useState("30");
  const [reason, setReason] = useState("");
  const broken = useBreakGlass();
  const length = Number(minutes);
  const sound = isReason(reason) && Number.isInteger(length) && length >= 1 && length <= MOST_MINUTES && (by === "zone" ? zone !== "" : fact.trim() !== "");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    broken.mutate({ dataset, minutes: length, reason: tidyReason(reason), zone: by === "zone" ? zone : "", fact_id: by === "fact" ? fact.trim() : "" });
  };
  return (
    <form className={styles["form"]} onSubmit={submit}>
      <p className={styles["lead"]}>{t("glass.lead")}</p>
      <div className={styles["fields"]}>
        <Select label={t("glass.dataset")} value={dataset} options={DATASETS.map((id) => ({ id, text: t(`dataset.${id}`) }))} onChange={setDataset} />
        <Select label={t("glass.by")} value={by} onChange={(id) => { setBy(id === "fact" ? "fact" : "zone"); }} options={[{ id: "zone", text: t("glass.byZone") }, { id: "fact", text: t("glass.byFact") }]} />
        {by === "zone" ? <ZoneFields zone={zone} onZone={setZone} /> : <TextField label={t("glass.fact")} name="fact" isRequired maxLength={80} value={fact} onChange={setFact} />}
        <TextField label={t("glass.minutes")} name="minutes" type="number" min={1} max={MOST_MINUTES} isRequired value={minutes} onChange={setMinutes} />
        <div className={styles["wide"]}>
          <TextField label={t("glass.why")} name="reason" description={t("words.rule", { count: LEAST_REASON })} isRequired minLength={LEAST_REASON} maxLength={MOST_REASON} value={reason} onChange={setReason} />
        </div>
        <Button look="primary" type="submit" isDisabled={!sound || broken.isPending}>{t("glass.break")}</Button>
      </div>
      {broken.error && <ErrorNote error={broken.error} />}
      {broken.data && <p className={styles["proved"]} role="status"><Icon name="check" />{t("glass.open", { until: instant(broken.data.until), review: instant(broken.data.review_before) })}</p>}
    </form>
  );
}

function State({ glass }: { glass: BrokenGlass }) {
  const { t } = useTranslation();
  if (glass.reviewed_at) return <span className={styles[glass.verdict === "justified" ? "allowed" : "refused"]}><Icon name={glass.verdict === "justified" ? "check" : "warning"} size={14} />{t(`glass.verdict.${glass.verdict ?? "justified"}`)}</span>;
  return <span className={styles[glass.overdue ? "refused" : "waiting"]}><Icon name={glass.overdue ? "warning" : "clock"} size={14} />{t(glass.overdue ? "glass.overdue" : "glass.waits")}</span>;
}

function List() {
  const { t, i18n } = useTranslation();
  const instant = useInstant();
  const glasses = useGlasses(true);
  const review = useReviewGlass();
  if (glasses.isPending) return <Loading />;
  if (glasses.error) return <ErrorNote error={glasses.error} retry={() => void glasses.refetch()} />;
  if (glasses.data.length === 0) return <Empty title={t("glass.none")} next={t("glass.noneNext")} />;
  return (
    <>
      <p className={styles["lead"]}>{t("glass.reviewLead")}</p>
      {review.error && <ErrorNote error={review.error} />}
      <div className={styles["holder"]}>
        <table className={styles["table"]}>
          <caption className="visually-hidden">{t("liberties.tab.glass")}</caption>
          <thead>
            <tr>
              <th scope="col">{t("journal.who")}</th>
              <th scope="col">{t("glass.opened")}</th>
              <th scope="col">{t("glass.dataset")}</th>
              <th scope="col">{t("journal.reason")}</th>
              <th scope="col">{t("glass.review")}</th>
            </tr>
          </thead>
          <tbody>
            {glasses.data.map((glass) => (
              <tr key={glass.glass_id}>
                <th scope="row">{glass.name}<span className={styles["meta"]}>{glass.login}</span></th>
                <td className={styles["short"]}>{instant(glass.opened_at)}<span className={styles["meta"]}>{t("glass.until", { at: instant(glass.until) })}</span></td>
                <td>{i18n.exists(`dataset.${glass.dataset}`) ? t(`dataset.${glass.dataset}`) : glass.dataset}<span className={styles["meta"]}>{glass.zone ?? glass.fact_id}</span></td>
                <td className={styles["words"]}>{glass.reason}</td>
                <td>
                  <State glass={glass} />
                  {glass.reviewed_at && glass.reviewed_by && <span className={styles["meta"]}>{t("glass.reviewed", { by: glass.reviewed_by, at: instant(glass.reviewed_at) })}</span>}
                  {!glass.reviewed_at && (
                    <span className={styles["verdicts"]}>
                      {(["justified", "unjustified"] as const).map((verdict) => (
                        <Button key={verdict} isDisabled={review.isPending} onPress={() => { review.mutate({ id: glass.glass_id, verdict }); }}>{t(`glass.verdict.${verdict}`)}</Button>
                      ))}
                    </span>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </>
  );
}

export function BreakGlass() {
  const mayBreak = useMay("break_glass");
  const mayReview = useMay("review_glass");
  return (
    <>
      {mayBreak && <Form />}
      {mayReview && <List />}
    </>
  );
}
