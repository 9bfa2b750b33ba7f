/** The security of one's own account: the device, recovery codes, open sessions. */
import { useState, type FormEvent } from "react";
import { Heading } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { useEndSession, useRenewCodes, useRenewSession, useSession, useSessions } from "@/api/queries";
import { DeviceSetup, RecoveryCodes } from "@/app/DeviceSetup";
import { dateFormat } from "@/lib/time";
import { useCityContext, useLanguage } from "@/state/city";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Fields";
import { ErrorNote, Loading } from "@/ui/Notes";
import { ModalDialog } from "@/ui/ModalDialog";
import styles from "@/app/Security.module.css";

function Device() {
  const { t } = useTranslation();
  const session = useSession();
  const renewSession = useRenewSession();
  const renew = useRenewCodes();
  const [enrolling, setEnrolling] = useState(false);
  const [code, setCode] = useState("");
  const factor = session.data?.second_factor;
  if (!factor) return null;
  if (enrolling) return <DeviceSetup askPassword onDone={() => { setEnrolling(false); renewSession(); }} />;
  if (renew.data) return <RecoveryCodes codes={renew.data.codes} onKept={() => { renew.reset(); setCode(""); renewSession(); }} />;
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    renew.mutate({ code });
  };
  return (
    <>
      <p>{factor.confirmed ? t("security.confirmed", { count: factor.codes_left }) : t("security.none")}</p>
      <Button onPress={() => { setEnrolling(true); }}>{t(factor.confirmed ? "security.replace" : "security.enrol")}</Button>
      {factor.confirmed && (
        <form className={styles["line"]} onSubmit={submit}>
          <TextField label={t("security.codeForNew")} name="code" autoComplete="one-time-code" inputMode="numeric" isRequired minLength={6} value={code} onChange={setCode} />
          <Button type="submit" isDisabled={renew.isPending}>{t("security.newCodes")}</Button>
        </form>
      )}
      {renew.error && <ErrorNote error={renew.error} />}
    </>
  );
}

function Sessions() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const sessions = useSessions();
  const end = useEndSession();
  const device = useSession().data?.second_factor?.confirmed ?? false;
  const [proof, setProof] = useState("");
  if (sessions.error) return <ErrorNote error={sessions.error} retry={() => void sessions.refetch()} />;
  if (!sessions.data) return <Loading rows={2} />;
  const when = dateFormat(language, city.timezone, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  const others = sessions.data.filter((one) => !one.current);
  const here = sessions.data.find((one) => one.current);
  const asked = device || here?.method !== "provider";
  const ending = (id: string): void => { end.mutate({ session_id: id, proof }, { onSettled: () => { setProof(""); } }); };
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    ending("");
  };
  const closed = end.isPending || (asked && proof === "");
  return (
    <>
      <ul className={styles["sessions"]} aria-label={t("security.sessions")}>
        {sessions.data.map((one) => (
          <li key={one.session_id}>
            <span>
              <strong>{one.device || t("security.unknownDevice")}</strong>
              <span>{t("security.since", { at: when.format(new Date(one.created_at)), method: t(`security.by.${one.method}`) })}</span>
            </span>
            {one.current
              ? <span>{t("security.here")}</span>
              : <Button look="quiet" isDisabled={closed} onPress={() => { ending(one.session_id); }}>{t("security.end")}</Button>}
          </li>
        ))}
      </ul>
      {end.error && <ErrorNote error={end.error} />}
      {others.length > 0 && (
        <form className={styles["line"]} onSubmit={submit}>
          {asked
            ? <TextField label={t(device ? "security.codeToEnd" : "security.passwordToEnd")} name="proof" type={device ? "text" : "password"} autoComplete={device ? "one-time-code" : "current-password"} isRequired value={proof} onChange={setProof} />
            : <p>{t("security.freshToEnd")}</p>}
          <Button type="submit" isDisabled={closed}>{t("security.endOthers")}</Button>
        </form>
      )}
    </>
  );
}

export function Security({ isOpen, onClose }: { isOpen: boolean; onClose: () => void }) {
  const { t } = useTranslation();
  return (
    <ModalDialog isOpen={isOpen} onClose={onClose}>
      <Heading slot="title">{t("security.title")}</Heading>
      <section aria-label={t("security.device")}>
        <h3>{t("security.device")}</h3>
        <Device />
      </section>
      <section aria-label={t("security.sessions")}>
        <h3>{t("security.sessions")}</h3>
        <Sessions />
      </section>
      <Button look="primary" onPress={onClose}>{t("security.close")}</Button>
    </ModalDialog>
  );
}
