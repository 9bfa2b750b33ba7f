/** Enquêtes: cases by the book; a requisition, two other persons, one exact query, a package that proves itself. */
import { useMemo } from "react";
import { useTranslation } from "react-i18next";
import { useCase, useCases, type CaseHead } from "@/api/inquiry";
import { CaseForm } from "@/features/inquiry/CaseForm";
import { CasePanel } from "@/features/inquiry/CasePanel";
import { RequisitionForm } from "@/features/inquiry/RequisitionForm";
import { RequisitionPanel } from "@/features/inquiry/RequisitionPanel";
import { useCaseShapes } from "@/features/inquiry/caseMap";
import { Stage } from "@/parts/Stage";
import { useKindText, useMay } from "@/state/city";
import { EMPTY_CONTENT, useMapContent } from "@/state/mapStage";
import { setExtra, useUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import styles from "@/features/inquiry/Inquiry.module.css";

export const openCase = (id: string | null): void => { setExtra({ case: id, req: null, form: null, tab: null }); };

function CaseRow({ one, chosen }: { one: CaseHead; chosen: boolean }) {
  const { t } = useTranslation();
  const kind = useKindText();
  return (
    <li>
      <button type="button" className={styles["row"]} data-chosen={chosen} aria-current={chosen ? "true" : undefined} onClick={() => { openCase(one.case_id); }}>
        <span className={styles["strong"]}>{one.reference}</span>
        <span className={styles["chip"]} data-tone={one.overdue ? "bad" : one.state === "open" ? "good" : "plain"}>{t(one.overdue ? "inquiry.overdue" : `inquiry.caseState.${one.state}`)}</span>
        <span className={[styles["meta"], styles["whole"]].join(" ")}>{kind(one.offence)} · {one.authority} · {t("inquiry.requisitionCount", { count: one.requisitions })}</span>
      </button>
    </li>
  );
}

function Cases({ chosen }: { chosen: string | null }) {
  const { t } = useTranslation();
  const found = useCases();
  const mayOversee = useMay("read_audit");
  const start = <Button look="primary" onPress={() => { setExtra({ form: "case", req: null }); }}><Icon name="plus" size={16} />{t("inquiry.open")}</Button>;
  return (
    <Panel title={t("nav.inquiries")}>
      <p className={styles["lead"]}>{t(mayOversee ? "inquiry.leadOversee" : "inquiry.lead")}</p>
      <p className={styles["tools"]}>
        {!mayOversee && start}
        <Button look="quiet" onPress={() => void found.refetch()}><Icon name="retry" size={16} />{t("inquiry.again")}</Button>
      </p>
      {found.isPending && <Loading />}
      {found.error && <ErrorNote error={found.error} retry={() => void found.refetch()} />}
      {found.data?.length === 0 && <Empty title={t("inquiry.none")} next={t(mayOversee ? "inquiry.noneOversee" : "inquiry.noneNext")} />}
      {found.data && found.data.length > 0 && <ul className={styles["cases"]} aria-label={t("inquiry.cases")}>{found.data.map((one) => <CaseRow key={one.case_id} one={one} chosen={one.case_id === chosen} />)}</ul>}
    </Panel>
  );
}

export default function Inquiries() {
  const { extra } = useUrl();
  const id = extra["case"] ?? null;
  const found = useCase(id);
  const shapes = useCaseShapes();
  useMapContent(useMemo(() => ({ ...EMPTY_CONTENT, eventFile: shapes }), [shapes]));
  const shown = id !== null && found.data ? found.data : null;
  const chosen = shown?.requisition_list.find((one) => one.requisition_id === extra["req"]);
  const right = extra["form"] === "case" ? <CaseForm />
    : shown && extra["form"] === "requisition" ? <RequisitionForm key={shown.case_id} found={shown} />
      : shown && chosen ? <RequisitionPanel key={`${chosen.requisition_id} ${chosen.query_sha256 ?? ""}`} found={shown} one={chosen} /> : undefined;
  return (
    <Stage
      left={id === null ? <Cases chosen={null} />
        : shown ? <CasePanel key={shown.case_id} found={shown} beside={right !== undefined} again={() => void found.refetch()} />
          : <Waiting error={found.error} retry={() => void found.refetch()} />}
      right={right}
    />
  );
}

function Waiting({ error, retry }: { error: Error | null; retry: () => void }) {
  const { t } = useTranslation();
  return (
    <Panel title={t("inquiry.case")} onBack={() => { openCase(null); }}>
      {error ? <ErrorNote error={error} retry={retry} /> : <Loading rows={8} />}
    </Panel>
  );
}
