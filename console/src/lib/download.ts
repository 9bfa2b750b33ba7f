/** Giving the person a file that was made in the browser. */

export function downloadAddress(name: string, address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}

export function downloadBlob(name: string, content: Blob): void {
  const address = URL.createObjectURL(content);
  downloadAddress(name, address);
  URL.revokeObjectURL(address);
}
