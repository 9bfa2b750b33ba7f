/** The period typed as two dates, for those who know what they want. */
import { parseDate } from "@internationalized/date";
import { useTranslation } from "react-i18next";
import { Button, CalendarCell, CalendarGrid, DateInput, DateRangePicker, DateSegment, Dialog, FieldError, Group, Heading, I18nProvider, Label, Popover, RangeCalendar } from "react-aria-components";
import { addDays, dayStart, localDay, type Range } from "@/lib/time";
import { useCityContext, useLanguage } from "@/state/city";
import { updateUrl } from "@/state/url";
import { Icon } from "@/ui/Icon";
import styles from "@/features/yesterday/PeriodFields.module.css";

export function PeriodFields({ range }: { range: Range }) {
  const { t } = useTranslation();
  const language = useLanguage();
  const { city } = useCityContext();
  const zone = city.timezone;
  const value = { start: parseDate(localDay(range.from, zone)), end: parseDate(localDay(range.to - 1, zone)) };
  return (
    <I18nProvider locale={language === "fr" ? "fr-FR" : "en-GB"}>
      <DateRangePicker
        className={styles["picker"] ?? ""}
        value={value}
        onChange={(next) => {
          if (!next) return;
          const from = dayStart(next.start.toString(), zone);
          const to = dayStart(addDays(next.end.toString(), 1), zone);
          if (from < to) updateUrl({ period: { from, to }, domain: null });
        }}
      >
        <Label className={styles["label"] ?? ""}>{t("yesterday.period")}</Label>
        <Group className={styles["group"] ?? ""}>
          <DateInput slot="start" className={styles["input"] ?? ""}>{(segment) => <DateSegment segment={segment} className={styles["segment"] ?? ""} />}</DateInput>
          <span aria-hidden="true">–</span>
          <DateInput slot="end" className={styles["input"] ?? ""}>{(segment) => <DateSegment segment={segment} className={styles["segment"] ?? ""} />}</DateInput>
          <Button className={styles["open"] ?? ""}><Icon name="calendar" size={16} /></Button>
        </Group>
        <FieldError />
        <Popover className={styles["popover"] ?? ""}>
          <Dialog className={styles["dialog"] ?? ""}>
            <RangeCalendar>
              <header className={styles["head"]}>
                <Button slot="previous" className={styles["open"] ?? ""}><Icon name="chevronLeft" size={16} /></Button>
                <Heading className={styles["heading"] ?? ""} />
                <Button slot="next" className={styles["open"] ?? ""}><Icon name="chevronRight" size={16} /></Button>
              </header>
              <CalendarGrid className={styles["grid"] ?? ""}>{(date) => <CalendarCell date={date} className={styles["cell"] ?? ""} />}</CalendarGrid>
            </RangeCalendar>
          </Dialog>
        </Popover>
      </DateRangePicker>
    </I18nProvider>
  );
}
