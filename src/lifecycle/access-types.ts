/** Who was let in where, and what stops new operations. */
export interface Access {
  id: string
  environmentId: string
  userId: string
  role: string
  grantedBy: string
  at: Date
  until: Date | null
}

export interface Freeze {
  /** null: everything. */
  customerId: string | null
  reason: string
  by: string
  at: Date
}
