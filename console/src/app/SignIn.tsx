/** Sign in; in a demonstration, its accounts are told plainly. */
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useSignIn } from "@/api/queries";
import type { DemoAccount, Session, Words } from "@/api/types";
import { ProblemError } from "@/lib/problem";
import { Entry } from "@/app/Entry";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Fields";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/app/Entry.module.css";

export function SignIn({ session }: { session: Session }) {
  const { t, i18n } = useTranslation();
  const signIn = useSignIn();
  const [login, setLogin] = useState("");
  const [password, setPassword] = useState("");
  // The way back from the identity provider says here why it did not end in a session.
  const failed = new URLSearchParams(window.location.search).get("entry");
  const words = (text: Words): string => (i18n.language === "en" ? text.en : text.fr);
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    signIn.mutate({ login, password });
  };
  const take = (account: DemoAccount): void => {
    setLogin(account.login);
    setPassword(account.password);
    signIn.mutate({ login: account.login, password: account.password });
  };
  return (
    <Entry city={session.city} title={t("signIn.title")}>
      <form className={styles["form"]} onSubmit={submit}>
        <TextField label={t("signIn.login")} name="login" autoComplete="username" isRequired value={login} onChange={setLogin} autoFocus />
        <TextField label={t("signIn.password")} name="password" type="password" autoComplete="current-password" isRequired value={password} onChange={setPassword} />
        {signIn.error && <ErrorNote error={signIn.error} />}
        <Button type="submit" look="primary" isDisabled={signIn.isPending}>{t("signIn.enter")}</Button>
      </form>
      {session.provider && <a className={styles["provider"]} href="/api/session/provider">{words(session.provider)}</a>}
      {failed && !signIn.error && <ErrorNote error={new ProblemError(failed, 0, "", null, {})} />}
      {session.demo && session.demo_accounts.length > 0 && (
        <section className={styles["demo"]}>
          <h2>{t("signIn.demoTitle")}</h2>
          <p>{t("signIn.demoText")}</p>
          <table className={styles["accounts"]}>
            <thead><tr><th scope="col">{t("signIn.role")}</th><th scope="col">{t("signIn.login")}</th><th scope="col">{t("signIn.password")}</th><th><span className="visually-hidden">{t("signIn.enter")}</span></th></tr></thead>
            <tbody>
              {session.demo_accounts.map((account) => (
                <tr key={account.login}>
                  <td>{words(account.role_title)}</td>
                  <td><code>{account.login}</code></td>
                  <td><code>{account.password}</code></td>
                  <td><Button look="quiet" onPress={() => { take(account); }} aria-label={t("signIn.enterAs", { login: account.login })}>{t("signIn.use")}</Button></td>
                </tr>
              ))}
            </tbody>
          </table>
        </section>
      )}
    </Entry>
  );
}
