/** The dialog in which a person says why, or what for, when the server asks for it; one question at a time. */
import { useEffect, useState, type FormEvent } from "react";
import { Heading } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { setAsker, type Words } from "@/api/client";
import { isReason, LEAST_REASON, MOST_REASON, tidyReason, type ProblemError } from "@/lib/problem";
import { useCityContext } from "@/state/city";
import { Button } from "@/ui/Button";
import { Select, TextField } from "@/ui/Fields";
import { ModalDialog } from "@/ui/ModalDialog";
import styles from "@/app/Security.module.css";

interface Question { problem: ProblemError; give: (words: Words | null) => void }

function Form({ question: { problem, give } }: { question: Question }) {
  const { t, i18n } = useTranslation();
  const { account } = useCityContext();
  const [reason, setReason] = useState("");
  const [file, setFile] = useState("");
  const [purpose, setPurpose] = useState(account.purposes[0] ?? "");
  const forPurpose = problem.code === "purpose_refused";
  const dataset = String(problem.params["dataset"] ?? "");
  const submit = (event: FormEvent): void => {
    event.preventDefault();
    give(forPurpose ? { reason: "", case: "", purpose } : { reason: tidyReason(reason), case: tidyReason(file), purpose: null });
  };
  return (
    <form onSubmit={submit}>
      <Heading slot="title">{t(forPurpose ? "words.titlePurpose" : "words.title")}</Heading>
      <p>{i18n.exists(`problem.${problem.code}.title`) ? t(`problem.${problem.code}.title`) : problem.message}</p>
      {i18n.exists(`dataset.${dataset}`) && <p>{t("words.about", { dataset: t(`dataset.${dataset}`) })}</p>}
      {forPurpose
        ? <Select label={t("words.purpose")} value={purpose} onChange={setPurpose} options={account.purposes.map((id) => ({ id, text: t(`purpose.${id}`) }))} />
        : (
          <>
            <TextField label={t("words.reason")} name="reason" description={t("words.rule", { count: LEAST_REASON })} isRequired minLength={LEAST_REASON} maxLength={MOST_REASON} value={reason} onChange={setReason} autoFocus />
            <TextField label={t("words.case")} name="case" maxLength={MOST_REASON} value={file} onChange={setFile} />
          </>
        )}
      <p className={styles["line"]}>
        <Button look="primary" type="submit" isDisabled={!forPurpose && !isReason(reason)}>{t("words.send")}</Button>
        <Button onPress={() => { give(null); }}>{t("words.cancel")}</Button>
      </p>
    </form>
  );
}

export function AskWords() {
  const [waiting, setWaiting] = useState<readonly Question[]>([]);
  useEffect(() => {
    setAsker((problem) => new Promise((resolve) => {
      const question: Question = {
        problem,
        give: (words) => {
          setWaiting((all) => all.filter((one) => one !== question));
          resolve(words);
        },
      };
      setWaiting((all) => [...all, question]);
    }));
    return () => { setAsker(null); };
  }, []);
  const first = waiting[0];
  if (!first) return null;
  return (
    <ModalDialog onClose={() => { first.give(null); }}><Form key={waiting.length} question={first} /></ModalDialog>
  );
}
