/** Keys of one letter: heard where nobody writes or chooses from a list by letters. */
const TAKEN = [
  "input:not([type=checkbox], [type=radio], [type=range])", "textarea", "select", "[contenteditable=true]",
  "[role=dialog]", "[role=alertdialog]", "[role=listbox]", "[role=menu]", "[aria-haspopup=listbox]",
].join();

export function isKey(event: KeyboardEvent): boolean {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.defaultPrevented) return false;
  return !(event.target instanceof Element && event.target.closest(TAKEN));
}
