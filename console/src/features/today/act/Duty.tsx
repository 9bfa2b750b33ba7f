/** De garde: who is on duty now, the turns entered, the hours when nobody is, and the form that enters a turn. */
import { useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import { useDuty, useEnterTurn, useWithdrawTurn, type Duty as Found } from "@/api/duty";
import { tell } from "@/features/today/act/said";
import { useAt } from "@/features/today/act/useAt";
import { fromLocalInput, toLocalInput } from "@/lib/localInput";
import { HOUR } from "@/lib/time";
import { useCityContext, useNow } from "@/state/city";
import { Button } from "@/ui/Button";
import { Checkbox, Select, TextField } from "@/ui/Fields";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/features/today/act/Act.module.css";

const USUAL_H = 12;

function useRole(): (role: string) => string {
  const { t } = useTranslation();
  return (role) => t(`role.${role}`, { defaultValue: role });
}

function TurnForm({ roles, onDone }: { roles: readonly string[]; onDone: () => void }) {
  const { t } = useTranslation();
  const { city } = useCityContext();
  const name = useRole();
  const now = useNow(60_000);
  const enter = useEnterTurn();
  const start = Math.ceil(now / HOUR) * HOUR;
  const [role, setRole] = useState(roles[0] ?? "");
  const [from, setFrom] = useState(() => toLocalInput(start, city.timezone));
  const [to, setTo] = useState(() => toLocalInput(start + USUAL_H * HOUR, city.timezone));
  const [post, setPost] = useState("");
  const [vacant, setVacant] = useState(false);
  const [low, high] = [fromLocalInput(from, city.timezone), fromLocalInput(to, city.timezone)];
  const ready = low !== null && high !== null && low < high;
  return (
    <form
      className={styles["form"]} aria-label={t("act.duty.enter")}
      onSubmit={(event) => {
        event.preventDefault();
        if (!ready) return;
        const body = { role, from_at: new Date(low).toISOString(), to_at: new Date(high).toISOString(), held: !vacant, post: vacant ? "" : post };
        enter.mutate(body, { onSuccess: () => { tell(t("act.duty.entered", { role: name(role) })); onDone(); } });
      }}
    >
      <Select label={t("act.duty.role")} options={roles.map((one) => ({ id: one, text: name(one) }))} value={role} onChange={setRole} />
      <TextField label={t("act.duty.from")} type="datetime-local" value={from} onChange={setFrom} isRequired />
      <TextField label={t("act.duty.to")} type="datetime-local" value={to} onChange={setTo} isRequired />
      <Checkbox isSelected={vacant} onChange={setVacant}>{t("act.duty.vacant")}</Checkbox>
      {!vacant && <TextField label={t("act.duty.post")} description={t("act.duty.postHint")} value={post} onChange={setPost} maxLength={120} />}
      {!ready && <p className={styles["meta"]} role="status">{t("act.duty.order")}</p>}
      <p className={styles["buttons"]}>
        <Button type="submit" look="primary" isDisabled={!ready || enter.isPending}>{t("act.duty.enter")}</Button>
        <Button look="quiet" onPress={onDone}>{t("act.cancel")}</Button>
      </p>
      {enter.error && <ErrorNote error={enter.error} />}
    </form>
  );
}

function Now({ duty }: { duty: Found }) {
  const { t } = useTranslation();
  const at = useAt();
  const name = useRole();
  if (duty.now.length === 0) {
    return (
      <p className={styles["late"]} role="status">
        {t("act.duty.nobody")} {duty.next_at ? t("act.duty.next", { at: at(duty.next_at) }) : t("act.duty.noNext")}
      </p>
    );
  }
  return (
    <ol className={styles["rows"]} aria-label={t("act.duty.now")}>
      {duty.now.map((one) => (
        <li key={one.role} className={styles["entry"]}>
          <span className={styles["words"]}>
            {name(one.role)}
            <span className={styles["meta"]}>{[one.post, one.until ? t("act.duty.until", { at: at(one.until) }) : t("act.duty.weekly")].filter(Boolean).join(" · ")}</span>
          </span>
        </li>
      ))}
    </ol>
  );
}

function Turns({ duty }: { duty: Found }) {
  const { t } = useTranslation();
  const at = useAt();
  const name = useRole();
  const withdraw = useWithdrawTurn();
  if (duty.turns.length === 0) return <p className={styles["meta"]}>{t("act.duty.noTurns")}</p>;
  return (
    <>
      <ul className={styles["rows"]} aria-label={t("act.duty.turns")}>
        {duty.turns.map((turn) => {
          const what = t("act.duty.turn", { role: name(turn.role), from: at(turn.from), to: at(turn.to) });
          return (
            <li key={turn.turn_id} className={styles["entry"]}>
              <span className={styles["words"]}>
                {what}
                <span className={styles["meta"]}>{[turn.held ? turn.post : t("act.duty.empty"), turn.by].filter(Boolean).join(" · ")}</span>
              </span>
              {duty.may_write && (
                <Button look="quiet" isDisabled={withdraw.isPending} aria-label={t("act.duty.withdrawOne", { what })} onPress={() => { withdraw.mutate(turn.turn_id, { onSuccess: () => { tell(t("act.duty.withdrawn")); } }); }}>
                  {t("act.duty.withdraw")}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {withdraw.error && <ErrorNote error={withdraw.error} />}
    </>
  );
}

export function Duty() {
  const { t } = useTranslation();
  const at = useAt();
  const duty = useDuty();
  const [writing, setWriting] = useState(false);
  const title = useRef<HTMLHeadingElement>(null);
  if (duty.error) return <section className={styles["part"]}><ErrorNote error={duty.error} retry={() => void duty.refetch()} /></section>;
  if (!duty.data) return null;
  const found = duty.data;
  return (
    <section className={styles["part"]} aria-label={t("act.duty.title")}>
      <h3 ref={title} tabIndex={-1}>{t("act.duty.title")}</h3>
      <Now duty={found} />
      {found.gaps.length > 0 && (
        <>
          <p className={styles["meta"]}>{t("act.duty.gaps")}</p>
          <ul className={styles["rows"]}>
            {found.gaps.map((gap) => <li key={gap.from} className={styles["entry"]}>{t("act.duty.gap", { from: at(gap.from), to: at(gap.to) })}</li>)}
          </ul>
        </>
      )}
      <Turns duty={found} />
      <p className={styles["meta"]}>{t("alerting.dutyNote", { count: found.after_min })}</p>
      {found.may_write && (writing
        ? <TurnForm roles={found.roles} onDone={() => { setWriting(false); title.current?.focus(); }} />
        : <p className={styles["buttons"]}><Button onPress={() => { setWriting(true); }}>{t("act.duty.new")}</Button></p>)}
    </section>
  );
}
