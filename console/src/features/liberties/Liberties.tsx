/** Libertés: what the house does with what it knows, for whoever wants to check. */
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";
import { BreakGlass } from "@/features/liberties/BreakGlass";
import { BudgetTab } from "@/features/liberties/BudgetTab";
import { Delegations } from "@/features/liberties/Delegations";
import { Journal } from "@/features/liberties/Journal";
import { PersonalData } from "@/features/liberties/PersonalData";
import { ProofPanel } from "@/features/liberties/ProofPanel";
import { Proofs } from "@/features/liberties/Proofs";
import { RegisterTab } from "@/features/liberties/RegisterTab";
import { RetentionTab } from "@/features/liberties/RetentionTab";
import { RightsTab } from "@/features/liberties/RightsTab";
import { Stage } from "@/parts/Stage";
import { useCityContext, useMay } from "@/state/city";
import { setExtra, useUrl } from "@/state/url";
import { Panel } from "@/ui/Panel";
import { Tabs } from "@/ui/Tabs";

export default function Liberties() {
  const { t } = useTranslation();
  const { extra } = useUrl();
  const mayAudit = useMay("read_audit");
  const mayRetention = useMay("read_retention");
  const mayQuarantine = useMay("read_quarantine");
  const mayAnswer = useMay("answer_rights");
  const mayBreak = useMay("break_glass");
  const mayReview = useMay("review_glass");
  const { account } = useCityContext();
  // A service's head names its people; who oversees reads whom each service has named.
  const delegates = useMay("read_delegations") && (account.heads !== null || mayAudit);
  const tab = (id: string, may: boolean, content: ReactNode) => (may ? [{ id, title: t(`liberties.tab.${id}`), content }] : []);
  const tabs = [
    ...tab("journal", mayAudit, <Journal />),
    ...tab("register", !mayAudit, <RegisterTab />),
    ...tab("delegations", delegates, <Delegations />),
    ...tab("budget", true, <BudgetTab />),
    ...tab("retention", mayRetention, <RetentionTab />),
    ...tab("rights", mayAnswer, <RightsTab />),
    ...tab("personal", mayQuarantine, <PersonalData />),
    ...tab("proofs", true, <Proofs />),
    ...tab("register", mayAudit, <RegisterTab />),
    ...tab("glass", mayBreak || mayReview, <BreakGlass />),
  ];
  const first = tabs[0]?.id ?? "register";
  const shown = tabs.find((one) => one.id === extra["tab"])?.id ?? first;
  const line = /^\d+$/.test(extra["line"] ?? "") ? Number(extra["line"]) : null;
  return (
    <Stage
      wide
      left={
        <Panel title={t("liberties.title")} size="full">
          <Tabs label={t("liberties.title")} tabs={tabs} selected={shown} onSelect={(id) => { setExtra({ tab: id === first ? null : id, line: null }); }} />
        </Panel>
      }
      right={line !== null ? <ProofPanel key={line} index={line} /> : undefined}
    />
  );
}
