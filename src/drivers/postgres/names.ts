/** The names of an instance's roles follow from its database's, so that they are known before anything is made and after it is gone. */

/** Owns the database and everything in it; cannot log in. */
export function ownerOf(database: string): string {
  return `${database}_owner`
}

/** Slipway's own login for the instance: a member of its owner and of nothing else. */
export function maintenanceOf(database: string): string {
  return `${database}_maint`
}
