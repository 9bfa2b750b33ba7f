/** The answer as a table: every column says what it means and in which unit. */
import { useState } from "react";
import { useTranslation } from "react-i18next";
import type { AnalysisResult } from "@/api/types";
import { COURSE } from "@/lib/courses";
import { countText, decimalText } from "@/lib/numbers";
import { useKindText, useLanguage, useWords } from "@/state/city";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";
import styles from "@/features/yesterday/Yesterday.module.css";

const FIRST = 50;

/** Columns whose values are codes that the console has words for, and columns of kinds. */
const WORDED = new Set(["part", "group"]);
const KINDS = new Set(["kind", "theme", "first", "second", "group"]);

export function ResultTable({ result, place, onZone }: {
  result: AnalysisResult;
  /** Column of zones that the map can show, if any. */
  place: string | null;
  onZone: (zone: string) => void;
}) {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  const kind = useKindText();
  const words = useWords();
  const [all, setAll] = useState(false);
  const rows = all ? result.table : result.table.slice(0, FIRST);
  const text = (column: string, value: unknown): string => {
    if (value === null || value === undefined) return "–";
    if (typeof value === "number") return Number.isInteger(value) ? countText(value, language) : decimalText(value, language, 3);
    if (typeof value === "boolean") return t(value ? "truth.yes" : "truth.no");
    if (typeof value === "string") {
      if (WORDED.has(column) && i18n.exists(`workbench.word.${value}`)) return t(`workbench.word.${value}`);
      return KINDS.has(column) ? kind(value) : value;
    }
    return JSON.stringify(value);
  };
  const columns = result.columns.filter((column) => column.name !== COURSE);
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
          {rows.map((row, i) => (
            <tr key={i}>
              {columns.map((column) => (
                <td key={column.name} className={typeof row[column.name] === "number" ? styles["number"] : ""}>
                  {column.name === place && typeof row[column.name] === "string"
                    ? <Button look="quiet" onPress={() => { onZone(String(row[column.name])); }}><Icon name="pin" size={14} />{text(column.name, row[column.name])}</Button>
                    : text(column.name, row[column.name])}
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
