/** Means proposed with what that rests on; a person confirms, and says why when it is another. */
import { useEffect, useRef, useState, type ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { useConfirmDispatch, useProposal, type Candidate, type Dispatch, type Proposal as Found } from "@/api/shift";
import { MEANS, takeAwaited } from "@/features/today/act/reachMeans";
import { tell } from "@/features/today/act/said";
import { useAt } from "@/features/today/act/useAt";
import { Way } from "@/features/today/situation/Way";
import { decimalText, metresText } from "@/lib/numbers";
import { useKindText, useLanguage } from "@/state/city";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Fields";
import { ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/today/act/Act.module.css";

const LEAST_REASON = 3;
const LEAST_GUESS = 0.1;

function Means({ means, first, chosen, onChoose, children }: { means: Candidate; first: boolean; chosen: boolean; onChoose: (() => void) | null; children: ReactNode }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const kind = useKindText();
  const name = means.label ?? means.unit_ref;
  const way = means.travel_s === null ? t("situation.noWay") : t("situation.minutes", { count: Math.max(1, Math.round(means.travel_s / 60)) });
  const facts = [
    kind(means.kind), way,
    means.way_m === null ? null : metresText(means.way_m, language),
    means.guessed !== null && means.guessed >= LEAST_GUESS ? t("situation.guessed", { percent: Math.round(means.guessed * 100) }) : null,
  ];
  return (
    <li className={styles["step"]} data-state={first ? "done" : "open"}>
      <span className={styles["words"]}>
        {name}
        <span className={styles["meta"]}>{facts.filter(Boolean).join(" · ")}</span>
        <Way way={means.way} />
        <span className={styles["meta"]}>{first ? t("act.first") : t(`act.verdict.${means.verdict}`)}</span>
      </span>
      {onChoose && <Button look={first ? "primary" : "plain"} aria-pressed={chosen} aria-label={t("act.choose", { name })} onPress={onChoose}>{t("act.send")}</Button>}
      {children}
    </li>
  );
}

function Confirm({ found, unit, onSent, onCancel }: { found: Found; unit: string; onSent: () => void; onCancel: () => void }) {
  const { t } = useTranslation();
  const [reason, setReason] = useState("");
  const confirm = useConfirmDispatch();
  const means = found.candidates.find((one) => one.unit === unit);
  const needed = found.proposed !== unit;
  const ready = !needed || reason.trim().length >= LEAST_REASON;
  if (!means) return null;
  const name = means.label ?? means.unit_ref;
  return (
    <form
      className={styles["form"]} aria-label={t("act.confirm", { name })}
      onSubmit={(event) => {
        event.preventDefault();
        if (ready) confirm.mutate({ situation: found.situation, unit, kind: found.kind, reason }, { onSuccess: () => { tell(t("act.sent", { name })); onSent(); } });
      }}
    >
      <TextField label={t(needed ? "act.whyOther" : "act.why")} description={t("act.noNames")} value={reason} onChange={setReason} maxLength={800} isRequired={needed} autoFocus />
      <p className={styles["buttons"]}>
        <Button type="submit" look="primary" isDisabled={!ready || confirm.isPending}>{t("act.confirm", { name })}</Button>
        <Button look="quiet" onPress={onCancel}>{t("act.cancel")}</Button>
      </p>
      <p className={styles["meta"]}>{t("act.noOrder")}</p>
      {confirm.error && <ErrorNote error={confirm.error} />}
    </form>
  );
}

export function Proposal({ situation, kind, mayDispatch }: { situation: string; kind: string; mayDispatch: boolean }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const kindText = useKindText();
  const [unit, setUnit] = useState<string | null>(null);
  const { data, error, isPending, refetch } = useProposal(situation, kind);
  const title = useRef<HTMLHeadingElement>(null);
  /** The form goes away: the keyboard stays with the means. */
  const close = (): void => { setUnit(null); title.current?.focus(); };
  useEffect(() => {
    // After the panel that opens has taken the focus for itself.
    if (takeAwaited()) window.setTimeout(() => { title.current?.focus(); });
  }, []);
  return (
    <section className={styles["part"]} aria-label={t("act.proposal")}>
      <h3 id={MEANS} ref={title} tabIndex={-1}>{t("act.proposal")}</h3>
      {isPending && <Loading rows={2} />}
      {error && <ErrorNote error={error} retry={() => void refetch()} />}
      {data && data.basis.adequacy === "" && <p className={styles["meta"]}>{t("act.noTable")}</p>}
      {data && data.basis.adequacy !== "" && data.proposed === null && <p className={styles["meta"]}>{t("act.nobody")}</p>}
      {data && (
        <>
          <ul className={styles["steps"]}>
            {data.candidates.map((one) => (
              <Means key={one.unit} means={one} first={one.unit === data.proposed} chosen={one.unit === unit} onChoose={mayDispatch ? () => { setUnit(one.unit); } : null}>
                {one.unit === unit && <Confirm found={data} unit={unit} onSent={close} onCancel={close} />}
              </Means>
            ))}
          </ul>
          {data.basis.adequacy !== "" && (
            <p className={styles["meta"]}>
              {t("act.basis", { kind: kindText(data.basis.adequacy), means: data.basis.suited.map(kindText).join(", "), usable: data.basis.usable, suiting: data.basis.suiting, known: data.basis.known })}
              {" "}
              {t("situation.meansBasis", { count: data.basis.closed, km: decimalText(data.basis.network_km, language, 0), detour: decimalText(data.basis.detour, language, 1), kmh: decimalText(data.basis.link_kmh, language, 0) })}
              {data.basis.closed_filed > 0 && <> {t("situation.closedFiled", { count: data.basis.closed_filed })}</>}
            </p>
          )}
        </>
      )}
    </section>
  );
}

export function Dispatches({ found }: { found: readonly Dispatch[] }) {
  const { t } = useTranslation();
  const at = useAt();
  if (found.length === 0) return null;
  return (
    <section className={styles["part"]} aria-label={t("act.dispatches")}>
      <h3>{t("act.dispatches")}</h3>
      <ul className={styles["rows"]}>
        {found.map((one) => (
          <li key={one.dispatch_id} className={styles["entry"]} data-struck={one.called_off}>
            <span className={styles["words"]}>
              {one.label}
              <span className={styles["meta"]}>{t("act.doneBy", { at: at(one.at), role: t(`role.${one.role}`), who: one.by ?? "" })}</span>
              {one.reason && <span className={styles["meta"]}>{one.reason}</span>}
            </span>
            <span className={styles["meta"]}>{t(one.called_off ? "act.calledOff" : one.proposed ? "act.asProposed" : "act.another")}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}
