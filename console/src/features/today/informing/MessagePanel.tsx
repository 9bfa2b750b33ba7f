/** One message to the public: how it stands, how it is read, what may be done, what was done; or its form. */
import { useTranslation } from "react-i18next";
import { useMessage, useMessages, usePublicBoard, type MessageContent, type MessageDetail } from "@/api/messages";
import { Acts } from "@/features/today/informing/Acts";
import { MessageForm } from "@/features/today/informing/MessageForm";
import { Preview, type Told } from "@/features/today/informing/Preview";
import { StateChip } from "@/features/today/informing/StateChip";
import { instantText, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage, useNow } from "@/state/city";
import { setExtra, useUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import styles from "@/features/today/informing/Informing.module.css";

export const NEW = "new";
const PAGE = "/public/messages";

function toldOf(content: MessageContent): Told {
  return {
    title: { fr: content.title_fr, en: content.title_en }, text: { fr: content.text_fr, en: content.text_en }, advice: { fr: content.advice_fr, en: content.advice_en },
    severity: content.severity, place: content.place, onset: content.onset, expires: content.expires, panel: content.panel.join("\n"),
  };
}

function Public({ message }: { message: MessageDetail }) {
  const { t } = useTranslation();
  const board = usePublicBoard();
  const found = board.data?.features.find((one) => one.id.startsWith(`${message.message_id}.`));
  return (
    <section className={styles["part"]} aria-label={t("informing.public")}>
      <h3>{t("informing.public")}</h3>
      {board.data && <p>{t(found ? `informing.publicIs.${found.properties.type}` : "informing.publicIs.none")}</p>}
      {board.data && board.data.status !== "Actual" && <p className={styles["unreal"]}>{t(`informing.status.${board.data.status}`)}</p>}
      <p className={styles["buttons"]}>
        <a href={PAGE} target="_blank" rel="noreferrer">{t("informing.openPage")}</a>
        {found && <a href={`/api/public/messages/${found.id}/cap`} target="_blank" rel="noreferrer">{t("informing.openCap")}</a>}
      </p>
    </section>
  );
}

function History({ message }: { message: MessageDetail }) {
  const { t } = useTranslation();
  const { city } = useCityContext();
  const language = useLanguage();
  const now = useNow(60_000);
  return (
    <section className={styles["part"]} aria-label={t("informing.history")}>
      <h3>{t("informing.history")}</h3>
      <ol className={styles["history"]}>
        {message.history.map((one) => (
          <li key={one.number}>
            <span>{t(`informing.did.${one.act}`)}</span>
            <span className={styles["meta"]}>{t("informing.byWhom", { who: one.by, role: t(`role.${one.role}`, { defaultValue: one.role }), at: instantText(parseInstant(one.at) ?? 0, language, city.timezone, now) })}</span>
            {one.reason && <span>{t("informing.because", { reason: one.reason })}</span>}
          </li>
        ))}
      </ol>
    </section>
  );
}

function Standing({ message }: { message: MessageDetail }) {
  const { t } = useTranslation();
  const { data } = useMessages();
  const beside = message.state === "published" && message.preparing !== "";
  return (
    <>
      <div className={styles["part"]}>
        <StateChip message={message} />
        {beside && <p>{t("informing.beside", { state: t(`informing.state.${message.preparing}`) })}</p>}
      </div>
      <Acts key={message.number} message={message} />
      {data && <Preview told={toldOf(message.content)} bounds={data.bounds} />}
      <Public message={message} />
      <History message={message} />
    </>
  );
}

function One({ id, editing }: { id: string; editing: boolean }) {
  const { t } = useTranslation();
  const message = useMessage(id);
  const page = useMessages();
  const close = (): void => { setExtra({ message: null, edit: null }); };
  const show = (): void => { setExtra({ edit: null }); };
  const language = useLanguage();
  const title = message.data?.content[`title_${language}`] ?? t("informing.one");
  return (
    <Panel
      title={title} side="right" size="wide" takeFocus onClose={close}
      actions={!editing && message.data?.may.includes("draft") && <Button onPress={() => { setExtra({ edit: "1" }); }}>{t("informing.edit")}</Button>}
    >
      {message.isPending && <Loading />}
      {message.error && <ErrorNote error={message.error} retry={() => void message.refetch()} />}
      {message.data && !editing && <Standing message={message.data} />}
      {message.data && page.data && editing && <MessageForm message={message.data} bounds={page.data.bounds} done={show} leave={show} />}
    </Panel>
  );
}

export function MessagePanel({ id }: { id: string }) {
  const { t } = useTranslation();
  const { extra } = useUrl();
  const page = useMessages();
  if (id !== NEW) return <One id={id} editing={extra["edit"] === "1"} />;
  const close = (): void => { setExtra({ message: null, edit: null }); };
  return (
    <Panel title={t("informing.new")} side="right" size="wide" takeFocus onClose={close}>
      {page.isPending && <Loading />}
      {page.error && <ErrorNote error={page.error} retry={() => void page.refetch()} />}
      {page.data && <MessageForm message={null} bounds={page.data.bounds} done={(told) => { setExtra({ message: told, edit: null }, "replace"); }} leave={close} />}
    </Panel>
  );
}
