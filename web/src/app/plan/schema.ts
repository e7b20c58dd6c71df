// schema.ts - what may stand in resort.yaml, as the program itself says it (GET /api/plan/schema): no field is written here.

export type Schema = {
  $ref?: string; allOf?: Schema[]; anyOf?: Schema[]; enum?: (string | boolean)[]; type?: string; pattern?: string; items?: Schema;
  properties?: Record<string, Schema>; required?: string[]; definitions?: Record<string, Schema>;
  description?: string; default?: string; minimum?: number; maximum?: number;
};
export type Value = string | Value[] | { [key: string]: Value };
export type Entry = { [key: string]: Value };

let whole: Promise<Schema> | undefined;
export const readSchema = (): Promise<Schema> => (whole ??= fetch("/api/plan/schema").then((r) => {
  if (!r.ok) {
    whole = undefined;
    throw new Error(r.statusText);
  }
  return r.json() as Promise<Schema>;
}));

const resolved = (root: Schema, s: Schema): Schema => {
  const ref = s.$ref ?? s.allOf?.[0]?.$ref;
  return ref ? { ...root.definitions![ref.slice("#/definitions/".length)], ...(s.description ? { description: s.description } : {}), default: s.default } : s;
};

// The record of a group of the file: its keys. "" is the file itself.
export function recordOf(root: Schema, group: string): Schema {
  return group ? resolved(root, root.properties![group].items!) : root;
}

// The groups of the file that the form has; "": what stands in none.
export const GROUPS = ["", "lifts", "runs", "venues", "segments", "day-types", "places", "walks"];

export type Control = "choice" | "text" | "value" | "structure";
export type Field = {
  key: string; control: Control; choices: string[]; otherwise: string; required: boolean;
  about: string; bounds?: [number, number]; units: string; // about: in English; units: as the file has them
};

const isScalar = (s: Schema): boolean => !!s.enum || !!s.pattern || ["string", "integer", "number"].includes(s.type ?? "");

function fieldOf(root: Schema, record: Schema, key: string): Field {
  const s = resolved(root, record.properties![key]);
  const choices = (s.enum ?? []).map((c) => (c === true ? "yes" : c === false ? "no" : c)).filter((c, i, all) => all.indexOf(c) === i);
  return {
    key, choices, otherwise: s.default ?? "", required: !!record.required?.includes(key),
    control: choices.length ? "choice" : s.type === "string" && !s.pattern ? "text" : isScalar(s) ? "value" : "structure",
    about: s.description ?? "",
    bounds: s.minimum !== undefined && s.maximum !== undefined ? [s.minimum, s.maximum] : undefined,
    units: /\*\(([^)]*)\)\$$/.exec(s.pattern ?? "")?.[1].split("|").join(", ") ?? "",
  };
}

// What a form shows of an entry: what the file gives first, as it stands there, then the rest.
export function fieldsOf(root: Schema, group: string, entry: Entry): { given: Field[]; more: Field[] } {
  const record = recordOf(root, group), hidden = new Set(["key", "basis", "valid", "piste"]);
  const keys = Object.keys(record.properties!).filter((k) => !hidden.has(k) && (group || isPlain(root, record.properties![k])));
  const given = Object.keys(entry).filter((k) => keys.includes(k));
  const wanted = (record.required ?? []).filter((k) => keys.includes(k) && !given.includes(k));
  const first = [...given, ...wanted];
  return { given: first.map((k) => fieldOf(root, record, k)), more: keys.filter((k) => !first.includes(k)).map((k) => fieldOf(root, record, k)) };
}

// Of the file itself only what is no list of entries: those have groups of their own.
function isPlain(root: Schema, s: Schema): boolean {
  return !(s.items && s.items.$ref) && !resolved(root, s).properties;
}

// ---- values as they are written -----------------------------------------------------------------------------------------

const PLAIN = /^[\p{L}\p{N}][\p{L}\p{N} .%/°+()_'’:-]*$/u;
const quoted = (text: string): string => (PLAIN.test(text) && !/: |:$| $|^[x×] /u.test(text) ? text : JSON.stringify(text));

// One line of YAML.
export function written(value: Value | undefined): string {
  if (value === undefined) return "";
  if (typeof value === "string") return value;
  const inner = (v: Value): string => (typeof v === "string" ? quoted(v) : written(v));
  return Array.isArray(value) ? `[${value.map(inner).join(", ")}]` : `{${Object.entries(value).map(([k, v]) => `${k}: ${inner(v)}`).join(", ")}}`;
}

// What somebody typed as a value of resort.yaml: free text is quoted where YAML would read something else in it.
export const typed = (control: Control, text: string): string => (control === "text" ? quoted(text) : text);
