/** How a message stands, as sign, colour and word, and how long it still holds. */
import { useTranslation } from "react-i18next";
import type { MessageStanding } from "@/api/messages";
import { instantText, MINUTE, parseInstant } from "@/lib/time";
import { useCityContext, useLanguage, useNow } from "@/state/city";
import styles from "@/features/today/informing/Informing.module.css";

const SIGNS = { draft: "○", submitted: "◐", approved: "◑", published: "●", withdrawn: "✕", expired: "◌" } as const;
const SOON_MIN = 30;

export function StateChip({ message }: { message: MessageStanding }) {
  const { t } = useTranslation();
  const { city } = useCityContext();
  const language = useLanguage();
  const now = useNow(30_000);
  const ends = parseInstant((message.public ?? message.content).expires) ?? 0;
  const over = message.state === "expired" || message.state === "withdrawn";
  const soon = !over && ends - now < SOON_MIN * MINUTE;
  return (
    <span className={styles["chips"]}>
      <span className={styles["chip"]} data-state={message.state}><span aria-hidden="true">{SIGNS[message.state]}</span>{t(`informing.state.${message.state}`)}</span>
      <span className={soon ? styles["soon"] : styles["meta"]}>
        {t(soon ? "informing.endsSoon" : message.state === "expired" ? "informing.ended" : "informing.ends", { at: instantText(ends, language, city.timezone, now) })}
      </span>
    </span>
  );
}
