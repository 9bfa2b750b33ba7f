/** Every kind of event: what it brings per 10,000 people, and how well its past events were foreseen, beside the raw-count method. */
import { useTranslation } from "react-i18next";
import { useEffects, type EventKindScore } from "@/api/effects";
import { About } from "@/features/tomorrow/effects/Checks";
import { useFigures } from "@/features/tomorrow/effects/figures";
import { decimalText } from "@/lib/numbers";
import { Stage } from "@/parts/Stage";
import { useKindText, useLanguage, useMay } from "@/state/city";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import { Panel } from "@/ui/Panel";
import styles from "@/features/tomorrow/effects/Effects.module.css";

const COLUMNS = ["events", "per10kColumn", "most", "inside", "error", "usualError", "rawError"] as const;
const KINDS = 3;
const SMALL = 15;

function Row({ one }: { one: EventKindScore }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const kind = useKindText();
  const { number, span, count } = useFigures();
  const rate = one.per_10k;
  const percent = (share: number): string => `${decimalText(share * 100, language, 0)} %`;
  return (
    <tr className={one.events < SMALL ? styles["small"] : undefined}>
      <th scope="row">{one.kind ? kind(one.kind) : t("effects.everyKind")}</th>
      <td className={styles["number"]}>{count(one.events)}{one.events < SMALL && <span className={styles["meta"]}>{t("effects.smallBase")}</span>}</td>
      <td className={styles["number"]}>{t("effects.span", { mid: number(rate.mean), low: number(rate.low80), high: number(rate.high80) })}</td>
      <td>{one.kinds.slice(0, KINDS).map((each) => <span key={each.kind} className={styles["most"]}>{kind(each.kind)} {span(each)}</span>)}</td>
      <td className={styles["number"]}>{percent(one.inside80)}<span className={styles["meta"]}>{percent(one.inside50)} · {percent(one.inside95)}</span></td>
      <td className={styles["number"]}>{number(one.error)}</td>
      <td className={styles["number"]}>{number(one.usual_error)}</td>
      <td className={styles["number"]}>{number(one.raw_error)}</td>
    </tr>
  );
}

export default function EffectsView() {
  const { t } = useTranslation();
  const allowed = useMay("run_analyses");
  const found = useEffects(allowed);
  return (
    <Stage
      left={
        <Panel title={t("effects.viewTitle")} size="wide">
          <div className={styles["block"]}>
          <p className={styles["note"]}>{t("effects.viewLead")}</p>
          {found.isPending && <Loading rows={10} />}
          {found.error && <ErrorNote error={found.error} retry={() => void found.refetch()} />}
          {found.data?.items.length === 0 && <Empty title={t("effects.noKinds")} next={t("effects.noKindsNext")} />}
          {found.data && found.data.items.length > 0 && (
            <div className={styles["holder"]}>
              <table className={styles["table"]}>
                <caption className="visually-hidden">{t("effects.viewTitle")}</caption>
                <thead>
                  <tr>
                    <th scope="col">{t("effects.kindOfEvent")}</th>
                    {COLUMNS.map((name) => <th key={name} scope="col" className={name === "most" ? undefined : styles["number"]}>{t(`effects.column.${name}`)}</th>)}
                  </tr>
                </thead>
                <tbody>{found.data.items.map((one) => <Row key={one.kind} one={one} />)}</tbody>
              </table>
            </div>
          )}
          {found.data && <><p className={styles["note"]}>{t("effects.viewNote")}</p><About about={found.data.about} /></>}
          </div>
        </Panel>
      }
    />
  );
}
