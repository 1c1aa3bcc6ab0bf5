/** A part of a form that is folded away until it is wanted, or until something in it is wrong. */
import type { ComponentChildren } from "preact";
import { useEffect, useRef, useState } from "preact/hooks";
import { covers } from "../domain/form";
import { useFormState } from "./context";

interface Props {
  title: string;
  /** What is different in it from what it is by itself. */
  digest?: string;
  /** The places of its errors. */
  paths: readonly string[];
  /** A fold within another. */
  inner?: boolean;
  open?: boolean;
  children: ComponentChildren;
}

export function Fold({ title, digest = "", paths, inner, open = false, children }: Props) {
  const { placed } = useFormState();
  const wrong = [...placed.at.keys()].some((at) => paths.some((path) => covers(path, at)));
  const [unfolded, unfold] = useState(open);
  const shown = unfolded || wrong;
  // What was drawn once stays, so that nothing typed in it is lost.
  const drawn = useRef(shown);
  drawn.current ||= shown;
  useEffect(() => {
    if (wrong) unfold(true);
  }, [placed]);
  return (
    <details class={inner ? "form-fold inner" : "form-fold"} open={shown} onToggle={(event) => unfold(event.currentTarget.open)}>
      <summary><span>{title}</span>{digest && <span class="digest">{digest}</span>}</summary>
      {drawn.current && <div class="unfolded">{children}</div>}
    </details>
  );
}
