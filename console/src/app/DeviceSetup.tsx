/** Enrol a device: its picture, a first code, then the recovery codes, shown once. */
import { useState, type FormEvent } from "react";
import { useTranslation } from "react-i18next";
import { useBeginFactor, useConfirmFactor } from "@/api/queries";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Fields";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/app/Entry.module.css";

export function RecoveryCodes({ codes, onKept }: { codes: readonly string[]; onKept: () => void }) {
  const { t } = useTranslation();
  return (
    <section className={styles["form"]} aria-label={t("device.codesTitle")}>
      <p role="status">{t("device.codesText")}</p>
      <ol className={styles["codes"]}>{codes.map((code) => <li key={code}><code>{code}</code></li>)}</ol>
      <Button look="primary" onPress={onKept} autoFocus>{t("device.kept")}</Button>
    </section>
  );
}

/** `askPassword`: the person is signed in already and proves the password again. */
export function DeviceSetup({ askPassword, onDone }: { askPassword: boolean; onDone: () => void }) {
  const { t } = useTranslation();
  const begin = useBeginFactor();
  const confirm = useConfirmFactor();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  if (confirm.data) return <RecoveryCodes codes={confirm.data.codes} onKept={onDone} />;
  if (!begin.data) {
    const submit = (event: FormEvent): void => {
      event.preventDefault();
      begin.mutate({ password });
    };
    return (
      <form className={styles["form"]} onSubmit={submit}>
        <p>{t("device.what")}</p>
        {askPassword && <TextField label={t("password.current")} name="current" type="password" autoComplete="current-password" isRequired value={password} onChange={setPassword} />}
        {begin.error && <ErrorNote error={begin.error} />}
        <Button type="submit" look="primary" isDisabled={begin.isPending}>{t("device.begin")}</Button>
      </form>
    );
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    confirm.mutate({ code });
  };
  return (
    <form className={styles["form"]} onSubmit={submit}>
      <p>{t("device.scan")}</p>
      <img className={styles["qr"]} src={`data:image/svg+xml,${encodeURIComponent(begin.data.svg)}`} alt={t("device.picture")} />
      <p>{t("device.type")} <code className={styles["secret"]}>{begin.data.secret}</code></p>
      <TextField label={t("device.first")} name="code" autoComplete="one-time-code" inputMode="numeric" isRequired minLength={6} maxLength={8} value={code} onChange={setCode} autoFocus />
      {confirm.error && <ErrorNote error={confirm.error} />}
      <Button type="submit" look="primary" isDisabled={confirm.isPending}>{t("device.confirm")}</Button>
    </form>
  );
}
