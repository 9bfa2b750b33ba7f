/** Accept a clash with a reason, call it solved by a measure, or open it again. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import { useDecideClash, type ClashDetail, type ClashState } from "@/api/clashes";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Fields";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/features/tomorrow/clashes/Clashes.module.css";

const LEAST_REASON = 8;

export function Decide({ clash }: { clash: ClashDetail }) {
  const { t } = useTranslation();
  const [wanted, setWanted] = useState<ClashState | null>(null);
  const [reason, setReason] = useState("");
  const [measure, setMeasure] = useState("");
  const decide = useDecideClash(clash.clash_id);
  const ready = wanted === "open" || (reason.trim().length >= LEAST_REASON && (wanted === "accepted" || measure.trim().length > 0));
  const send = (): void => {
    if (!wanted) return;
    decide.mutate({ state: wanted, reason, measure: wanted === "solved" ? measure : "", after: clash.number }, {
      onSuccess: () => { setWanted(null); setReason(""); setMeasure(""); },
    });
  };
  const choices: readonly ClashState[] = clash.state === "open" ? ["accepted", "solved"] : ["open", clash.state === "accepted" ? "solved" : "accepted"];
  return (
    <section className={styles["part"]} aria-label={t("clashes.decide")}>
      <h3>{t("clashes.decide")}</h3>
      <p className={styles["buttons"]}>
        {choices.map((state) => (
          <Button key={state} look={wanted === state ? "primary" : "plain"} aria-pressed={wanted === state} onPress={() => { setWanted(wanted === state ? null : state); }}>
            {t(`clashes.to.${state}`)}
          </Button>
        ))}
      </p>
      {wanted && (
        <form className={styles["form"]} onSubmit={(event) => { event.preventDefault(); if (ready) send(); }}>
          {wanted === "solved" && <TextField label={t("clashes.measure")} description={t("clashes.measureHint")} value={measure} onChange={setMeasure} maxLength={200} isRequired />}
          <TextField label={t("clashes.reason")} description={t("clashes.reasonHint", { least: LEAST_REASON })} value={reason} onChange={setReason} maxLength={500} isRequired={wanted !== "open"} />
          <Button type="submit" look="primary" isDisabled={!ready || decide.isPending}>{t("clashes.confirm")}</Button>
        </form>
      )}
      {decide.error && <ErrorNote error={decide.error} />}
    </section>
  );
}
