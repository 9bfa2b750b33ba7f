/** "What is going on here?": the situation around a point, for whoever may see facts. */
import { useTranslation } from "react-i18next";
import { useMay } from "@/state/city";
import { openSituationAt } from "@/state/situation";
import { Button } from "@/ui/Button";
import { Icon } from "@/ui/Icon";

/** The button of the panel that is open: a key presses it. */
export const HERE = "here";

export function HereButton({ id = HERE, lon, lat, takeFocus = false, onOpened }: { id?: string; lon: number; lat: number; takeFocus?: boolean; onOpened?: () => void }) {
  const { t } = useTranslation();
  const may = useMay("read_facts");
  if (!may) return null;
  return (
    <Button id={id} autoFocus={takeFocus} onPress={() => { openSituationAt(lon, lat); onOpened?.(); }}>
      <Icon name="pin" size={16} />{t("situation.here")}
    </Button>
  );
}
