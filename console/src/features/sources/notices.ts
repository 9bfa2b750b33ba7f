/** The short name of a reason or a remark, by its code. */
import { useTranslation } from "react-i18next";

export function useNoticeText(): (code: string) => string {
  const { t, i18n } = useTranslation();
  return (code) => (i18n.exists(`notice.${code}`) ? t(`notice.${code}`) : code);
}
