/** What may be done with a message now; what may not says why beside its button. */
import { useId, useState } from "react";
import { useTranslation } from "react-i18next";
import { useActOnMessage, type MessageAct, type MessageDetail } from "@/api/messages";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Fields";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/features/today/informing/Informing.module.css";

const ACTS = ["submit", "approve", "refuse", "publish", "withdraw"] as const;
type Act = (typeof ACTS)[number];
/** The server's least for a reason. */
const LEAST_REASON = 8;
const WITH_REASON: readonly Act[] = ["refuse", "withdraw"];

/** A step that this state does not know is not offered; one that another person could take is, and says why not here. */
function offered(message: MessageDetail): Act[] {
  return ACTS.filter((act) => message.may.includes(act) || ["same_hand", "role", "token"].includes(message.closed[act] ?? ""));
}

function Reason({ act, pending, onSend, onLeave }: { act: Act; pending: boolean; onSend: (reason: string) => void; onLeave: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const ready = reason.trim().length >= LEAST_REASON;
  return (
    <form className={styles["set"]} onSubmit={(event) => { event.preventDefault(); if (ready) onSend(reason); }}>
      <TextField label={t(`informing.why.${act}`)} description={t("informing.whyNote", { count: LEAST_REASON })} value={reason} onChange={setReason} maxLength={500} autoFocus />
      <p className={styles["buttons"]}>
        <Button type="submit" look="primary" isDisabled={!ready || pending}>{t(`informing.act.${act}`)}</Button>
        <Button look="quiet" onPress={onLeave}>{t("informing.leave")}</Button>
      </p>
    </form>
  );
}

export function Acts({ message }: { message: MessageDetail }) {
  const { t } = useTranslation();
  const id = useId();
  const act = useActOnMessage(message.message_id);
  const [asking, setAsking] = useState<Act | null>(null);
  const send = (name: Act, more: Partial<MessageAct> = {}): void => {
    act.mutate({ act: name, after: message.number, reason: "", publish: false, ...more }, { onSuccess: () => { setAsking(null); } });
  };
  const names = offered(message);
  const closed = names.filter((name) => !message.may.includes(name));
  const reasons = [...new Set(closed.map((name) => message.closed[name] ?? "state"))];
  return (
    <section className={styles["part"]} aria-label={t("informing.acts")}>
      {asking === null && (
        <p className={styles["buttons"]}>
          {names.map((name) => {
            const open = message.may.includes(name);
            return (
              <Button
                key={name} look={name === "approve" || name === "publish" || name === "submit" ? "primary" : "plain"} isDisabled={!open || act.isPending}
                {...(open ? {} : { "aria-describedby": `${id}-${message.closed[name] ?? "state"}` })}
                onPress={() => { if (WITH_REASON.includes(name)) setAsking(name); else send(name); }}
              >
                {t(`informing.act.${name}`)}
              </Button>
            );
          })}
          {message.may.includes("approve") && <Button isDisabled={act.isPending} onPress={() => { send("approve", { publish: true }); }}>{t("informing.act.approve_publish")}</Button>}
        </p>
      )}
      {reasons.map((why) => (
        <p key={why} id={`${id}-${why}`} className={styles["closed"]}>
          {t(`informing.closedBy.${why}`, { acts: closed.filter((name) => message.closed[name] === why).map((name) => t(`informing.act.${name}`)).join(", ") })}
        </p>
      ))}
      {asking !== null && <Reason key={asking} act={asking} pending={act.isPending} onSend={(reason) => { send(asking, { reason }); }} onLeave={() => { setAsking(null); }} />}
      {act.error && <ErrorNote error={act.error} />}
    </section>
  );
}
