// Table.tsx - a table that can be read on a phone and by a screen reader: a caption, headers with scopes, and its own
// scrolling where it is wider than the page.
import type { ComponentChildren } from "preact";
import { useState } from "preact/hooks";
import { say } from "../say";

export interface Column<Row> {
  head: string;
  unit?: string;
  title?: string;
  cell: (row: Row) => ComponentChildren;
  number?: boolean;
  alert?: (row: Row) => boolean;
}

interface Props<Row> {
  caption: string;
  hideCaption?: boolean;
  rows: Row[];
  rowKey: (row: Row) => string;
  columns: Column<Row>[]; // the first names the row
  first?: number; // so many rows, and a button for the rest
  id?: string;
}

export function Table<Row>({ caption, hideCaption, rows, rowKey, columns, first, id }: Props<Row>) {
  const [all, setAll] = useState(false);
  const cut = first !== undefined && rows.length > first + 2 && !all;
  return (
    <>
      <div class="scroll" role="region" aria-label={say(caption)} tabIndex={0}>
        <table id={id}>
          <caption class={hideCaption ? "unseen" : undefined}><span class="caption">{say(caption)}</span></caption>
          <thead>
            <tr>
              {columns.map((c) => (
                <th scope="col" class={c.number ? "number" : undefined} title={c.title && say(c.title)} key={c.head}>
                  {say(c.head)}
                  {c.unit && <span class="unit"> {say(c.unit)}</span>}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {rows.map((row, index) => (
              <tr key={rowKey(row)} class={cut && index >= first! ? "print-only-row" : undefined}>
                {columns.map((c, i) =>
                  i === 0 ? (
                    <th scope="row" key={c.head}>{c.cell(row)}</th>
                  ) : (
                    <td class={`${c.number ? "number" : ""}${c.alert?.(row) ? " alert" : ""}`} key={c.head}>{c.cell(row)}</td>
                  ),
                )}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {first !== undefined && rows.length > first + 2 && (
        <button type="button" class="more screen-only" aria-expanded={all} onClick={() => setAll(!all)}>
          {all ? say("Show fewer") : say("Show all {n}", { n: rows.length })}
        </button>
      )}
    </>
  );
}
