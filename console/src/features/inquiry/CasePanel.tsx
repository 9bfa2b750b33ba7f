/** A case: what it is, what its members wrote, its timeline, its requisitions, everything that was done. */
import { useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCaseAct, useHolds, type CaseDetail } from "@/api/inquiry";
import { requisitionShapes, useShowShapes } from "@/features/inquiry/caseMap";
import { Notes } from "@/features/inquiry/Notes";
import { Refused } from "@/features/inquiry/Refused";
import { TimelineTab } from "@/features/inquiry/TimelineTab";
import { toneOf, useTimes } from "@/features/inquiry/words";
import { useCityContext, useKindText } from "@/state/city";
import { setExtra, useUrl } from "@/state/url";
import { Button } from "@/ui/Button";
import { TextField } from "@/ui/Fields";
import { Icon } from "@/ui/Icon";
import { Empty, ErrorNote } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import { Tabs } from "@/ui/Tabs";
import styles from "@/features/inquiry/Inquiry.module.css";

function Members({ found, member }: { found: CaseDetail; member: boolean }) {
  const { t } = useTranslation();
  const act = useCaseAct();
  const [login, setLogin] = useState("");
  const change = (name: string, what: "member" | "member_out"): void => {
    act.mutate({ act: "write", id: found.case_id, body: { act: what, login: name, text: "" } }, { onSuccess: () => { setLogin(""); } });
  };
  return (
    <section className={styles["part"]}>
      <h3>{t("inquiry.members")}</h3>
      <ul className={styles["entries"]}>
        {found.members.map((name) => (
          <li key={name} className={styles["acts"]}>
            <span className={styles["strong"]}>{name}</span>
            {name === found.custodian && <span className={styles["chip"]}>{t("inquiry.custodian")}</span>}
            {member && found.state === "open" && name !== found.custodian && found.members.length > 2 && (
              <Button look="quiet" isDisabled={act.isPending} onPress={() => { change(name, "member_out"); }}>{t("inquiry.memberOut", { name })}</Button>
            )}
          </li>
        ))}
      </ul>
      {member && found.state === "open" && (
        <form className={styles["acts"]} onSubmit={(event) => { event.preventDefault(); if (login.trim()) change(login.trim(), "member"); }}>
          <TextField label={t("inquiry.newMember")} value={login} onChange={setLogin} maxLength={80} autoComplete="off" />
          <Button type="submit" isDisabled={!login.trim() || act.isPending}>{t("inquiry.addMember")}</Button>
        </form>
      )}
      {act.error && <Refused error={act.error} />}
    </section>
  );
}

function Holds({ found }: { found: CaseDetail }) {
  const { t } = useTranslation();
  const times = useTimes();
  const holds = useHolds(found.case_id);
  if (holds.error) return <ErrorNote error={holds.error} retry={() => void holds.refetch()} />;
  return (
    <section className={styles["part"]}>
      <h3>{t("inquiry.holds")}</h3>
      <p className={styles["meta"]}>{t("inquiry.holdsNote")}</p>
      {holds.data?.length === 0 && <p>{t("inquiry.noHold")}</p>}
      <ul className={styles["entries"]}>
        {(holds.data ?? []).map((one) => (
          <li key={one.hold_id}>
            <span className={styles["chip"]} data-tone={one.standing ? "warn" : "plain"}>{t(one.standing ? "inquiry.holdStands" : "inquiry.holdEnded")}</span>{" "}
            {times(one.from_at, one.to_at)}
            <span className={styles["meta"]}>{one.stores.map((store) => t(`inquiry.store.${store}`, { defaultValue: t("inquiry.store.originals") })).filter((name, i, all) => all.indexOf(name) === i).join(", ")}{one.cameras.length > 0 && ` · ${t("inquiry.heldCameras", { count: one.cameras.length, names: one.cameras.join(", ") })}`}</span>
            <span className={styles["meta"]}>{one.released_at ? t("inquiry.released", { by: one.released_by ?? "", at: times(one.released_at) }) : t("inquiry.lapses", { at: times(one.until_at) })}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Closing({ found }: { found: CaseDetail }) {
  const { t } = useTranslation();
  const act = useCaseAct();
  const [asked, setAsked] = useState(false);
  return (
    <section className={styles["part"]}>
      <h3>{t("inquiry.closing")}</h3>
      <p>{t("inquiry.closingNote")}</p>
      {act.error && <Refused error={act.error} />}
      <p className={styles["acts"]}>
        {!asked && <Button onPress={() => { setAsked(true); }}>{t("inquiry.close")}</Button>}
        {asked && <Button look="primary" isDisabled={act.isPending} onPress={() => { act.mutate({ act: "close", id: found.case_id }); }}>{t("inquiry.closeSure")}</Button>}
        {asked && <Button look="quiet" onPress={() => { setAsked(false); }}>{t("inquiry.leave")}</Button>}
      </p>
    </section>
  );
}

function File({ found, member }: { found: CaseDetail; member: boolean }) {
  const { t } = useTranslation();
  const kind = useKindText();
  const times = useTimes();
  useShowShapes(useMemo(() => requisitionShapes(found.requisition_list, null), [found.requisition_list]));
  return (
    <>
      <section className={styles["part"]}>
        <dl className={styles["list"]}>
          <dt>{t("inquiry.reference")}</dt><dd className={styles["strong"]}>{found.reference}</dd>
          <dt>{t("inquiry.authority")}</dt><dd>{found.authority}</dd>
          <dt>{t("inquiry.offence")}</dt><dd>{kind(found.offence)}</dd>
          <dt>{t("inquiry.custodian")}</dt><dd>{found.custodian}</dd>
          <dt>{t("inquiry.opened")}</dt><dd>{times(found.opened_at)}</dd>
          <dt>{t("inquiry.state")}</dt><dd><span className={styles["chip"]} data-tone={found.state === "open" ? "good" : "plain"}>{t(`inquiry.caseState.${found.state}`)}</span></dd>
        </dl>
      </section>
      <Members found={found} member={member} />
      {member ? <Notes found={found} /> : <p className={styles["lead"]}>{t("inquiry.notesHidden")}</p>}
      <Holds found={found} />
      {member && found.state === "open" && <Closing found={found} />}
    </>
  );
}

function Requisitions({ found, member }: { found: CaseDetail; member: boolean }) {
  const { t } = useTranslation();
  const { extra } = useUrl();
  const { account } = useCityContext();
  const times = useTimes();
  const chosen = extra["req"] ?? null;
  useShowShapes(useMemo(() => requisitionShapes(found.requisition_list, chosen), [found.requisition_list, chosen]));
  const mayAsk = member && found.state === "open" && account.login !== found.custodian;
  return (
    <>
      {mayAsk && <p className={styles["tools"]}><Button look="primary" onPress={() => { setExtra({ form: "requisition", req: null }); }}><Icon name="plus" size={16} />{t("inquiry.enter")}</Button></p>}
      {account.login === found.custodian && <p className={styles["lead"]}>{t("inquiry.custodianAsksNot")}</p>}
      {found.requisition_list.length === 0 && <Empty title={t("inquiry.noRequisition")} next={t("inquiry.noRequisitionNext")} />}
      <ul className={styles["cases"]} aria-label={t("inquiry.tab.requisitions")}>
        {found.requisition_list.map((one) => (
          <li key={one.requisition_id}>
            <button type="button" className={styles["row"]} data-chosen={one.requisition_id === chosen} onClick={() => { setExtra({ req: one.requisition_id, form: null }); }}>
              <span className={styles["strong"]}>{t("inquiry.articleNumber", { article: one.article, number: one.number })}</span>
              <span className={styles["chip"]} data-tone={toneOf(one)}>{t(one.overdue ? "inquiry.overdue" : `inquiry.stage.${one.state}`)}</span>
              <span className={[styles["meta"], styles["whole"]].join(" ")}>{one.authority} · {times(one.entered_at)}{one.emergency && ` · ${t("inquiry.emergency")}`}</span>
            </button>
          </li>
        ))}
      </ul>
    </>
  );
}

function History({ found }: { found: CaseDetail }) {
  const { t } = useTranslation();
  const times = useTimes();
  useShowShapes(useMemo(() => requisitionShapes(found.requisition_list, null), [found.requisition_list]));
  const numbers = new Map(found.requisition_list.map((one) => [one.requisition_id, one.number]));
  return (
    <>
      <p className={styles["lead"]}>{t("inquiry.historyNote")}</p>
      <ol className={styles["steps"]}>
        {found.history.map((step) => (
          <li key={step.number}>
            <span className={styles["strong"]}>{t(`inquiry.act.${step.act}`)}</span>
            <span className={styles["meta"]}>{step.by} · {times(step.at)}{step.requisition_id && numbers.has(step.requisition_id) && ` · ${t("inquiry.ofNumber", { number: numbers.get(step.requisition_id) })}`}</span>
          </li>
        ))}
      </ol>
    </>
  );
}

export function CasePanel({ found, beside, again }: {
  found: CaseDetail;
  /** Whether another panel is open: the map keeps some room. */
  beside: boolean;
  again: () => void;
}) {
  const { t } = useTranslation();
  const { extra } = useUrl();
  const { account } = useCityContext();
  const member = found.members.includes(account.login);
  const tabs = [
    { id: "file", title: t("inquiry.tab.file"), content: <File found={found} member={member} /> },
    ...(member ? [{ id: "timeline", title: t("inquiry.tab.timeline"), content: <TimelineTab found={found} /> }] : []),
    { id: "requisitions", title: t("inquiry.tab.requisitions"), content: <Requisitions found={found} member={member} /> },
    { id: "history", title: t("inquiry.tab.history"), content: <History found={found} /> },
  ];
  const shown = tabs.find((one) => one.id === extra["tab"])?.id ?? "file";
  return (
    <Panel
      title={t("inquiry.caseTitle", { reference: found.reference })} size={beside ? "normal" : "wide"}
      onBack={() => { setExtra({ case: null, tab: null, req: null, form: null }); }}
      actions={<Button look="quiet" onPress={again}><Icon name="retry" size={16} />{t("inquiry.again")}</Button>}
    >
      <Tabs label={t("inquiry.case")} tabs={tabs} selected={shown} onSelect={(id) => { setExtra({ tab: id === "file" ? null : id }); }} />
    </Panel>
  );
}
