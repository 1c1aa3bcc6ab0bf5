import { expect, test } from "vitest";
import { match, pathTo } from "../src/domain/routes";

test.each([
  ["/", "overview", {}], ["/monitors/5", "monitor", { ref: "5" }], ["/monitors/shop/", "monitor", { ref: "shop" }], ["/incidents", "incidents", {}],
  ["/incidents/418", "incident", { ref: "418" }], ["/settings", "settings", {}], ["/monitors", "monitors", {}], ["/monitors/5/x", "missing", {}], ["/api/v1/overview", "missing", {}],
])("%s is %s", (path, page, params) => expect(match(path)).toEqual({ page, params }));

test("what goes into a path comes out of it", () => {
  for (const ref of ["shop", "a b/c", "ü%", "5"]) expect(match(pathTo("monitor", { ref })).params.ref).toBe(ref);
});

test("a path that is no valid escape is taken as it is", () => expect(match("/monitors/%E0%A4%A").params.ref).toBe("%E0%A4%A"));
