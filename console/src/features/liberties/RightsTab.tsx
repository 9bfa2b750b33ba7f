/** A person asks what is held of them, or that it goes: answered in numbers, on pseudonyms, never a text. */
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useAnswerRights } from "@/api/liberties";
import type { RightsAnswer, RightsKind } from "@/api/types";
import { isReason, LEAST_REASON, MOST_REASON, tidyReason } from "@/lib/problem";
import { countText } from "@/lib/numbers";
import { dateFormat } from "@/lib/time";
import { useLanguage, useWords } from "@/state/city";
import { Button } from "@/ui/Button";
import { Checkbox, Select, TextField } from "@/ui/Fields";
import { Icon } from "@/ui/Icon";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/liberties/Liberties.module.css";

const KINDS: readonly RightsKind[] = ["phone", "plate", "email", "nir"];
const MOST = 8;
type Given = { kind: RightsKind; text: string };
type Act = "access" | "erase";

function useDay(): (day: string) => string {
  const language = useLanguage();
  return (day) => (day === "" ? "–" : dateFormat(language, "UTC", { day: "numeric", month: "short", year: "numeric" }).format(Date.parse(`${day}T12:00:00Z`)));
}

function Found({ found }: { found: RightsAnswer }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const day = useDay();
  return (
    <section className={styles["block"]} aria-live="polite">
      <h3>{t(found.act === "erase" ? "rights.doneTitle" : "rights.foundTitle")}</h3>
      <p className={styles["proved"]} role="status">
        <Icon name="check" />
        {t(found.act === "erase" ? "rights.done" : "rights.found", { count: found.records, n: countText(found.records, language), erased: countText(found.erased, language), held: countText(found.held, language) })}
      </p>
      <p className={styles["note"]}>{t("rights.written", { id: found.request_id, line: found.line ?? "–" })}</p>
      {!found.keeps_originals && <Empty title={t("rights.keepsNone")} next={t("rights.keepsNoneNext")} />}
      {found.sources.length > 0 && (
        <div className={styles["holder"]}>
          <table className={styles["table"]}>
            <caption className="visually-hidden">{t("rights.foundTitle")}</caption>
            <thead>
              <tr>
                <th scope="col">{t("sources.source")}</th>
                <th scope="col">{t("rights.regime")}</th>
                <th scope="col" className={styles["number"]}>{t("rights.epochs")}</th>
                <th scope="col" className={styles["number"]}>{t("rights.records")}</th>
                <th scope="col" className={styles["number"]}>{t("rights.held")}</th>
                <th scope="col">{t("rights.days")}</th>
                <th scope="col">{t("rights.term")}</th>
              </tr>
            </thead>
            <tbody>
              {found.sources.map((one) => (
                <tr key={`${one.regime}-${one.source}`}>
                  <th scope="row">{one.source}</th>
                  <td>{t(`regime.${one.regime}`)}</td>
                  <td className={styles["number"]}>{countText(one.epochs, language)}<span className={styles["meta"]}>{t("rights.since", { day: day(one.since_on) })}</span></td>
                  <td className={styles["number"]}>{countText(one.records, language)}</td>
                  <td className={styles["number"]}>{countText(one.held, language)}</td>
                  <td className={styles["short"]}>{one.records === 0 ? "–" : t("rights.between", { first: day(one.first_on), last: day(one.last_on) })}</td>
                  <td className={styles["short"]}>{words(one.term)}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      )}
      <h3>{t("rights.unsearched")}</h3>
      <ul className={styles["list"]}>
        {found.unsearched.map((one) => <li key={one.store}>{t("rights.unsearchedLine", { title: words(one.title), term: words(one.term), day: day(one.ends_on) })}</li>)}
      </ul>
    </section>
  );
}

export function RightsTab() {
  const { t } = useTranslation();
  const [given, setGiven] = useState<Given[]>([{ kind: "phone", text: "" }]);
  const [reason, setReason] = useState("");
  const [sure, setSure] = useState(false);
  const asked = useAnswerRights();
  const identifiers = given.map((one) => ({ ...one, text: one.text.trim() })).filter((one) => one.text !== "");
  const sound = identifiers.length > 0 && isReason(reason);
  const set = (at: number, change: Partial<Given>): void => { setGiven(given.map((one, i) => (i === at ? { ...one, ...change } : one))); };
  const send = (act: Act): void => {
    asked.mutate({ act, identifiers, reason: tidyReason(reason) }, { onSuccess: () => { setReason(""); setSure(false); } });
  };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (sound) send("access");
  };
  return (
    <>
      <form className={styles["form"]} onSubmit={submit}>
        <p className={styles["lead"]}>{t("rights.lead")}</p>
        {given.map((one, at) => (
          <div key={at} className={styles["fields"]}>
            <Select label={t("rights.kind")} value={one.kind} options={KINDS.map((id) => ({ id, text: t(`rights.kinds.${id}`) }))} onChange={(id) => { set(at, { kind: KINDS.find((kind) => kind === id) ?? "phone" }); }} />
            <TextField label={t("rights.text")} autoComplete="off" maxLength={120} value={one.text} onChange={(text) => { set(at, { text }); }} />
            {given.length > 1 && <Button onPress={() => { setGiven(given.filter((_, i) => i !== at)); }}>{t("rights.remove")}</Button>}
            {at === given.length - 1 && given.length < MOST && <Button onPress={() => { setGiven([...given, { kind: "plate", text: "" }]); }}>{t("rights.another")}</Button>}
          </div>
        ))}
        <div className={styles["fields"]}>
          <div className={styles["wide"]}>
            <TextField label={t("rights.why")} description={t("words.rule", { count: LEAST_REASON })} isRequired minLength={LEAST_REASON} maxLength={MOST_REASON} value={reason} onChange={setReason} />
          </div>
          <Button look="primary" type="submit" isDisabled={!sound || asked.isPending}>{t("rights.access")}</Button>
        </div>
        <div className={styles["sure"]}>
          <Checkbox isSelected={sure} onChange={setSure}>{t("rights.sure")}</Checkbox>
          <Button isDisabled={!sound || !sure || asked.isPending} onPress={() => { send("erase"); }}>{t("rights.erase")}</Button>
        </div>
        {asked.isPending && <Loading rows={2} />}
        {asked.error && <ErrorNote error={asked.error} />}
      </form>
      {asked.data && <Found found={asked.data} />}
    </>
  );
}
