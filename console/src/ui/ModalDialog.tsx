/** A window over everything else: closed by Escape, by a click beside it, or by what stands in it. */
import type { ReactNode } from "react";
import { Dialog, Modal, ModalOverlay } from "react-aria-components";
import styles from "@/ui/ModalDialog.module.css";

export function ModalDialog({ isOpen = true, onClose, children }: { isOpen?: boolean; onClose: () => void; children: ReactNode }) {
  return (
    <ModalOverlay isOpen={isOpen} isDismissable onOpenChange={(open) => { if (!open) onClose(); }} className={styles["overlay"] ?? ""}>
      <Modal className={styles["modal"] ?? ""}>
        <Dialog className={styles["dialog"] ?? ""}>{children}</Dialog>
      </Modal>
    </ModalOverlay>
  );
}
