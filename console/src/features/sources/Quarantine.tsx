/** What was refused: filtered, in words, and tried again by reason once the cause is mended. */
import { useTranslation } from "react-i18next";
import { QUARANTINE_STATES, useQuarantine, useRetry } from "@/api/queries";
import type { SourceHealth } from "@/api/types";
import { useNoticeText } from "@/features/sources/notices";
import { RetryResult } from "@/features/sources/RetryResult";
import { countText } from "@/lib/numbers";
import { instantText, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage, useMay, useNow, useWords } from "@/state/city";
import { setExtra, useUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { Select } from "@/ui/Fields";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/sources/Sources.module.css";

export function Quarantine({ sources }: { sources: readonly SourceHealth[] }) {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const notice = useNoticeText();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const { extra } = useUrl();
  const mayRetry = useMay("manage_sources");
  const source = extra["source"] ?? null;
  const code = extra["code"] ?? null;
  const state = QUARANTINE_STATES.find((one) => one === extra["state"]) ?? null;
  const list = useQuarantine({ source, code, state }, language);
  const retry = useRetry();
  const first = list.data?.pages[0];
  const rows = list.data?.pages.flatMap((page) => page.items) ?? [];
  const waiting = (first?.by_state["new"] ?? 0) + (first?.by_state["retried"] ?? 0);
  const chosen = state === null ? waiting : state === "new" || state === "retried" ? first?.by_state[state] ?? 0 : 0;
  const codes = Object.entries(first?.by_code ?? {}).sort(([, a], [, b]) => b - a);
  const any = { id: "", text: t("quarantine.any") };
  const stateText = (id: string): string => (i18n.exists(`quarantine.state.${id}`) ? t(`quarantine.state.${id}`) : id);
  return (
    <>
      <div className={styles["filters"]}>
        <Select label={t("sources.source")} value={source ?? ""} options={[any, ...sources.map((one) => ({ id: one.source, text: words(one.title) || one.source }))]} onChange={(id) => { setExtra({ source: id, row: null }); }} />
        <Select label={t("quarantine.reason")} value={code ?? ""} options={[any, ...codes.map(([id, n]) => ({ id, text: `${notice(id)} (${countText(n, language)})` })), ...(code && !first?.by_code[code] ? [{ id: code, text: notice(code) }] : [])]} onChange={(id) => { setExtra({ code: id, row: null }); }} />
        <Select label={t("sources.state")} value={state ?? ""} options={[any, ...QUARANTINE_STATES.map((id) => ({ id, text: `${stateText(id)} (${countText(first?.by_state[id] ?? 0, language)})` }))]} onChange={(id) => { setExtra({ state: id, row: null }); }} />
        {mayRetry && (
          <Button isDisabled={retry.isPending || chosen === 0} onPress={() => { retry.mutate({ source, code, state: state === "new" || state === "retried" ? state : "open" }); }}>
            {retry.isPending ? t("quarantine.retrying") : t("quarantine.retryAll", { count: chosen })}
          </Button>
        )}
      </div>
      {mayRetry && rows.length > 0 && <p className={styles["hint"]}>{t(chosen === 0 ? "quarantine.nothingWaits" : "quarantine.retryHint")}</p>}
      {retry.error && <ErrorNote error={retry.error} />}
      {retry.data && <RetryResult result={retry.data} />}
      {list.isPending && <Loading rows={8} />}
      {list.error && <ErrorNote error={list.error} retry={() => void list.refetch()} />}
      {list.data && rows.length === 0 && <Empty title={t("quarantine.none")} next={source || code || state ? t("quarantine.noneFiltered") : t("quarantine.noneNext")} />}
      {rows.length > 0 && (
        <div className={styles["holder"]}>
          <table className={styles["table"]}>
            <caption className="visually-hidden">{t("sources.quarantine", { count: first?.total ?? 0 })}</caption>
            <thead>
              <tr>
                <th scope="col">{t("quarantine.reason")}</th>
                <th scope="col">{t("sources.source")}</th>
                <th scope="col">{t("provenance.file")}</th>
                <th scope="col" className={styles["number"]}>{t("provenance.row")}</th>
                <th scope="col">{t("provenance.received")}</th>
                <th scope="col">{t("sources.state")}</th>
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={row.id} data-chosen={row.id === extra["row"]}>
                  <th scope="row"><button type="button" className={styles["link"]} onClick={() => { setExtra({ row: row.id }); }}>{row.reason}</button><span className={styles["meta"]}>{row.code}</span></th>
                  <td>{row.source}</td>
                  <td className={styles["file"]}>{row.file}</td>
                  <td className={styles["number"]}>{row.row ?? "–"}</td>
                  <td className={styles["short"]}>{instantText(parseInstant(row.at) ?? 0, language, city.timezone, now)}</td>
                  <td className={styles["short"]}>
                    {stateText(row.state)}
                    {row.attempts > 0 && <span className={styles["meta"]}>{t("quarantine.tried", { count: row.attempts, at: instantText(parseInstant(row.changed_at) ?? 0, language, city.timezone, now) })}</span>}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      {list.hasNextPage && <p className={styles["more"]}><Button look="quiet" isDisabled={list.isFetchingNextPage} onPress={() => void list.fetchNextPage()}>{t("action.more")}</Button></p>}
    </>
  );
}
