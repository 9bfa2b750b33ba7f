/** A first sign-in: the role needs a second factor, a device is enrolled before anything else. */
import { useTranslation } from "react-i18next";
import { useRenewSession, useSignOut } from "@/api/queries";
import type { Session } from "@/api/types";
import { DeviceSetup } from "@/app/DeviceSetup";
import { Entry } from "@/app/Entry";
import { Button } from "@/ui/Button";

export function Enrol({ session }: { session: Session }) {
  const { t } = useTranslation();
  const renew = useRenewSession();
  const signOut = useSignOut();
  return (
    <Entry city={session.city} title={t("device.title")}>
      <DeviceSetup askPassword={false} onDone={renew} />
      <Button look="quiet" onPress={() => { signOut.mutate(); }}>{t("code.cancel")}</Button>
    </Entry>
  );
}
