/** Messages to the public, by how they stand: what waits for a second person first. */
import { useTranslation } from "react-i18next";
import { useMessages, type MessageStanding, type MessageState } from "@/api/messages";
import { NEW } from "@/features/today/informing/MessagePanel";
import { LEVEL } from "@/features/today/informing/Preview";
import { StateChip } from "@/features/today/informing/StateChip";
import { SeverityMark } from "@/parts/SeverityMark";
import { useLanguage } from "@/state/city";
import { updateUrl, useUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import lists from "@/features/today/Lists.module.css";
import styles from "@/features/today/informing/Informing.module.css";

const ORDER: readonly MessageState[] = ["submitted", "approved", "draft", "published", "expired", "withdrawn"];

function open(message: string): void {
  updateUrl((state) => {
    const extra: Record<string, string> = { ...state.extra, message };
    delete extra["edit"];
    return { selection: null, extra };
  });
}

/** An update that is being prepared beside what is public is listed where it waits. */
function standsAs(message: MessageStanding): MessageState {
  return message.state === "published" && message.preparing !== "" ? message.preparing : message.state;
}

function Line({ message, chosen }: { message: MessageStanding; chosen: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { content } = message;
  return (
    <li>
      <button type="button" className={lists["line"]} aria-pressed={chosen} onClick={() => { open(message.message_id); }}>
        <SeverityMark severity={LEVEL[content.severity] ?? 1} />
        <span className={lists["what"]}>
          <span className={lists["strong"]}>{language === "fr" ? content.title_fr : content.title_en}</span>
          <span className={lists["meta"]}>{t(`informing.told.${content.severity}`)} · {content.place}</span>
          <StateChip message={message} />
        </span>
      </button>
    </li>
  );
}

export function MessageList() {
  const { t } = useTranslation();
  const { extra } = useUrl();
  const messages = useMessages();
  if (messages.isPending) return <Loading />;
  if (messages.error) return <ErrorNote error={messages.error} retry={() => void messages.refetch()} />;
  const { items, broken, may_write: mayWrite } = messages.data;
  return (
    <>
      <div className={styles["tools"]}>
        {mayWrite && <Button look="primary" onPress={() => { open(NEW); }}><Icon name="plus" size={16} />{t("informing.new")}</Button>}
        <a href="/public/messages" target="_blank" rel="noreferrer">{t("informing.openPage")}</a>
      </div>
      {broken > 0 && <p className={styles["faults"]} role="alert">{t("informing.broken", { count: broken })}</p>}
      {items.length === 0 && <Empty title={t("informing.none")} next={t("informing.noneNext")} />}
      {ORDER.map((state) => {
        const some = items.filter((one) => standsAs(one) === state);
        if (some.length === 0) return null;
        return (
          <section key={state} aria-label={t(`informing.group.${state}`)}>
            <h3 className={lists["group"]}>{t(`informing.group.${state}`)} · {some.length}</h3>
            <ul>{some.map((one) => <Line key={one.message_id} message={one} chosen={extra["message"] === one.message_id} />)}</ul>
          </section>
        );
      })}
    </>
  );
}
