/** The second step of signing in: a code of the device, or a recovery code. */
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useGiveCode, useSignOut } from "@/api/queries";
import type { Session } from "@/api/types";
import { Entry } from "@/app/Entry";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Fields";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/app/Entry.module.css";

export function GiveCode({ session }: { session: Session }) {
  const { t } = useTranslation();
  const give = useGiveCode();
  const signOut = useSignOut();
  const [code, setCode] = useState("");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    give.mutate({ code });
  };
  return (
    <Entry city={session.city} title={t("code.title")}>
      <p>{t("code.why")}</p>
      <form className={styles["form"]} onSubmit={submit}>
        <TextField label={t("code.code")} name="code" autoComplete="one-time-code" inputMode="text" isRequired minLength={6} value={code} onChange={setCode} description={t("code.rule")} autoFocus />
        {give.error && <ErrorNote error={give.error} />}
        <Button type="submit" look="primary" isDisabled={give.isPending}>{t("signIn.enter")}</Button>
        <Button look="quiet" onPress={() => { signOut.mutate(); }}>{t("code.cancel")}</Button>
      </form>
    </Entry>
  );
}
