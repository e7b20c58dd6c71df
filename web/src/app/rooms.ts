// rooms.ts - the pages that there are. A new one is a folder with a page.tsx, a line here, its words, and its styles in
// style.css.
import type { ComponentType } from "preact";
import type { Key } from "./words";

export type Room = {
  path: string; // "/mountain", and all below it
  title: Key;
  roles: string[]; // who has use of it; empty: everyone
  load: () => Promise<{ default: ComponentType<{ rest: string }> }>; // `rest`: what follows the path
};

export const ROOMS: Room[] = [
  { path: "/mountain", title: "mountain.title", roles: [], load: () => import("./mountain/page") },
  { path: "/book", title: "book.title", roles: [], load: () => import("./book/page") },
  { path: "/books", title: "books.title", roles: ["manager", "auditor"], load: () => import("./books/page") },
];
