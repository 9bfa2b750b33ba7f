/** After the event: planned, expected and happened side by side; what is entered of it; the lessons. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useAfterAction, useEventFile, useSaveFile, type AfterAction, type Content, type EventFile } from "@/api/dossier";
import type { EventTabProps } from "@/features/tomorrow/event/tabProps";
import { AfterForm, type After } from "@/features/tomorrow/dossier/AfterForm";
import { Foreseen } from "@/features/tomorrow/dossier/Foreseen";
import { RingTable } from "@/features/tomorrow/dossier/RingTable";
import { countText, decimalText } from "@/lib/numbers";
import { instantText, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage, useNow } from "@/state/city";
import { Button } from "@/ui/Button";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/tomorrow/dossier/Dossier.module.css";

function Attendance({ found }: { found: AfterAction }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { planned, entered, entered_source, seen } = found.attendance;
  const n = (value: number | null): string => (value === null ? "–" : countText(value, language));
  return (
    <section className={styles["plain"]}>
      <h3>{t("dossier.after.attendance")}</h3>
      <table className={styles["table"]}>
        <thead><tr><th scope="col">{t("dossier.after.what")}</th><th scope="col">{t("dossier.after.value")}</th><th scope="col">{t("dossier.after.interval")}</th><th scope="col">{t("dossier.after.base")}</th></tr></thead>
        <tbody>
          <tr><th scope="row">{t("dossier.after.planned")}</th><td>{n(planned.likely)}</td><td>{n(planned.low)} – {n(planned.high)}</td><td>{t("dossier.after.fromPlan")}</td></tr>
          <tr><th scope="row">{t("dossier.after.seen")}</th><td>{seen ? n(seen.excess) : "–"}</td><td>{seen ? `${n(seen.low)} – ${n(seen.high)}` : "–"}</td><td>{seen ? t("dossier.after.seenBase", { most: n(seen.most), usual: n(seen.usual), places: seen.places, weeks: seen.controls }) : t("dossier.after.noPresence")}</td></tr>
          <tr><th scope="row">{t("dossier.after.entered")}</th><td>{n(entered)}</td><td>–</td><td>{entered_source ?? "–"}</td></tr>
        </tbody>
      </table>
    </section>
  );
}

function Means({ found }: { found: AfterAction }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const rows = found.after.used ?? [];
  const n = (value: number | null | undefined): string => (value === null || value === undefined ? "–" : countText(value, language));
  return (
    <section className={styles["plain"]}>
      <h3>{t("dossier.after.means")}</h3>
      <p className={styles["meta"]}>{t("dossier.after.meansBase", { hours: decimalText(found.means.hours, language, 0), people: countText(Object.values(found.means.headcount).reduce((sum, one) => sum + one, 0), language) })}</p>
      {rows.length > 0 && (
        <table className={styles["table"]}>
          <thead><tr><th scope="col">{t("dossier.after.what")}</th><th scope="col">{t("dossier.after.planned")}</th><th scope="col">{t("dossier.after.used")}</th></tr></thead>
          <tbody>{rows.map((one) => <tr key={one.id}><th scope="row">{one.what}</th><td>{n(one.planned)}</td><td>{n(one.used)}</td></tr>)}</tbody>
        </table>
      )}
    </section>
  );
}

function Story({ found }: { found: AfterAction }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const line = found.after.timeline ?? [];
  return (
    <section className={styles["plain"]}>
      <h3>{t("dossier.after.clashes")}</h3>
      {found.clashes.length === 0 && <p className={styles["meta"]}>{t("dossier.after.noClash")}</p>}
      <ul className={styles["versions"]}>{found.clashes.map((one) => <li key={`${one.rule}${one.from}`}>{one.explanation[language]}</li>)}</ul>
      <h3>{t("dossier.after.timeline")}</h3>
      {line.length === 0 && <p className={styles["meta"]}>{t("dossier.none")}</p>}
      <ol className={styles["versions"]}>
        {[...line].sort((a, b) => a.at.localeCompare(b.at)).map((one) => <li key={one.id}><strong>{instantText(parseInstant(one.at) ?? 0, language, city.timezone, now)}</strong> {one.text}</li>)}
      </ol>
      <h3>{t("dossier.after.lessons")}</h3>
      <p className={styles["told"]}>{found.after.lessons ?? t("dossier.none")}</p>
    </section>
  );
}

function Entry({ file }: { file: EventFile }) {
  const { t } = useTranslation();
  const save = useSaveFile(file.plan_id);
  const [after, setAfter] = useState<After | null>(null);
  const content = file.content;
  const shown = (after ?? content.after ?? {}) as After;
  const keep = (): void => {
    save.mutate({ version: file.version, content: { ...content, after: shown } as Content, state: file.state, why: t("dossier.after.why") }, { onSuccess: () => { setAfter(null); } });
  };
  if (file.state === "closed" || !file.may_alter) return <p className={styles["meta"]}>{t("dossier.after.fixed")}</p>;
  return (
    <details className={styles["section"]}>
      <summary><h3>{t("dossier.after.enter")}</h3></summary>
      <p className={styles["meta"]}>{t("dossier.after.scrubHint")}</p>
      <AfterForm value={shown} day={file.starts_at} onChange={setAfter} />
      {save.error && <ErrorNote error={save.error} />}
      <p className={styles["tools"]}><Button look="primary" isDisabled={after === null || save.isPending} onPress={keep}>{t("dossier.save")}</Button></p>
    </details>
  );
}

export default function AfterTab({ planId }: EventTabProps) {
  const { t } = useTranslation();
  const found = useAfterAction(planId);
  const file = useEventFile(planId);
  if (found.error) return <ErrorNote error={found.error} retry={() => void found.refetch()} />;
  if (!found.data || !file.data) return <Loading rows={10} />;
  return (
    <div className={styles["file"]}>
      {!found.data.over && <Empty title={t("dossier.after.notOver")} next={t("dossier.after.notOverNext")} />}
      {found.data.foreseen && <Foreseen found={found.data.foreseen} />}
      <Attendance found={found.data} />
      {found.data.over && <RingTable found={found.data} />}
      <Means found={found.data} />
      <Story found={found.data} />
      <Entry key={file.data.version} file={file.data} />
    </div>
  );
}
