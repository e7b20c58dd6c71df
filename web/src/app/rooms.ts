// rooms.ts - the pages that there are. A new one is a folder with a page.tsx, a line here, its words, and its styles in
// style.css.
import type { ComponentType } from "preact";
import Mountain from "./mountain/page"; // the first page comes with the frame
import { begin } from "./mountain/state";
import type { Key } from "./words";

export type Room = {
  path: string; // "/mountain", and all below it
  title: Key;
  roles: string[]; // who has use of it; empty: everyone
  isOwn?: true; // of whoever is signed in; it stands beside their name, not among the pages
  early?: () => void; // what it asks the server for is asked at once, while the page itself is still loading
  load: () => Promise<{ default: ComponentType<{ rest: string }> }>; // `rest`: what follows the path
};

export const ROOMS: Room[] = [
  { path: "/mountain", title: "mountain.title", roles: [], early: begin, load: () => Promise.resolve({ default: Mountain }) },
  { path: "/book", title: "book.title", roles: [], load: () => import("./book/page") },
  { path: "/photos", title: "photos.title", roles: [], load: () => import("./photos/page") },
  { path: "/till", title: "till.title", roles: ["cashier", "manager"], load: () => import("./till/page") },
  { path: "/gate", title: "gate.title", roles: ["gate", "manager"], load: () => import("./gate/page") },
  { path: "/plan", title: "plan.title", roles: ["planner", "manager"], load: () => import("./plan/page") },
  { path: "/books", title: "books.title", roles: ["manager", "auditor"], load: () => import("./books/page") },
  { path: "/account", title: "account.title", roles: [], isOwn: true, load: () => import("./account/page") },
];
