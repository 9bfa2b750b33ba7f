/** Entering a requisition as its act says it, and binding the whole of it as the exact query. */
import { useCallback, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCaseAct, type CaseDetail, type RequisitionSpec } from "@/api/inquiry";
import { DocumentField } from "@/features/inquiry/DocumentField";
import { QueryFields, queryOf, STORES, type QueryDraft } from "@/features/inquiry/QueryFields";
import { Refused } from "@/features/inquiry/Refused";
import type { Hashed } from "@/lib/fileHash";
import { wallText } from "@/lib/localTime";
import { HOUR } from "@/lib/time";
import { useCityContext, useNow } from "@/state/city";
import { setExtra } from "@/state/url";
import { Button } from "@/ui/Button";
import { Checkbox, Select, TextField } from "@/ui/Fields";
import { Panel } from "@/ui/Panel";
import styles from "@/features/inquiry/Inquiry.module.css";

const ARTICLES: readonly RequisitionSpec["article"][] = ["60-1", "60-2", "77-1-1", "77-1-2", "99-3", "99-4"];

export function RequisitionForm({ found }: { found: CaseDetail }) {
  const { t } = useTranslation();
  const { city } = useCityContext();
  const now = useNow(60_000);
  const act = useCaseAct();
  const [article, setArticle] = useState<RequisitionSpec["article"]>("60-1");
  const [number, setNumber] = useState("");
  const [authority, setAuthority] = useState(found.authority);
  const [emergency, setEmergency] = useState(false);
  const [document, setDocument] = useState<Hashed | null>(null);
  const [draft, setDraft] = useState<QueryDraft>(() => ({ from: wallText(now - 24 * HOUR, city.timezone), to: wallText(now, city.timezone), area: null, stores: STORES, sources: [] }));
  const change = useCallback((part: Partial<QueryDraft>) => { setDraft((one) => ({ ...one, ...part })); }, []);
  const query = queryOf(draft, city.timezone);
  const ready = query !== null && number.trim() !== "" && authority.trim() !== "" && (emergency || document !== null);
  const send = async (): Promise<void> => {
    if (!query) return;
    const body: RequisitionSpec = { article, number: number.trim(), authority: authority.trim(), act: query, emergency, document: emergency || !document ? { name: "", sha256: "" } : document };
    const entered = (await act.mutateAsync({ act: "enter", id: found.case_id, body })) as CaseDetail;
    const name = entered.requisition_list.at(-1)?.requisition_id ?? "";
    setExtra({ form: null, req: name, tab: "requisitions" });
    await act.mutateAsync({ act: "bind", id: found.case_id, requisition: name, body: query });
  };
  return (
    <Panel title={t("inquiry.enter")} side="right" takeFocus onClose={() => { setExtra({ form: null }); }}>
      <form className={styles["form"]} onSubmit={(event) => { event.preventDefault(); if (ready) send().catch(() => undefined); }}>
        <p className={styles["meta"]}>{t("inquiry.enterNote")}</p>
        <Select label={t("inquiry.article")} value={article} options={ARTICLES.map((id) => ({ id, text: t(`inquiry.articles.${id}`) }))} onChange={(id) => { setArticle(ARTICLES.find((one) => one === id) ?? "60-1"); }} />
        <div className={styles["pair"]}>
          <TextField label={t("inquiry.number")} value={number} onChange={setNumber} maxLength={60} isRequired />
          <TextField label={t("inquiry.requires")} description={t("inquiry.noPerson")} value={authority} onChange={setAuthority} maxLength={120} isRequired />
        </div>
        <QueryFields draft={draft} onChange={change} />
        <Checkbox isSelected={emergency} onChange={setEmergency}>{t("inquiry.emergencyAsk")}</Checkbox>
        {emergency ? <p className={styles["said"]}>{t("inquiry.emergencyNote")}</p> : <DocumentField value={document} onChange={setDocument} />}
        {act.error && <Refused error={act.error} />}
        {!ready && <p className={styles["meta"]}>{t("inquiry.missing")}</p>}
        <p className={styles["acts"]}><Button type="submit" look="primary" isDisabled={!ready || act.isPending}>{t("inquiry.enterIt")}</Button></p>
      </form>
    </Panel>
  );
}
