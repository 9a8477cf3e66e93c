/** Everything in sight is there: for style, and for who measures. */
export function sharp(tour: HTMLElement): void {
  tour.classList.add("is-sharp");
  performance.clearMarks("tour-sharp");
  performance.mark("tour-sharp");
}
