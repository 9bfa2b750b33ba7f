/** What public figures have cost of each data set's allowance of privacy loss, and what is left. */
import { useTranslation } from "react-i18next";
import { useBudget } from "@/api/liberties";
import { decimalText } from "@/lib/numbers";
import { useLanguage } from "@/state/city";
import { Empty, ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/liberties/Liberties.module.css";

function Allowance({ title, spent, left }: { title: string; spent: number; left: number }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const share = spent + left > 0 ? spent / (spent + left) : 0;
  return (
    <div className={styles["allowance"]}>
      <p><strong>{title}</strong> {t("budget.words", { spent: decimalText(spent, language), limit: decimalText(spent + left, language), left: decimalText(left, language) })}</p>
      <div className={styles["gauge"]} aria-hidden="true"><span style={{ width: `${(100 * share).toFixed(1)}%` }} /></div>
    </div>
  );
}

export function BudgetTab() {
  const { t, i18n } = useTranslation();
  const language = useLanguage();
  const budget = useBudget();
  if (budget.isPending) return <Loading />;
  if (budget.error) return <ErrorNote error={budget.error} retry={() => void budget.refetch()} />;
  const { items, week_limit, year_limit } = budget.data;
  return (
    <>
      <p className={styles["lead"]}>{t("budget.lead", { week: decimalText(week_limit, language), year: decimalText(year_limit, language) })}</p>
      {items.length === 0 && <Empty title={t("budget.none")} next={t("budget.noneNext")} />}
      {items.map((one) => (
        <section key={`${one.dataset} ${one.week}`} className={styles["section"]}>
          <h3>{i18n.exists(`dataset.${one.dataset}`) ? t(`dataset.${one.dataset}`) : one.dataset}</h3>
          <div className={styles["allowances"]}>
            <Allowance title={t("budget.week", { week: one.week })} spent={one.week_spent} left={one.week_left} />
            <Allowance title={t("budget.year", { year: one.week.slice(0, 4) })} spent={one.year_spent} left={one.year_left} />
          </div>
        </section>
      ))}
    </>
  );
}
