/** One refused row: the reason in words, the record as it came, and a new try. */
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useQuarantined, useRetry } from "@/api/queries";
import { RetryResult } from "@/features/sources/RetryResult";
import { instantText, parseInstant } from "@/lib/time";
import { Details } from "@/parts/Details";
import { useCityContext, useLanguage, useMay, useNow } from "@/state/city";
import { setExtra } from "@/state/url";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Fields";
import { ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import styles from "@/features/sources/Sources.module.css";

/** What the server asks for before it opens a row (LED-2): so many characters, each time others. */
const SHORTEST_REASON = 15;

function AskReason({ onReason }: { onReason: (reason: string) => void }) {
  const { t } = useTranslation();
  const [text, setText] = useState("");
  const send = (event: FormEvent): void => {
    event.preventDefault();
    onReason(text.trim());
  };
  return (
    <form onSubmit={send}>
      <TextField label={t("quarantine.why")} name="reason" isRequired minLength={SHORTEST_REASON} maxLength={500} value={text} onChange={setText} description={t("quarantine.whyRule", { count: SHORTEST_REASON })} autoFocus />
      <p className={styles["act"]}>
        <Button look="primary" type="submit" isDisabled={text.trim().length < SHORTEST_REASON}>{t("quarantine.openRow")}</Button>
      </p>
    </form>
  );
}

export function QuarantinePanel({ id }: { id: string }) {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const [asked, setAsked] = useState({ id, reason: "" });
  const reason = asked.id === id ? asked.reason : "";
  const row = useQuarantined(id, language, reason);
  const retry = useRetry();
  const mayRetry = useMay("manage_sources");
  const data = row.data;
  const instant = (text: string | null): string | null => {
    const ms = parseInstant(text);
    return ms === null ? null : instantText(ms, language, city.timezone, now);
  };
  return (
    <Panel title={t("quarantine.title")} side="right" onClose={() => { setExtra({ row: null }); }} takeFocus>
      {row.isLoading && <Loading />}
      {row.error && <ErrorNote error={row.error} />}
      {!data && !row.isLoading && <AskReason key={id} onReason={(given) => { setAsked({ id, reason: given }); }} />}
      {data && (
        <>
          <p className={styles["reason"]}>{data.reason}</p>
          {retry.error && <ErrorNote error={retry.error} />}
          {retry.data && <RetryResult result={retry.data} />}
          {mayRetry && !retry.data?.resolved && (data.state === "new" || data.state === "retried") && (
            <p className={styles["act"]}>
              <Button look="primary" isDisabled={retry.isPending} onPress={() => { retry.mutate({ id }); }}>{t(retry.isPending ? "quarantine.retrying" : "quarantine.retryOne")}</Button>
            </p>
          )}
          <section className={styles["section"]}>
            <h3>{t("quarantine.raw")}</h3>
            <pre className={styles["raw"]} tabIndex={0}>{data.raw}</pre>
            <p className={styles["meta"]}>{t("quarantine.rawNote")}{data.expires_at ? ` ${t("quarantine.expires", { at: instant(data.expires_at) })}` : ""}</p>
          </section>
          <Details
            title={t("fact.provenance")}
            items={[
              { term: t("quarantine.code"), value: data.code },
              { term: t("provenance.source"), value: data.source },
              { term: t("provenance.file"), value: data.file },
              { term: t("provenance.row"), value: data.row === null ? null : String(data.row) },
              { term: t("provenance.received"), value: instant(data.at) },
              { term: t("sources.state"), value: i18n.exists(`quarantine.state.${data.state}`) ? t(`quarantine.state.${data.state}`) : data.state },
              { term: t("quarantine.attempts"), value: String(data.attempts) },
              { term: t("quarantine.changed"), value: data.attempts > 0 || data.state !== "new" ? instant(data.changed_at) : null },
            ]}
          />
        </>
      )}
    </Panel>
  );
}
