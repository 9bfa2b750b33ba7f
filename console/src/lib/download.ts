/** Giving the person a file that was made in the browser. */

export function downloadAddress(name: string, address: string): void {
  const link = document.createElement("a");
  link.href = address;
  link.download = name;
  link.click();
}

export function downloadText(name: string, text: string, type: string): void {
  const address = URL.createObjectURL(new Blob([text], { type }));
  downloadAddress(name, address);
  URL.revokeObjectURL(address);
}
