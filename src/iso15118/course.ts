/** A value over time in steps: each holds from its `start`, in seconds, until the next. The first starts at 0. */
export interface CourseStep {
  readonly start: number;
  readonly value: number;
}
export type Course = readonly CourseStep[];

export function valueAt(course: Course, time: number): number {
  return (course.findLast(({ start }) => start <= time) ?? course[0])?.value ?? 0;
}

/** At every moment the least of all. @param until where it ends, in seconds. */
export function least(courses: readonly Course[], until: number): Course {
  const starts = new Set([0, ...courses.flat().map(({ start }) => start)]);
  const sorted = [...starts].filter((start) => start >= 0 && start < until).sort((a, b) => a - b);
  return merged(
    sorted.map((start) => ({ start, value: Math.min(...courses.map((course) => valueAt(course, start))) })),
  );
}

/** Without steps that change nothing. */
export function merged(course: Course): Course {
  return course.filter(({ value }, at) => value !== course[at - 1]?.value);
}

/** In `most` steps; the last one holds for all that does not fit, with what is worst of it. */
export function shortened(course: Course, most: number, worst: (...values: number[]) => number): Course {
  const [kept, rest] = [course.slice(0, most - 1), course.slice(most - 1)];
  const [first] = rest;
  return first ? [...kept, { start: first.start, value: worst(...rest.map(({ value }) => value)) }] : kept;
}

/** What is left of it after `seconds`. */
export function remaining(course: Course, seconds: number): Course {
  const next = course.findIndex(({ start }) => start > seconds);
  const current = next < 0 ? course.length - 1 : next - 1;
  return course.slice(Math.max(0, current)).map(({ start, value }) => ({ start: Math.max(0, start - seconds), value }));
}
