/** Files as they were dropped, with their path inside what was dropped. */
export interface Dropped {
  name: string
  file: File
}

/** Reads what was dropped, folders with everything in them. */
export async function droppedFiles(transfer: DataTransfer): Promise<Dropped[]> {
  // All must be taken before the first await: the browser empties the transfer after the event.
  const items = [...transfer.items].map((item) => ({ entry: item.webkitGetAsEntry(), file: item.getAsFile() }))
  const found: Dropped[] = []
  for (const { entry, file } of items) {
    if (entry) await walk(entry, '', found)
    else if (file) found.push({ name: file.name, file })
  }
  return found
}

export function chosenFiles(files: FileList | null): Dropped[] {
  return [...(files ?? [])].map((file) => ({ name: file.webkitRelativePath || file.name, file }))
}

async function walk(entry: FileSystemEntry, at: string, found: Dropped[]): Promise<void> {
  if (entry.isFile) {
    const file = await new Promise<File>((resolve, reject) => (entry as FileSystemFileEntry).file(resolve, reject))
    found.push({ name: at + entry.name, file })
  } else if (entry.isDirectory) {
    const reader = (entry as FileSystemDirectoryEntry).createReader()
    // A reader gives a hundred entries at a time and nothing when it is through.
    for (;;) {
      const batch = await new Promise<FileSystemEntry[]>((resolve, reject) => reader.readEntries(resolve, reject))
      if (batch.length === 0) break
      for (const child of batch) await walk(child, `${at}${entry.name}/`, found)
    }
  }
}

export function sizeOf(bytes: number): string {
  const units = ['B', 'KB', 'MB', 'GB']
  let size = bytes
  let unit = 0
  while (size >= 1000 && unit < units.length - 1) {
    size /= 1000
    unit += 1
  }
  return `${unit === 0 ? size : size.toFixed(1)} ${units[unit]}`
}
