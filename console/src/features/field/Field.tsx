/** The phone page of agents: three taps, a queue that survives a closed tab, and what became of each entry. */
import { useCallback, useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { Entries } from "@/features/field/Entries";
import { newEntry, type FieldForm, type Kept } from "@/features/field/entries";
import styles from "@/features/field/Field.module.css";
import { listed, meet, sendAll, type Link } from "@/features/field/sending";
import { Steps, type Written } from "@/features/field/Steps";
import { dropEntry, keepEntry, readAbout } from "@/features/field/store";
import { setPreferences, usePreferences } from "@/state/preferences";

const AGAIN_MS = 30_000;

interface Phone { link: Link | null; login: string | null; form: FieldForm | null; entries: Kept[]; ready: boolean; broken: boolean }

const FIRST: Phone = { link: null, login: null, form: null, entries: [], ready: false, broken: false };

function usePhone(): Phone & { write: (written: Written) => void; drop: (id: string) => void; again: () => void } {
  const [phone, setPhone] = useState<Phone>(FIRST);
  const running = useRef(false);
  const wanted = useRef(false);
  const list = useCallback(async (): Promise<void> => {
    const entries = await listed(Date.now());
    setPhone((before) => ({ ...before, entries }));
  }, []);
  const round = useCallback(async (): Promise<void> => {
    const about = await readAbout();
    setPhone((before) => ({ ...before, login: before.login ?? about?.login ?? null, form: before.form ?? about?.form ?? null }));
    await list();
    const met = await meet();
    setPhone((before) => ({ ...before, link: met.link, login: met.login ?? before.login, form: met.form ?? before.form }));
    if (met.link !== "ready" || !met.login) return;
    const link = await sendAll(met.login);
    setPhone((before) => ({ ...before, link }));
    await list();
  }, [list]);
  const again = useCallback((): void => {
    wanted.current = true;
    if (running.current) return;
    running.current = true;
    void (async () => {
      try {
        while (wanted.current) {
          wanted.current = false;
          await round();
        }
      } catch {
        setPhone((before) => ({ ...before, broken: true })); // the phone refuses to keep anything: said, not hidden
      } finally {
        running.current = false;
      }
    })();
  }, [round]);
  useEffect(() => {
    again();
    const timer = window.setInterval(again, AGAIN_MS);
    window.addEventListener("online", again);
    const offline = (): void => { setPhone((before) => ({ ...before, link: "offline" })); };
    window.addEventListener("offline", offline);
    void navigator.serviceWorker.register("/terrain-sw.js", { scope: "/terrain" })
      .then(() => navigator.serviceWorker.ready)
      .then(() => { setPhone((before) => ({ ...before, ready: true })); }, () => undefined); // without it, the page only opens with network
    return () => {
      window.clearInterval(timer);
      window.removeEventListener("online", again);
      window.removeEventListener("offline", offline);
    };
  }, [again]);
  const { login } = phone;
  const write = useCallback((written: Written): void => {
    void keepEntry(newEntry({ ...written, by: login ?? "" }, Date.now(), crypto.randomUUID()))
      .then(list).then(again, () => { setPhone((before) => ({ ...before, broken: true })); });
  }, [login, list, again]);
  const drop = useCallback((id: string): void => { void dropEntry(id).then(list); }, [list]);
  return { ...phone, write, drop, again };
}

export function Field() {
  const { t, i18n } = useTranslation();
  const { language } = usePreferences();
  const { link, login, form, entries, ready, broken, write, drop } = usePhone();
  useEffect(() => { if (i18n.language !== language) void i18n.changeLanguage(language); }, [i18n, language]);
  useEffect(() => { document.title = t("field.title"); }, [t, language]);
  const waiting = entries.filter((one) => one.state === "waiting").length;
  const other = language === "fr" ? "en" : "fr";
  return (
    <main className={styles["page"]} data-screen="field" data-kept={ready}>
      <header className={styles["head"]}>
        <h1>{t("field.title")}</h1>
        <button type="button" className={styles["quiet"]} lang={other} onClick={() => { setPreferences({ language: other }); }}>{t("field.other")}</button>
        <a href="/aujourdhui">{t("field.console")}</a>
      </header>
      <p className={styles["link"]} role="status" data-link={link ?? "asking"}>
        {t(`field.link.${link ?? "asking"}`)}
        {waiting > 0 && ` ${t("field.waiting", { count: waiting })}`}
        {link === "signedOut" && <> <a href="/aujourdhui">{t("field.signIn")}</a></>}
      </p>
      {broken && <p className={styles["fault"]} role="alert">{t("field.broken")}</p>}
      {form && login && link !== "notAllowed" ? <Steps form={form} onSend={write} /> : <p className={styles["hint"]}>{t("field.first")}</p>}
      <Entries entries={entries} form={form} login={login} onDrop={drop} />
      <p className={styles["hint"]}>{t(ready ? "field.keptPage" : "field.unkeptPage")}</p>
    </main>
  );
}
