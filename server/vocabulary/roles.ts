/** What an operator may do. Each role may do what those before it may. */
export const ROLES = ['viewer', 'clerk', 'treasurer', 'admin'] as const;
export type Role = (typeof ROLES)[number];

/** Whether an operator of this role may do what needs the other one. */
export function mayDo(role: Role, needed: Role): boolean {
  return ROLES.indexOf(role) >= ROLES.indexOf(needed);
}
