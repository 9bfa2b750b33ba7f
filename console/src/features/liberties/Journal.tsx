/** Who looked at what. Reading it needs a reason, and is the next line. */
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useAudit, type AuditReading } from "@/api/liberties";
import type { AuditLine } from "@/api/types";
import { isReason, LEAST_REASON, MOST_REASON, tidyReason } from "@/lib/problem";
import { DAY, instantText, parseInstant, rfc3339 } from "@/lib/time";
import { useCityContext, useLanguage, useNow } from "@/state/city";
import { setExtra, useUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { Select, TextField } from "@/ui/Fields";
import { Icon } from "@/ui/Icon";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/liberties/Liberties.module.css";

const VERBS = ["collect", "alter", "consult", "disclose", "combine", "erase"] as const;
const OUTCOMES = ["allowed", "refused"] as const;
const WINDOWS = { day: 1, week: 7, month: 30, year: 365 } as const;
const DATASETS = [
  "facts", "narratives", "raw_rows", "quarantine", "means", "alerts", "figures", "measures", "plans", "places", "sources",
  "accounts", "audit", "retention", "keys", "breakglass", "delegations", "charter", "register", "budget", "originals", "journal", "forecasts", "rights_requests",
  "cameras", "recordings", "detections", "detection_grants", "requisitions", "cases", "vault", "shift", "event_files", "public_messages", "authorisations",
] as const;
const ANY = "-";

function Outcome({ outcome }: { outcome: AuditLine["outcome"] }) {
  const { t } = useTranslation();
  return (
    <span className={styles[outcome]}>
      <Icon name={outcome === "refused" ? "warning" : "check"} size={14} />
      {t(`journal.outcome.${outcome}`)}
    </span>
  );
}

/** What was asked for, as the line tells it: names and values, known names in words. */
function Subject({ subject }: { subject: AuditLine["subject"] }) {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const text = (name: string, value: unknown): string => {
    if (typeof value === "number" && name.endsWith("_us")) return instantText(value / 1000, language, city.timezone, now);
    return Array.isArray(value) ? value.join(", ") : String(value);
  };
  const entries = Object.entries(subject).filter(([, value]) => value !== "" && value !== null && !(Array.isArray(value) && value.length === 0));
  return (
    <>
      {entries.map(([name, value]) => (
        <span key={name} className={styles["pair"]}>
          <span>{i18n.exists(`subject.${name}`) ? t(`subject.${name}`) : name}</span>
          {text(name, value)}
        </span>
      ))}
    </>
  );
}

function Lines({ lines, chosen }: { lines: readonly AuditLine[]; chosen: string | null }) {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const word = (prefix: string, id: string): string => (i18n.exists(`${prefix}.${id}`) ? t(`${prefix}.${id}`) : id);
  return (
    <div className={styles["holder"]}>
      <table className={styles["table"]}>
        <caption className="visually-hidden">{t("liberties.tab.journal")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("journal.when")}</th>
            <th scope="col">{t("journal.who")}</th>
            <th scope="col">{t("journal.act")}</th>
            <th scope="col">{t("journal.outcomeTitle")}</th>
            <th scope="col">{t("journal.reason")}</th>
            <th scope="col">{t("journal.subject")}</th>
            <th scope="col">{t("journal.proof")}</th>
          </tr>
        </thead>
        <tbody>
          {lines.map((line) => (
            <tr key={line.index} data-chosen={String(line.index) === chosen}>
              <td className={styles["short"]}>{instantText(parseInstant(line.at) ?? 0, language, city.timezone, now)}</td>
              <th scope="row">{line.who}<span className={styles["meta"]}>{word("role", line.role)}</span></th>
              <td>{word("verb", line.verb)} · {word("dataset", line.dataset)}<span className={styles["meta"]}>{word("purpose", line.purpose)}</span></td>
              <td><Outcome outcome={line.outcome} /></td>
              <td className={styles["words"]}>
                {line.reason || "–"}
                {line.case && <span className={styles["meta"]}>{t("journal.caseOf", { name: line.case })}</span>}
                {line.recipient && <span className={styles["meta"]}>{t("journal.to", { name: line.recipient })}</span>}
              </td>
              <td className={styles["words"]}><Subject subject={line.subject} /></td>
              <td><button type="button" className={styles["link"]} aria-label={t("journal.proofOf", { index: line.index })} onClick={() => { setExtra({ line: String(line.index) }); }}>{line.index}</button></td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

export function Journal() {
  const { t } = useTranslation();
  const { extra } = useUrl();
  const now = useNow(60_000);
  const [reason, setReason] = useState("");
  const [file, setFile] = useState("");
  const [who, setWho] = useState(extra["who"] ?? "");
  const [reading, setReading] = useState<AuditReading | null>(null);
  const audit = useAudit(reading, (given, page) => t("journal.pageReason", { reason: given, page }).slice(0, MOST_REASON));
  const window = (Object.keys(WINDOWS) as (keyof typeof WINDOWS)[]).find((one) => one === extra["window"]) ?? "week";
  const verb = VERBS.find((one) => one === extra["verb"]) ?? null;
  const dataset = DATASETS.find((one) => one === extra["dataset"]) ?? null;
  const outcome = OUTCOMES.find((one) => one === extra["outcome"]) ?? null;
  const given = tidyReason(reason);
  const repeated = reading !== null && given.toLowerCase() === reading.reason.toLowerCase();
  const any = { id: ANY, text: t("journal.any") };
  const set = (name: string) => (id: string): void => { setExtra({ [name]: id === ANY ? null : id }, "replace"); };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    setExtra({ line: null, who: who.trim() }, "replace");
    setReading({
      filter: { from: rfc3339(now - WINDOWS[window] * DAY), who: who.trim(), verb, dataset: dataset ?? "", outcome: outcome ?? "" },
      reason: given, case: tidyReason(file), at: now,
    });
  };
  const lines = audit.data?.pages.flatMap((page) => page.items) ?? [];
  return (
    <>
      <form className={styles["form"]} onSubmit={submit}>
        <p className={styles["lead"]}>{t("journal.lead")}</p>
        <div className={styles["fields"]}>
          <div className={styles["wide"]}>
            <TextField label={t("journal.why")} name="reason" description={t(repeated ? "journal.repeated" : "words.rule", { count: LEAST_REASON })} isRequired minLength={LEAST_REASON} maxLength={MOST_REASON} value={reason} onChange={setReason} />
          </div>
          <TextField label={t("words.case")} name="case" maxLength={MOST_REASON} value={file} onChange={setFile} />
          <TextField label={t("journal.login")} name="who" maxLength={120} value={who} onChange={setWho} />
          <Select label={t("journal.act")} value={verb ?? ANY} options={[any, ...VERBS.map((id) => ({ id, text: t(`verb.${id}`) }))]} onChange={set("verb")} />
          <Select label={t("journal.dataset")} value={dataset ?? ANY} options={[any, ...DATASETS.map((id) => ({ id, text: t(`dataset.${id}`) }))]} onChange={set("dataset")} />
          <Select label={t("journal.outcomeTitle")} value={outcome ?? ANY} options={[any, ...OUTCOMES.map((id) => ({ id, text: t(`journal.outcome.${id}`) }))]} onChange={set("outcome")} />
          <Select label={t("journal.window")} value={window} options={Object.keys(WINDOWS).map((id) => ({ id, text: t(`journal.windows.${id}`) }))} onChange={set("window")} />
          <Button look="primary" type="submit" isDisabled={!isReason(reason) || repeated || audit.isLoading}>{t("journal.read")}</Button>
        </div>
      </form>
      {!reading && <Empty title={t("journal.closed")} next={t("journal.closedNext")} />}
      {audit.isLoading && <Loading rows={8} />}
      {audit.error && <ErrorNote error={audit.error} />}
      {audit.data && lines.length === 0 && <Empty title={t("journal.none")} next={t("journal.noneNext")} />}
      {lines.length > 0 && <Lines lines={lines} chosen={extra["line"] ?? null} />}
      {audit.hasNextPage && (
        <p className={styles["more"]}>
          <Button look="quiet" isDisabled={audit.isFetchingNextPage} onPress={() => void audit.fetchNextPage()}>{t("action.more")}</Button>
          <span>{t("journal.moreNote")}</span>
        </p>
      )}
    </>
  );
}
