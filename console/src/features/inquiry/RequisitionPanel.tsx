/** A requisition: the exact query, who approved it, its one use, its package; an emergency and its review. */
import { useCallback, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";
import { useCaseAct, type CaseDetail, type Requisition, type ReviewSpec } from "@/api/inquiry";
import { areaOf, flyTo, readQuery, requisitionShapes, useShowShapes } from "@/features/inquiry/caseMap";
import { DocumentField } from "@/features/inquiry/DocumentField";
import { PackagePart } from "@/features/inquiry/PackagePart";
import { QueryFields, queryOf, STORES, type QueryDraft } from "@/features/inquiry/QueryFields";
import { Refused } from "@/features/inquiry/Refused";
import { handOf, toneOf, useFeedTitle, useTimes, type Hand } from "@/features/inquiry/words";
import type { Hashed } from "@/lib/fileHash";
import { wallText } from "@/lib/localTime";
import { DAY, parseInstant, rfc3339 } from "@/lib/time";
import { useCityContext, useMay } from "@/state/city";
import { setExtra } from "@/state/url";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import { Panel } from "@/ui/Panel";
import styles from "@/features/inquiry/Inquiry.module.css";

function ExactQuery({ one }: { one: Requisition }) {
  const { t } = useTranslation();
  const times = useTimes();
  const feed = useFeedTitle();
  const query = readQuery(one.query) ?? readQuery(one.act);
  if (!query) return null;
  return (
    <section className={styles["part"]}>
      <h3>{t(one.query ? "inquiry.exact" : "inquiry.asActed")}</h3>
      <dl className={styles["list"]}>
        <dt>{t("inquiry.window")}</dt><dd>{times(query.from, query.to)}</dd>
        <dt>{t("inquiry.area")}</dt><dd>{t("inquiry.corners", { count: query.ring.length })} <Button look="quiet" onPress={() => { flyTo(query.ring); }}><Icon name="target" size={14} />{t("inquiry.seeArea")}</Button></dd>
        <dt>{t("inquiry.stores")}</dt><dd>{query.stores.map((store) => t(`inquiry.store.${store}`)).join(", ")}</dd>
        <dt>{t("inquiry.feeds")}</dt><dd>{query.sources.length === 0 ? t("inquiry.everyFeed") : query.sources.map(feed).join(", ")}</dd>
        {one.query_sha256 && <><dt>{t("inquiry.queryHash")}</dt><dd className={styles["hash"]}>{one.query_sha256}</dd></>}
      </dl>
      {one.query_text && <details><summary>{t("inquiry.exactText")}</summary><pre className={styles["exact"]} tabIndex={0} aria-label={t("inquiry.exactText")}>{one.query_text}</pre></details>}
    </section>
  );
}

function NarrowerForm({ found, one }: { found: CaseDetail; one: Requisition }) {
  const { t } = useTranslation();
  const { city } = useCityContext();
  const act = useCaseAct();
  const [draft, setDraft] = useState<QueryDraft>(() => {
    const told = readQuery(one.query) ?? readQuery(one.act);
    const wall = (text: string | undefined): string => wallText(parseInstant(text) ?? 0, city.timezone);
    return { from: wall(told?.from), to: wall(told?.to), area: told ? areaOf(told.ring) : null, stores: told?.stores ?? STORES, sources: told?.sources ?? [] };
  });
  const change = useCallback((part: Partial<QueryDraft>) => { setDraft((before) => ({ ...before, ...part })); }, []);
  const query = queryOf(draft, city.timezone);
  return (
    <form
      className={styles["form"]}
      onSubmit={(event) => {
        event.preventDefault();
        if (query) act.mutate({ act: "bind", id: found.case_id, requisition: one.requisition_id, body: query });
      }}
    >
      <p className={styles["meta"]}>{t("inquiry.narrowNote")}</p>
      <QueryFields draft={draft} onChange={change} />
      {act.error && <Refused error={act.error} />}
      <p className={styles["acts"]}><Button type="submit" isDisabled={!query || act.isPending}>{t("inquiry.bind")}</Button></p>
    </form>
  );
}

/** What is drawn there lies over the map, so it is there only while it is open. */
function Narrower({ found, one }: { found: CaseDetail; one: Requisition }) {
  const { t } = useTranslation();
  const [open, setOpen] = useState(false);
  return (
    <details className={styles["part"]} onToggle={(event) => { setOpen(event.currentTarget.open); }}>
      <summary>{t("inquiry.narrow")}</summary>
      {open && <NarrowerForm found={found} one={one} />}
    </details>
  );
}

function Approvals({ found, one, hand }: { found: CaseDetail; one: Requisition; hand: Hand }) {
  const { t } = useTranslation();
  const times = useTimes();
  const act = useCaseAct();
  const sha256 = one.query_sha256 ?? "";
  const waits = one.state !== "used" && one.query !== null && found.state === "open";
  const may = waits && !hand.approved && !hand.asked && (hand.custodian || hand.oversees);
  const ends = (at: string): string => times(rfc3339((parseInstant(at) ?? 0) + DAY));
  return (
    <section className={styles["part"]}>
      <h3>{t("inquiry.approvals")}</h3>
      <p className={styles["meta"]}>{t("inquiry.approvalsNote")}</p>
      {one.approvals.length === 0 && <p>{t("inquiry.noApproval")}</p>}
      <ul className={styles["entries"]}>
        {one.approvals.map((yes) => (
          <li key={`${yes.by} ${yes.at}`}>
            <span className={styles["strong"]}>{yes.by}</span> <span className={styles["chip"]}>{t(`inquiry.side.${yes.side}`)}</span>
            <span className={styles["meta"]}>{times(yes.at)}{one.state !== "used" && ` · ${t("inquiry.validUntil", { at: ends(yes.at) })}`}</span>
          </li>
        ))}
      </ul>
      {may && <p className={styles["acts"]}><Button look="primary" isDisabled={act.isPending} onPress={() => { act.mutate({ act: "approve", id: found.case_id, requisition: one.requisition_id, sha256 }); }}><Icon name="check" size={16} />{t("inquiry.approve")}</Button></p>}
      {waits && hand.asked && <p className={styles["meta"]}>{t("inquiry.refused.requester")}</p>}
      {act.error && <Refused error={act.error} />}
    </section>
  );
}

function Use({ found, one }: { found: CaseDetail; one: Requisition }) {
  const { t } = useTranslation();
  const act = useCaseAct();
  const [sure, setSure] = useState(false);
  return (
    <section className={styles["part"]}>
      <h3>{t("inquiry.use")}</h3>
      <p>{t("inquiry.useNote")}</p>
      {act.error && <Refused error={act.error} />}
      <p className={styles["acts"]}>
        {!sure && <Button look="primary" onPress={() => { setSure(true); }}>{t("inquiry.gather")}</Button>}
        {sure && <Button look="primary" isDisabled={act.isPending} onPress={() => { act.mutate({ act: "run", id: found.case_id, requisition: one.requisition_id, sha256: one.query_sha256 ?? "" }); }}>{t("inquiry.gatherSure")}</Button>}
        {sure && <Button look="quiet" isDisabled={act.isPending} onPress={() => { setSure(false); }}>{t("inquiry.leave")}</Button>}
        {act.isPending && <span role="status">{t("inquiry.gathering")}</span>}
      </p>
    </section>
  );
}

function Emergency({ found, one, hand }: { found: CaseDetail; one: Requisition; hand: Hand }) {
  const { t } = useTranslation();
  const times = useTimes();
  const act = useCaseAct();
  const [document, setDocument] = useState<Hashed | null>(null);
  const told = one.review as { verdict?: string; by?: string; at_us?: number } | null;
  const judge = (verdict: ReviewSpec["verdict"]): void => {
    act.mutate({ act: "review", id: found.case_id, requisition: one.requisition_id, body: { verdict, document: document ?? { name: "", sha256: "" } } });
  };
  const due = rfc3339((parseInstant(one.entered_at) ?? 0) + DAY);
  return (
    <section className={styles["part"]}>
      <h3>{t("inquiry.emergency")}</h3>
      {told?.verdict ? (
        <p className={styles["said"]} data-tone={told.verdict === "justified" ? "good" : "bad"}>{t("inquiry.reviewed", { verdict: t(`glass.verdict.${told.verdict}`), by: told.by ?? "", at: times(rfc3339((told.at_us ?? 0) / 1000)) })}</p>
      ) : <p className={styles["said"]} data-tone={one.overdue ? "bad" : "warn"}>{t(one.overdue ? "inquiry.reviewLate" : "inquiry.reviewDue", { at: times(due) })}</p>}
      {!told?.verdict && hand.oversees && (
        <>
          <DocumentField value={document} onChange={setDocument} />
          <p className={styles["acts"]}>
            <Button look="primary" isDisabled={document === null || act.isPending} onPress={() => { judge("justified"); }}>{t("glass.verdict.justified")}</Button>
            <Button isDisabled={act.isPending} onPress={() => { judge("unjustified"); }}>{t("glass.verdict.unjustified")}</Button>
          </p>
        </>
      )}
      {act.error && <Refused error={act.error} />}
    </section>
  );
}

export function RequisitionPanel({ found, one }: { found: CaseDetail; one: Requisition }) {
  const { t } = useTranslation();
  const { account } = useCityContext();
  const times = useTimes();
  const oversees = useMay("read_audit");
  const hand = handOf(found, one, account.login, oversees);
  useShowShapes(useMemo(() => requisitionShapes([one], one.requisition_id), [one]));
  useEffect(() => {
    const asked = readQuery(one.query) ?? readQuery(one.act);
    if (asked) flyTo(asked.ring);
  }, [one]);
  const open = found.state === "open" && one.state !== "used";
  const document = one.document as { name?: string; sha256?: string };
  return (
    <Panel title={t("inquiry.articleNumber", { article: one.article, number: one.number })} side="right" onClose={() => { setExtra({ req: null }); }}>
      <section className={styles["part"]}>
        <p className={styles["acts"]}>
          <span className={styles["chip"]} data-tone={toneOf(one)}>{t(one.overdue ? "inquiry.overdue" : `inquiry.stage.${one.state}`)}</span>
          {one.emergency && <span className={styles["chip"]} data-tone="warn">{t("inquiry.emergency")}</span>}
        </p>
        <dl className={styles["list"]}>
          <dt>{t("inquiry.article")}</dt><dd>{t(`inquiry.articles.${one.article}`)}</dd>
          <dt>{t("inquiry.requires")}</dt><dd>{one.authority}</dd>
          <dt>{t("inquiry.entered")}</dt><dd>{times(one.entered_at)}</dd>
          <dt>{t("inquiry.document")}</dt><dd>{document.sha256 ? <>{document.name}<span className={styles["hash"]}> {document.sha256}</span></> : t("inquiry.noDocument")}</dd>
        </dl>
      </section>
      {one.emergency && <Emergency found={found} one={one} hand={hand} />}
      <ExactQuery one={one} />
      <Approvals found={found} one={one} hand={hand} />
      {open && hand.member && !hand.custodian && <Narrower found={found} one={one} />}
      {open && one.state === "approved" && hand.member && hand.asked && <Use found={found} one={one} />}
      {one.state === "used" && <PackagePart found={found} one={one} member={hand.member} />}
    </Panel>
  );
}
