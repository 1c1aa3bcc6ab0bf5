/** Spares a component the drawing when its properties are the very same; Preact's core has no such wrapper. */
import { Component, createElement, type ComponentChild } from "preact";

/** The component, drawn again only when a property changed. */
export function memo<P extends object>(render: (props: P) => ComponentChild) {
  return class Memo extends Component<P> {
    override shouldComponentUpdate(next: Readonly<P>): boolean {
      const names = Object.keys(next) as (keyof P)[];
      return names.some((name) => next[name] !== this.props[name]);
    }

    override render() {
      return createElement(render as (props: P) => never, this.props as P & Record<string, unknown>);
    }
  };
}
