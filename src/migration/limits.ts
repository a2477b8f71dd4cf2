/** What a customer's files may demand of us at most. Each limit is far above what a clinic needs, and each has a refusal that names it. */

/** Of `specification.yaml`, in bytes: the longest known one has 12 kB. */
export const specificationBytes = 1_000_000
/** How deep a specification may nest: the schema itself goes 8 levels deep. */
export const specificationDepth = 32
/** More findings than this help nobody; the rest is counted. */
export const mostFindings = 50
/** Of one line or record of a dump, in characters: the widest known row has 4 kB. */
export const recordLength = 1_000_000
/** Columns of a source: PostgreSQL itself has room for 1,600. */
export const mostColumns = 2_000
/** Of a pattern in the specification, in characters, and of the program that it is compiled to, in instructions: a match costs at most their product with the cell. */
export const pattern = { length: 500, instructions: 2_000 }
/** Of the intake folder: files, levels of folders, characters of a path below it, and bytes in all. */
export const intakeLimits = { files: 20_000, depth: 16, name: 512, bytes: 64 * 2 ** 30 }

/**
 * Of the process that reads a customer's files. `silenceMs`: it gives a sign of life every second, and no row takes longer than this even
 * on a starved machine. `workMs`: the work of one run in all, without the waiting for the database; 24,000 volunteers take some 10 s.
 * `heapMb` holds the keys and duplicates of about 500,000 volunteers; `rssMb` adds buffers and the program itself.
 */
export const processLimits = { silenceMs: 30_000, workMs: 30 * 60_000, heapMb: 1_536, rssMb: 2_048 }
export type ProcessLimits = typeof processLimits
