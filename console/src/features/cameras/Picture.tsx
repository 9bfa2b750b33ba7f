/** A still picture of a viewing, made by the server in memory; it goes when the dialog is closed. */
import { useQuery } from "@tanstack/react-query";
import { useEffect, useState } from "react";
import { Dialog, Heading, Modal, ModalOverlay } from "react-aria-components";
import { useTranslation } from "react-i18next";
import { fetchPicture } from "@/api/video";
import { useSecond } from "@/features/cameras/words";
import type { ProblemError } from "@/lib/problem";
import { Button } from "@/ui/Button";
import { ErrorNote, Loading } from "@/ui/Notes";
import styles from "@/features/cameras/Cameras.module.css";
import wall from "@/features/cameras/Wall.module.css";

export interface Still { camera: string; label: string; at: number }

function Shown({ blob, name }: { blob: Blob; name: string }) {
  const [address, setAddress] = useState<string | null>(null);
  useEffect(() => {
    const made = URL.createObjectURL(blob);
    setAddress(made);
    return () => { URL.revokeObjectURL(made); };
  }, [blob]);
  return address && <img className={wall["still"]} src={address} alt={name} />;
}

export function Picture({ viewing, still, onClose }: { viewing: string; still: Still; onClose: () => void }) {
  const { t } = useTranslation();
  const { day, second } = useSecond();
  const found = useQuery<Blob, ProblemError>({
    queryKey: ["video", "picture", viewing, still.camera, still.at], staleTime: Infinity, gcTime: 0, retry: false,
    queryFn: () => fetchPicture(viewing, still.camera, still.at),
  });
  const name = t("video.still", { camera: still.label, day: day(still.at), at: second(still.at) });
  return (
    <ModalOverlay isOpen isDismissable onOpenChange={(open) => { if (!open) onClose(); }} className={wall["overlay"] ?? ""}>
      <Modal className={wall["modal"] ?? ""}>
        <Dialog>
          <Heading slot="title">{name}</Heading>
          {found.isPending && <Loading rows={3} />}
          {found.error && <ErrorNote error={found.error} />}
          {found.data && <Shown blob={found.data} name={name} />}
          <p className={styles["meta"]}>{t("video.stillNote")}</p>
          <p className={styles["buttons"]}><Button onPress={onClose} autoFocus>{t("video.close")}</Button></p>
        </Dialog>
      </Modal>
    </ModalOverlay>
  );
}
