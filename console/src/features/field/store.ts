/** What the phone keeps through a closed tab (IndexedDB): entries, and the form as it was last told. */
import type { FieldForm, Kept } from "@/features/field/entries";

const NAME = "vigie-terrain";
const ENTRIES = "entries";
const ABOUT = "about";

/** Who was signed in last, and what the server told of the form. */
export interface About { login: string; form: FieldForm }

function asked<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => { resolve(request.result); };
    request.onerror = () => { reject(request.error ?? new Error(NAME)); };
  });
}

function opened(): Promise<IDBDatabase> {
  const request = indexedDB.open(NAME, 1);
  request.onupgradeneeded = () => {
    request.result.createObjectStore(ENTRIES, { keyPath: "client_id" });
    request.result.createObjectStore(ABOUT);
  };
  return asked(request);
}

/** Do something in one transaction; it is on the phone when this resolves. */
async function within<T>(store: string, mode: IDBTransactionMode, act: (store: IDBObjectStore) => IDBRequest<T>): Promise<T> {
  const database = await opened();
  try {
    const transaction = database.transaction(store, mode, { durability: "strict" });
    const done = new Promise<void>((resolve, reject) => {
      transaction.oncomplete = () => { resolve(); };
      transaction.onerror = transaction.onabort = () => { reject(transaction.error ?? new Error(NAME)); };
    });
    const result = await asked(act(transaction.objectStore(store)));
    await done;
    return result;
  } finally {
    database.close();
  }
}

export const readEntries = (): Promise<Kept[]> => within<Kept[]>(ENTRIES, "readonly", (store) => store.getAll() as IDBRequest<Kept[]>);
export const keepEntry = (entry: Kept): Promise<unknown> => within(ENTRIES, "readwrite", (store) => store.put(entry));
export const dropEntry = (id: string): Promise<unknown> => within(ENTRIES, "readwrite", (store) => store.delete(id));
export const readAbout = (): Promise<About | undefined> => within<About | undefined>(ABOUT, "readonly", (store) => store.get(ABOUT) as IDBRequest<About | undefined>);
export const keepAbout = (about: About): Promise<unknown> => within(ABOUT, "readwrite", (store) => store.put(about, ABOUT));
