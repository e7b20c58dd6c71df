// desk_text.c - a desk's answers as people read them: names and values, lists as tables, reasons below.
#include <inttypes.h>
#include <jansson.h>
#include <stdlib.h>

#include "report/desk.h"
#include "report/inside.h"

static const char *scalar(page *p, const json_t *v) {
    if (json_is_integer(v))
        return page_format(p, "%" PRId64, (int64_t)json_integer_value(v));
    if (json_is_boolean(v))
        return json_is_true(v) ? "yes" : "no";
    return json_is_string(v) ? page_name(p, json_string_value(v), NULL) : "";
}

static bool is_list_of_objects(const json_t *v) {
    return json_is_array(v) && json_array_size(v) && json_is_object(json_array_get(v, 0));
}

static void add_scalars(page *p, const char *indent, json_t *object) {
    const char *name;
    json_t *v;
    int widest = 0;
    json_object_foreach(object, name, v) {
        int columns = base_text_columns(name);
        widest = !json_is_object(v) && !is_list_of_objects(v) && columns > widest ? columns : widest;
    }
    json_object_foreach(object, name, v) {
        if (json_is_object(v) || is_list_of_objects(v))
            continue;
        base_text_format(p->out, "%s%-*s  ", indent, widest, name);
        if (json_is_array(v)) {
            for (size_t i = 0; i < json_array_size(v); i++)
                base_text_format(p->out, "%s%s", i ? ", " : "", scalar(p, json_array_get(v, i)));
            base_text_add(p->out, json_array_size(v) ? "" : "none");
        } else
            base_text_add(p->out, scalar(p, v));
        base_text_add(p->out, "\n");
    }
}

// The columns of a table: every scalar field that any of its objects has, in the order in which they first come.
static int columns_of(const json_t *list, const char *names[GRID_COLUMNS_MAX + 1]) {
    int count = 0;
    for (size_t i = 0; i < json_array_size(list); i++) {
        const char *name;
        json_t *v;
        json_object_foreach(json_array_get(list, i), name, v) {
            int at = 0;
            while (at < count && strcmp(names[at], name) != 0)
                at++;
            if (at == count && count <= GRID_COLUMNS_MAX && !json_is_array(v) && !json_is_object(v))
                names[count++] = name;
        }
    }
    return count;
}

static void add_table(page *p, const char *title, const json_t *list) {
    const char *fields[GRID_COLUMNS_MAX + 1];
    int count = columns_of(list, fields), rows = (int)json_array_size(list);
    if (count == 0)
        return;
    grid_column columns[GRID_COLUMNS_MAX] = {{0}};
    const char **names = base_arena_take(p->arena, (size_t)rows * sizeof *names);
    grid_cell *cells = base_arena_take(p->arena, ((size_t)rows * (size_t)count + 1) * sizeof *cells);
    if (!names || !cells) {
        p->out->failed = true;
        return;
    }
    int widest = base_text_columns(title) + 1;
    for (int c = 1; c < count; c++)
        columns[c - 1] = (grid_column){"", fields[c], 0};
    for (int r = 0; r < rows; r++) {
        const json_t *row = json_array_get(list, (size_t)r);
        names[r] = scalar(p, json_object_get(row, fields[0]));
        widest = base_text_columns(names[r]) > widest ? base_text_columns(names[r]) : widest;
        for (int c = 1; c < count; c++)
            cells[r * (count - 1) + c - 1] = (grid_cell){scalar(p, json_object_get(row, fields[c])), false};
    }
    grid g = {.title = title,
              .name_columns = widest,
              .columns = columns,
              .column_count = count - 1,
              .names = names,
              .cells = cells,
              .row_count = rows};
    base_text_add(p->out, "\n");
    page_grid(p, &g);
}

static void add_reasons(page *p, const json_t *list) {
    for (size_t i = 0; i < json_array_size(list); i++) {
        const json_t *row = json_array_get(list, i), *reasons = json_object_get(row, "because");
        for (size_t k = 0; k < json_array_size(reasons); k++) {
            const char *text = page_format(p, "  %s: %s", scalar(p, json_object_get(row, "position")),
                                           json_string_value(json_array_get(reasons, k)));
            page_wrap(p, text, 0, 5);
        }
    }
}

static void add_parts(page *p, const char *path, json_t *object);

// What stands inside of an object, below its name; of a row of a table, below what its first column says.
static void add_inner(page *p, const char *path, json_t *object) {
    base_text_format(p->out, "\n%s\n", path);
    add_scalars(p, "  ", object);
    add_parts(p, path, object);
}

static void add_rows_parts(page *p, const char *path, const json_t *list) {
    size_t i;
    json_t *row, *v;
    const char *name;
    json_array_foreach(list, i, row) {
        void *first = json_object_iter(row);
        json_object_foreach(row, name, v) if (json_is_object(v) && json_object_size(v)) add_inner(
            p, page_format(p, "%s: %s: %s", path, scalar(p, json_object_iter_value(first)), name), v);
    }
}

static void add_parts(page *p, const char *path, json_t *object) {
    const char *name;
    json_t *v;
    json_object_foreach(object, name, v) {
        const char *inner = *path ? page_format(p, "%s: %s", path, name) : name;
        if (json_is_object(v) && json_object_size(v))
            add_inner(p, inner, v);
        if (!is_list_of_objects(v))
            continue;
        add_table(p, inner, v);
        add_reasons(p, v);
        add_rows_parts(p, inner, v);
    }
}

void report_desk_answer(const char *answer, const report_look *look, base_text *out) {
    page p = {.arena = base_arena_create(), .out = out, .look = look};
    json_t *object = json_loads(answer, 0, NULL);
    if (!p.arena || !object)
        out->failed = true;
    else {
        add_scalars(&p, "", object);
        add_parts(&p, "", object);
    }
    json_decref(object);
    base_arena_destroy(p.arena);
}
