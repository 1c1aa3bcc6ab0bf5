/** The mark of asura: a pulse. */
export function Logo() {
  return (
    <svg class="logo" viewBox="0 0 20 20" aria-hidden="true">
      <path d="M1 11h4l2.5-6 4 11 2.6-7 1.4 2H19" />
    </svg>
  );
}
