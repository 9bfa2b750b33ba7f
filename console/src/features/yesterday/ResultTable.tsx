/** The answer as a table: every column says what it means and in which unit; a row of a place is chosen here or on the map. */
import { useEffect, useRef, useState } from "react";
import { useTranslation } from "react-i18next";
import type { AnalysisResult } from "@/api/types";
import { rowName, type Tell } from "@/features/yesterday/words";
import { handleOf } from "@/lib/answerMap";
import { COURSE } from "@/lib/courses";
import { countText } from "@/lib/numbers";
import { useLanguage, useWords } from "@/state/city";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import styles from "@/features/yesterday/Yesterday.module.css";

const FIRST = 50;

export function ResultTable({ result, place, rowsLead, tell, chosen, onChoose }: {
  result: AnalysisResult;
  /** Column of places that the map can show, if any. */
  place: string | null;
  /** Whether rows lead to facts of their own by their keys. */
  rowsLead: boolean;
  tell: Tell;
  /** Number of the chosen row. */
  chosen: number | null;
  onChoose: (row: number | null) => void;
}) {
  const { t } = useTranslation();
  const language = useLanguage();
  const words = useWords();
  const [all, setAll] = useState(false);
  const mark = useRef<HTMLTableRowElement>(null);
  const rows = all ? result.table : result.table.slice(0, FIRST);
  const columns = result.columns.filter((column) => column.name !== COURSE);
  const handle = handleOf(result.columns, place, rowsLead);
  const shown = [...rows.map((row, number) => ({ row, number })), ...(chosen !== null && chosen >= rows.length ? [{ row: result.table[chosen] ?? {}, number: chosen }] : [])];
  useEffect(() => { if (chosen !== null) mark.current?.scrollIntoView({ block: "nearest" }); }, [chosen]);
  const numeric = (name: string): boolean => result.table.some((row) => typeof row[name] === "number");
  return (
    <div className={styles["tableHolder"]} tabIndex={0} role="group" aria-label={t("analyses.table")}>
      <table className={styles["table"]}>
        <thead>
          <tr>
            {columns.map((column) => (
              <th key={column.name} scope="col" className={numeric(column.name) ? styles["number"] : ""}>
                {words(column)}{column.unit && <span className={styles["unit"]}>{column.unit}</span>}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {shown.map(({ row, number }) => (
            <tr key={number} {...(number === chosen ? { ref: mark, className: styles["chosen"] ?? "" } : {})}>
              {columns.map((column) => (
                <td key={column.name} className={typeof row[column.name] === "number" ? styles["number"] : ""}>
                  {column.name === handle && row[column.name] !== null && row[column.name] !== ""
                    ? (
                      <button type="button" className={styles["placed"]} aria-pressed={number === chosen} {...(rowsLead ? { "aria-label": rowName(row, result.columns, words, tell) } : { title: String(row[column.name]) })} onClick={() => { onChoose(number === chosen ? null : number); }}>
                        <Icon name={rowsLead ? "list" : place === null ? "calendar" : "pin"} size={14} />{tell(column.name, row[column.name])}
                      </button>
                    )
                    : tell(column.name, row[column.name])}
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
      {result.table.length > FIRST && !all && <Button look="quiet" onPress={() => { setAll(true); }}>{t("analyses.allRows", { n: countText(result.table.length, language) })}</Button>}
    </div>
  );
}
