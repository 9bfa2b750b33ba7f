/** Opening a case: reference, authority, offence, and who keeps the evidence. No field for a person concerned. */
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCaseAct, type CaseDetail } from "@/api/inquiry";
import { useCityContext, useKindText } from "@/state/city";
import { setExtra } from "@/state/url";
import { Button } from "@/ui/Button";
import { Select, TextField } from "@/ui/Fields";
import { ErrorNote } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import styles from "@/features/inquiry/Inquiry.module.css";

function useOffences(): { id: string; text: string }[] {
  const { taxonomy } = useCityContext();
  const kind = useKindText();
  return useMemo(() => {
    const walk = (code: string): string[] => taxonomy.children(code).flatMap((one) => [one.code, ...walk(one.code)]);
    return walk("offence").map((id) => ({ id, text: kind(id) })).sort((a, b) => a.text.localeCompare(b.text));
  }, [taxonomy, kind]);
}

export function CaseForm() {
  const { t } = useTranslation();
  const { account } = useCityContext();
  const offences = useOffences();
  const act = useCaseAct();
  const [reference, setReference] = useState("");
  const [authority, setAuthority] = useState("");
  const [offence, setOffence] = useState("offence.person.brawl");
  const [custodian, setCustodian] = useState("");
  const ready = reference.trim() !== "" && authority.trim() !== "" && custodian.trim() !== "" && custodian.trim() !== account.login;
  const send = (): void => {
    act.mutate({ act: "open", body: { reference: reference.trim(), authority: authority.trim(), offence, custodian: custodian.trim() } }, {
      onSuccess: (done) => { setExtra({ case: (done as CaseDetail).case_id, form: null, req: null }); },
    });
  };
  return (
    <Panel title={t("inquiry.open")} side="right" takeFocus onClose={() => { setExtra({ form: null }); }}>
      <form className={styles["form"]} onSubmit={(event) => { event.preventDefault(); if (ready) send(); }}>
        <TextField label={t("inquiry.reference")} description={t("inquiry.referenceNote")} value={reference} onChange={setReference} maxLength={60} isRequired />
        <TextField label={t("inquiry.authority")} description={t("inquiry.noPerson")} value={authority} onChange={setAuthority} maxLength={120} isRequired />
        <Select label={t("inquiry.offence")} options={offences} value={offence} onChange={setOffence} />
        <TextField label={t("inquiry.custodian")} description={t("inquiry.custodianNote")} value={custodian} onChange={setCustodian} maxLength={80} isRequired autoComplete="off" />
        {act.error && <ErrorNote error={act.error} />}
        <p className={styles["acts"]}><Button type="submit" look="primary" isDisabled={!ready || act.isPending}>{t("inquiry.openIt")}</Button></p>
      </form>
    </Panel>
  );
}
