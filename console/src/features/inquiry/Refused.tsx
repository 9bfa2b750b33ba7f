/** A step that was refused, said plainly: what goes beyond the act, or who may not. */
import { useTranslation } from "react-i18next";
import { useRefusal } from "@/features/inquiry/words";
import { ProblemError } from "@/lib/problem";
import { Icon } from "@/ui/Icon";
import { ErrorNote } from "@/ui/Notes";
import styles from "@/features/inquiry/Inquiry.module.css";

export function Refused({ error }: { error: Error }) {
  const { t } = useTranslation();
  const refusal = useRefusal();
  const params = error instanceof ProblemError ? error.params : {};
  const code = error instanceof ProblemError ? error.code : "";
  const words = code === "query_too_wide" ? t("inquiry.tooWide", { what: t(`inquiry.wider.${String(params["what"])}`) })
    : code === "requisition_refused" ? refusal(params["why"]) : null;
  if (!words) return <ErrorNote error={error} />;
  return <p className={styles["said"]} data-tone="bad" role="alert"><Icon name="warning" /><span>{words}</span></p>;
}
