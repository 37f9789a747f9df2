/** The storage classes of OSS, warmest first. */
export const storageClasses = [
  'Standard',
  'IA',
  'Archive',
  'ColdArchive',
  'DeepColdArchive',
] as const;
export type StorageClass = (typeof storageClasses)[number];

/** Whether objects of a class must be restored before they can be read. */
export function needsRestore(storageClass: StorageClass): boolean {
  return storageClass !== 'Standard' && storageClass !== 'IA';
}
