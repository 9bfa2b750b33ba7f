/** Every figure before and after, with the difference and its own interval; kinds of facts last. */
import { useTranslation } from "react-i18next";
import type { Ranged, WhatIf, WhatIfFigure } from "@/api/whatif";
import { KIND, directionOf, grouped, isCertain, numberText, signedText, unitOf } from "@/features/tomorrow/whatif/figures";
import { useKindText, useLanguage } from "@/state/city";
import styles from "@/features/tomorrow/whatif/WhatIf.module.css";

function Value({ one, unit }: { one: Ranged | null; unit: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (!one) return <span title={t("whatif.unknown")}>–</span>;
  return (
    <>
      <span className={[styles["number"], one.small ? styles["small"] : ""].join(" ")}>{numberText(one.likely, language)}{unit ? ` ${unit}` : ""}</span>
      {!isCertain(one) && <span className={styles["interval"]}>{t("whatif.interval", { low: numberText(one.low, language), high: numberText(one.high, language) })}</span>}
    </>
  );
}

function Difference({ one, unit }: { one: Ranged | null; unit: string }) {
  const { t } = useTranslation();
  const language = useLanguage();
  if (!one) return <span title={t("whatif.unknown")}>–</span>;
  const direction = directionOf(one);
  const mark = direction === "more" ? "▲ " : direction === "less" ? "▼ " : "";
  return (
    <>
      <span className={styles[direction]}>
        <span aria-hidden="true">{mark}</span>
        {signedText(one.likely, language)}{unit ? ` ${unit}` : ""}
        <span className="visually-hidden"> {t(`whatif.direction.${direction}`)}</span>
      </span>
      {!isCertain(one) && !(one.low === 0 && one.high === 0) && <span className={styles["interval"]}>{t("whatif.interval", { low: signedText(one.low, language), high: signedText(one.high, language) })}</span>}
    </>
  );
}

/** What a figure rests on, in a few words. */
function useBasis(): (one: Ranged | null) => string {
  const { t } = useTranslation();
  const kind = useKindText();
  return (one) => {
    if (!one) return "";
    const pool = one.pool === "" ? t("whatif.basis.allKinds") : kind(one.pool);
    return t(`whatif.basis.${one.method}`, { count: one.base, pool });
  };
}

function Row({ figure, others }: { figure: WhatIfFigure; others: readonly (WhatIfFigure | undefined)[] }) {
  const { t } = useTranslation();
  const kind = useKindText();
  const basis = useBasis();
  const unit = unitOf(figure.code);
  const name = figure.code.startsWith(KIND) ? kind(figure.code.slice(KIND.length)) : t(`whatif.figure.${figure.code.replaceAll(".", "_")}`);
  const known = figure.before ?? figure.after;
  return (
    <tr>
      <th scope="row">{name}<span className={styles["basis"]}>{basis(known)}{known?.small ? ` · ${t("whatif.smallBase")}` : ""}</span></th>
      <td><Value one={figure.before} unit={unit} /></td>
      {others.flatMap((one, i) => [
        <td key={`v${String(i)}`}><Value one={one?.after ?? null} unit={unit} /></td>,
        <td key={`d${String(i)}`}><Difference one={one?.change ?? null} unit={unit} /></td>,
      ])}
    </tr>
  );
}

export function Comparison({ versions }: { versions: readonly { name: string; answer: WhatIf }[] }) {
  const { t } = useTranslation();
  const first = versions[0];
  if (!first) return null;
  const columns = 2 + 2 * versions.length;
  const at = versions.map(({ answer }) => new Map(answer.figures.map((one) => [one.code, one])));
  return (
    <div className={styles["scroll"]}>
      <table className={styles["table"]}>
        <caption className="visually-hidden">{t("whatif.table")}</caption>
        <thead>
          <tr>
            <th scope="col">{t("whatif.what")}</th>
            <th scope="col">{t("whatif.before")}</th>
            {versions.flatMap(({ name }) => [<th key={`${name}v`} scope="col">{name}</th>, <th key={`${name}d`} scope="col">{t("whatif.change")}</th>])}
          </tr>
        </thead>
        {grouped(first.answer.figures).map(({ group, figures }) => (
          <tbody key={group}>
            <tr className={styles["group"]}><th scope="rowgroup" colSpan={columns}>{t(`whatif.group.${group}`)}</th></tr>
            {figures.map((figure) => <Row key={figure.code} figure={figure} others={at.map((of) => of.get(figure.code))} />)}
          </tbody>
        ))}
      </table>
    </div>
  );
}
