/** Subscribing to the agenda from a calendar program: a key of its own, told once and withdrawn here. */
import { useState, type FormEvent } from "react";
import { Heading } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { useCalendarKeys, useIssueKey, useRevokeKey } from "@/api/calendarKeys";
import { icsAddress, useListed } from "@/features/tomorrow/agenda/useListed";
import { dateFormat } from "@/lib/time";
import { CopyText } from "@/parts/CopyText";
import { useCityContext, useLanguage } from "@/state/city";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Fields";
import { Icon } from "@/ui/Icon";
import { ModalDialog } from "@/ui/ModalDialog";
import { ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/tomorrow/agenda/Agenda.module.css";

function Keys() {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const keys = useCalendarKeys();
  const revoke = useRevokeKey();
  const when = dateFormat(language, city.timezone, { day: "numeric", month: "short", hour: "2-digit", minute: "2-digit" });
  if (keys.error) return <ErrorNote error={keys.error} retry={() => void keys.refetch()} />;
  if (!keys.data) return <Loading rows={2} />;
  if (keys.data.length === 0) return <p>{t("calendarKeys.none")}</p>;
  return (
    <>
      <ul className={styles["keys"]}>
        {keys.data.map((one) => (
          <li key={one.token_id}>
            <span>
              <strong>{one.name}</strong>
              <span>{t("calendarKeys.since", { at: when.format(Date.parse(one.created_at)) })} {one.last_used_at ? t("calendarKeys.used", { at: when.format(Date.parse(one.last_used_at)) }) : t("calendarKeys.unused")}</span>
            </span>
            <Button look="quiet" isDisabled={revoke.isPending} aria-label={t("calendarKeys.revokeOf", { name: one.name })} onPress={() => { revoke.mutate({ id: one.token_id }); }}>{t("calendarKeys.revoke")}</Button>
          </li>
        ))}
      </ul>
      {revoke.error && <ErrorNote error={revoke.error} />}
    </>
  );
}

function NewKey({ days }: { days: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { listed } = useListed();
  const issue = useIssueKey();
  const [name, setName] = useState("");
  if (issue.data) {
    const address = new URL(`${icsAddress(listed, days)}&lang=${language}&token=${encodeURIComponent(issue.data.secret)}`, window.location.origin).href;
    return (
      <>
        <p role="status">{t("calendarKeys.once", { name: issue.data.key.name })}</p>
        <CopyText label={t("calendarKeys.address")} text={address} />
        <p className={styles["acts"]}>
          <a className={styles["ics"]} href={address.replace(/^https?:/, "webcal:")}><Icon name="calendar" size={16} />{t("calendarKeys.open")}</a>
          <Button onPress={() => { issue.reset(); setName(""); }}>{t("calendarKeys.another")}</Button>
        </p>
      </>
    );
  }
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    issue.mutate({ name });
  };
  return (
    <form onSubmit={submit}>
      <TextField label={t("calendarKeys.name")} description={t("calendarKeys.nameHint")} isRequired maxLength={60} value={name} onChange={setName} />
      <div><Button type="submit" look="primary" isDisabled={issue.isPending || name.trim() === ""}>{t("calendarKeys.make")}</Button></div>
      {issue.error && <ErrorNote error={issue.error} />}
    </form>
  );
}

export function Subscribe({ days }: { days: number }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <>
      <Button onPress={() => { setOpen(true); }}><Icon name="calendar" size={16} />{t("calendarKeys.subscribe")}</Button>
      <ModalDialog isOpen={open} onClose={() => { setOpen(false); }}>
        <Heading slot="title">{t("calendarKeys.title")}</Heading>
        <p>{t("calendarKeys.lead")}</p>
        <NewKey days={days} />
        <section aria-label={t("calendarKeys.own")}>
          <h3>{t("calendarKeys.own")}</h3>
          <Keys />
        </section>
        <Button onPress={() => { setOpen(false); }}>{t("calendarKeys.close")}</Button>
      </ModalDialog>
    </>
  );
}
