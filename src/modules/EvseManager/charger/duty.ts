/** The PWM duty cycle of digital communication (ISO 15118-3). */
export const FIVE_PERCENT = 0.05;

/** AC power counts as available above this (IEC 61851-1: 6 A at least). */
export const MINIMUM_AMPERE = 5.9;

/** Duty cycle (0 to 1) that offers `ampere` a phase (IEC 61851-1 Table A.7); 1 = no PWM, nothing is offered. */
export function dutyOf(ampere: number): number {
  if (ampere < MINIMUM_AMPERE) return 1;
  if (ampere <= 6.1) return 0.1;
  // No duty cycle stands for what lies between 51 A and 52.5 A.
  if (ampere < 52.5) return Math.min(ampere, 51) / 60;
  if (ampere <= 80) return ampere / 250 + 0.64;
  return ampere <= 80.1 ? 0.97 : 1;
}
