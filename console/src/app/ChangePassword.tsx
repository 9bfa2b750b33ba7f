/** A password that others know must change before anything is shown. */
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useChangePassword, useSignOut } from "@/api/queries";
import type { Account, Session } from "@/api/types";
import { Entry } from "@/app/Entry";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Fields";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/app/Entry.module.css";

export const SHORTEST_PASSWORD = 12;

export function ChangePassword({ session, account }: { session: Session; account: Account }) {
  const { t } = useTranslation();
  const change = useChangePassword();
  const signOut = useSignOut();
  const [current, setCurrent] = useState("");
  const [next, setNext] = useState("");
  const [again, setAgain] = useState("");
  const differs = again !== "" && again !== next;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    if (next === again) change.mutate({ current, new: next });
  };
  return (
    <Entry city={session.city} title={t("password.title")}>
      <p>{t(session.demo ? "password.whyDemo" : "password.why", { login: account.login })}</p>
      <form className={styles["form"]} onSubmit={submit}>
        <input type="hidden" name="username" autoComplete="username" value={account.login} readOnly />
        <TextField label={t("password.current")} name="current" type="password" autoComplete="current-password" isRequired value={current} onChange={setCurrent} autoFocus />
        <TextField label={t("password.new")} name="new" type="password" autoComplete="new-password" isRequired minLength={SHORTEST_PASSWORD} value={next} onChange={setNext} description={t("password.rule", { count: SHORTEST_PASSWORD })} />
        <TextField label={t("password.again")} name="again" type="password" autoComplete="new-password" isRequired value={again} onChange={setAgain} isInvalid={differs} description={differs ? t("password.differs") : undefined} />
        {change.error && <ErrorNote error={change.error} />}
        <Button type="submit" look="primary" isDisabled={change.isPending || differs}>{t("password.change")}</Button>
        <Button look="quiet" onPress={() => { signOut.mutate(); }}>{t("account.signOut")}</Button>
      </form>
    </Entry>
  );
}
