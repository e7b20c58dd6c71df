// merge.c - a new import of a folder that its owner has corrected.
//
// Three trees of YAML: what the import wrote last time (import.yaml in the folder), what the owner has now (resort.yaml),
// and what the import would write now. Entries of lists are known by their keys, fields by their names. Whatever the
// owner left alone follows the map; whatever the owner changed, added or took out stays so; where both have changed the
// same thing, the owner's stays and the report tells what the map says. An entry that the map has no longer stays as long
// as something of the owner's refers to it.
#include <stdlib.h>
#include <string.h>
#include <yaml.h>

#include "import/import.h"
#include "resort/load.h"

typedef struct merger {
    importer *im;
    yaml_document_t was, own, now, out; // import.yaml, resort.yaml, the new import, the merged one
    bool failed;                        // no memory
} merger;

// ---- trees ----------------------------------------------------------------------------------------------------------

static yaml_node_t *node_of(yaml_document_t *tree, int id) {
    return id ? yaml_document_get_node(tree, id) : NULL;
}

static const char *scalar_of(const yaml_node_t *node) {
    return node && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

static int field_of(yaml_document_t *tree, int map, const char *name) {
    const yaml_node_t *node = node_of(tree, map);
    if (!node || node->type != YAML_MAPPING_NODE)
        return 0;
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
        const char *key = scalar_of(node_of(tree, p->key));
        if (key && strcmp(key, name) == 0)
            return p->value;
    }
    return 0;
}

static size_t item_count(const yaml_node_t *list) {
    return (size_t)(list->data.sequence.items.top - list->data.sequence.items.start);
}

static int item_by_key(yaml_document_t *tree, int list, const char *key) {
    const yaml_node_t *node = node_of(tree, list);
    if (!node || node->type != YAML_SEQUENCE_NODE)
        return 0;
    for (size_t i = 0; i < item_count(node); i++) {
        const char *own = scalar_of(node_of(tree, field_of(tree, node->data.sequence.items.start[i], "key")));
        if (own && strcmp(own, key) == 0)
            return node->data.sequence.items.start[i];
    }
    return 0;
}

static bool is_keyed(yaml_document_t *tree, int list) {
    const yaml_node_t *node = node_of(tree, list);
    if (!node)
        return true; // what is not there goes with anything
    if (node->type != YAML_SEQUENCE_NODE)
        return false;
    for (size_t i = 0; i < item_count(node); i++)
        if (!field_of(tree, node->data.sequence.items.start[i], "key"))
            return false;
    return true;
}

static bool is_map(yaml_document_t *tree, int id) {
    const yaml_node_t *node = node_of(tree, id);
    return !node || node->type == YAML_MAPPING_NODE;
}

// Equal in what they say; the order of fields and the quotes do not count.
static bool equal(yaml_document_t *a_tree, int a, yaml_document_t *b_tree, int b) {
    const yaml_node_t *x = node_of(a_tree, a), *y = node_of(b_tree, b);
    if (!x || !y || x->type != y->type)
        return !x && !y;
    if (x->type == YAML_SCALAR_NODE)
        return strcmp(scalar_of(x), scalar_of(y)) == 0;
    if (x->type == YAML_SEQUENCE_NODE) {
        bool same = item_count(x) == item_count(y);
        for (size_t i = 0; same && i < item_count(x); i++)
            same = equal(a_tree, x->data.sequence.items.start[i], b_tree, y->data.sequence.items.start[i]);
        return same;
    }
    const yaml_node_pair_t *first = x->data.mapping.pairs.start;
    bool same = x->data.mapping.pairs.top - first == y->data.mapping.pairs.top - y->data.mapping.pairs.start;
    for (const yaml_node_pair_t *p = first; same && p < x->data.mapping.pairs.top; p++) {
        int other = field_of(b_tree, b, scalar_of(node_of(a_tree, p->key)));
        same = other && equal(a_tree, p->value, b_tree, other);
    }
    return same;
}

static int add_scalar(merger *m, const char *text, yaml_scalar_style_t style) {
    int id = yaml_document_add_scalar(&m->out, NULL, (const yaml_char_t *)text, (int)strlen(text), style);
    m->failed |= !id;
    return id;
}

static void append_field(merger *m, int map, const char *name, int value) {
    int key = add_scalar(m, name, YAML_PLAIN_SCALAR_STYLE);
    if (key && value && !yaml_document_append_mapping_pair(&m->out, map, key, value))
        m->failed = true;
}

static int copy(merger *m, yaml_document_t *tree, int id) {
    const yaml_node_t *node = node_of(tree, id);
    int made = 0;
    if (node->type == YAML_SCALAR_NODE)
        return add_scalar(m, scalar_of(node), node->data.scalar.style);
    if (node->type == YAML_SEQUENCE_NODE) {
        made = yaml_document_add_sequence(&m->out, NULL, node->data.sequence.style);
        for (size_t i = 0; made && i < item_count(node); i++) {
            int item = copy(m, tree, node->data.sequence.items.start[i]);
            if (item && !yaml_document_append_sequence_item(&m->out, made, item))
                m->failed = true;
        }
    } else {
        made = yaml_document_add_mapping(&m->out, NULL, node->data.mapping.style);
        for (yaml_node_pair_t *p = node->data.mapping.pairs.start; made && p < node->data.mapping.pairs.top; p++)
            append_field(m, made, scalar_of(node_of(tree, p->key)), copy(m, tree, p->value));
    }
    m->failed |= !made;
    return made;
}

// ---- telling --------------------------------------------------------------------------------------------------------

static const char *shown(merger *m, yaml_document_t *tree, int id) {
    const char *text = scalar_of(node_of(tree, id));
    return !id ? "nothing" : text ? import_format(m->im, "%.100s", text) : "a list";
}

static void tell(merger *m, import_told told, const char *where, const char *what) {
    import_tell(m->im, told, where, -1, "%s", what);
}

static const char *below(merger *m, const char *where, const char *name) {
    return import_format(m->im, "%s%s%s", where, *where ? " " : "", name); // a copy: the trees go
}

// ---- merging --------------------------------------------------------------------------------------------------------

static int merge(merger *m, const char *where, int was, int own, int now);

// An entry without a counterpart in the new map: where it is a line, its old geometry stays too.
static int keep(merger *m, const char *at, int own) {
    importer *im = m->im;
    const char **list = import_grow(im, im->kept_entries, im->kept_entry_count, &im->kept_entry_capacity, sizeof *list);
    if (list) {
        im->kept_entries = list;
        list[im->kept_entry_count++] = at;
    }
    return copy(m, &m->own, own);
}

// Whether anything that stays refers to an entry: its key stands somewhere in the owner's file as a value that the import
// did not write there.
static bool is_referred(merger *m, int id, const char *key, yaml_document_t *before, int was) {
    const yaml_node_t *node = node_of(&m->own, id);
    if (!node || equal(&m->own, id, before, was))
        return false; // as the import wrote it: follows the map itself
    if (node->type == YAML_SCALAR_NODE)
        return strcmp(scalar_of(node), key) == 0;
    if (node->type == YAML_SEQUENCE_NODE) {
        for (size_t i = 0; i < item_count(node); i++) {
            int item = node->data.sequence.items.start[i];
            const char *own = scalar_of(node_of(&m->own, field_of(&m->own, item, "key")));
            // An entry that the owner has touched is kept as a whole when the map loses it: all of it counts.
            int other = own ? item_by_key(before, was, own) : 0;
            bool touched = own && !equal(&m->own, item, before, other);
            if (own && strcmp(own, key) == 0)
                continue;
            if (is_referred(m, item, key, before, touched ? 0 : other))
                return true;
        }
        return false;
    }
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
        const char *name = scalar_of(node_of(&m->own, p->key));
        if (strcmp(name, "key") != 0 && is_referred(m, p->value, key, before, field_of(before, was, name)))
            return true;
    }
    return false;
}

// One child, by name or by key, of a map or a keyed list: what becomes of it. 0: it is not in the result.
static int merge_child(merger *m, const char *where, const char *name, bool entry, int was, int own, int now) {
    const char *at = below(m, where, name);
    if (own && now)
        return merge(m, at, was, own, now);
    if (!own && !now)
        return 0;
    if (now) { // the owner has it not
        if (!was) {
            if (entry)
                tell(m, IMPORT_MERGED, at, "new on the map");
            return copy(m, &m->now, now);
        }
        tell(m, IMPORT_KEPT, at, "taken out by you, stays out");
        return 0;
    }
    if (!was) {
        tell(m, IMPORT_KEPT, at, entry ? "added by you" : import_format(m->im, "%s", shown(m, &m->own, own)));
        return keep(m, at, own);
    }
    if (!equal(&m->own, own, &m->was, was)) {
        tell(m, IMPORT_CONFLICT, at, "no longer on the map; changed by you, so it stays");
        return keep(m, at, own);
    }
    if (entry && is_referred(m, 1, name, &m->was, 1)) {
        tell(m, IMPORT_CONFLICT, at, "no longer on the map; something of yours refers to it, so it stays");
        return keep(m, at, own);
    }
    if (entry)
        tell(m, IMPORT_MERGED, at, "no longer on the map");
    return 0;
}

// Of two fields that exclude each other the owner's choice stays, when the owner has touched either.
static const char *rival(const char *name) {
    static const char *const pairs[][2] = {{"interval", "capacity"}, {"speed", "duration"}, {"length", "duration"}};
    for (size_t i = 0; i < BASE_COUNT(pairs); i++)
        for (int k = 0; k < 2; k++)
            if (strcmp(pairs[i][k], name) == 0)
                return pairs[i][!k];
    return NULL;
}

static bool owner_chose(merger *m, int was, int own, const char *name) {
    const char *other = rival(name);
    return other && !field_of(&m->own, own, name) && field_of(&m->own, own, other) &&
           !equal(&m->own, field_of(&m->own, own, other), &m->was, field_of(&m->was, was, other));
}

static int merge_maps(merger *m, const char *where, int was, int own, int now) {
    const yaml_node_t *news = node_of(&m->now, now), *olds = node_of(&m->own, own);
    int made = yaml_document_add_mapping(&m->out, NULL, olds->data.mapping.style);
    for (yaml_node_pair_t *p = news->data.mapping.pairs.start; made && p < news->data.mapping.pairs.top; p++) {
        const char *name = scalar_of(node_of(&m->now, p->key));
        if (owner_chose(m, was, own, name))
            continue;
        append_field(
            m, made, name,
            merge_child(m, where, name, false, field_of(&m->was, was, name), field_of(&m->own, own, name), p->value));
    }
    for (yaml_node_pair_t *p = olds->data.mapping.pairs.start; made && p < olds->data.mapping.pairs.top; p++) {
        const char *name = scalar_of(node_of(&m->own, p->key));
        if (!field_of(&m->now, now, name))
            append_field(m, made, name, merge_child(m, where, name, false, field_of(&m->was, was, name), p->value, 0));
    }
    m->failed |= !made;
    return made;
}

static int merge_lists(merger *m, const char *where, int was, int own, int now) {
    const yaml_node_t *news = node_of(&m->now, now), *olds = node_of(&m->own, own);
    int made = yaml_document_add_sequence(&m->out, NULL, olds->data.sequence.style);
    for (int pass = 0; pass < 2 && made; pass++) { // the map's in its order, then the owner's
        const yaml_node_t *list = pass ? olds : news;
        yaml_document_t *tree = pass ? &m->own : &m->now;
        for (size_t i = 0; i < item_count(list); i++) {
            int item = list->data.sequence.items.start[i];
            const char *key = scalar_of(node_of(tree, field_of(tree, item, "key")));
            int new_one = item_by_key(&m->now, now, key);
            if (pass && new_one)
                continue;
            int one = merge_child(m, where, key, true, item_by_key(&m->was, was, key), item_by_key(&m->own, own, key),
                                  new_one);
            if (one && !yaml_document_append_sequence_item(&m->out, made, one))
                m->failed = true;
        }
    }
    m->failed |= !made;
    return made;
}

static int merge(merger *m, const char *where, int was, int own, int now) {
    if (is_map(&m->was, was) && is_map(&m->own, own) && is_map(&m->now, now))
        return merge_maps(m, where, was, own, now);
    if (is_keyed(&m->was, was) && is_keyed(&m->own, own) && is_keyed(&m->now, now))
        return merge_lists(m, where, was, own, now);
    if (equal(&m->own, own, &m->now, now))
        return copy(m, &m->own, own);
    if (was && equal(&m->own, own, &m->was, was)) {
        tell(m, IMPORT_MERGED, where,
             import_format(m->im, "%s, was %s", shown(m, &m->now, now), shown(m, &m->was, was)));
        return copy(m, &m->now, now);
    }
    bool conflict = !was || !equal(&m->now, now, &m->was, was);
    tell(m, conflict ? IMPORT_CONFLICT : IMPORT_KEPT, where,
         import_format(m->im, "yours is %s, the import's %s", shown(m, &m->own, own), shown(m, &m->now, now)));
    return copy(m, &m->own, own);
}

// ---- the whole ------------------------------------------------------------------------------------------------------

// The owner's file has been loaded by now; import.yaml nobody has looked at: its keys are texts, and nothing is an alias.
static bool is_tree(const yaml_document_t *tree, int32_t *used) {
    int count = (int)(tree->nodes.top - tree->nodes.start);
    for (int i = 0; i < count; i++) {
        const yaml_node_t *node = &tree->nodes.start[i];
        if (node->type == YAML_SEQUENCE_NODE)
            for (size_t k = 0; k < item_count(node); k++)
                if (used[node->data.sequence.items.start[k]]++)
                    return false;
        if (node->type == YAML_MAPPING_NODE)
            for (const yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++)
                if (used[p->key]++ || used[p->value]++ || !scalar_of(&tree->nodes.start[p->key - 1]))
                    return false;
    }
    return used[1] == 0;
}

static piste_status check_tree(importer *im, const char *shown_as, const yaml_document_t *tree) {
    int32_t *used = base_arena_take(im->arena, ((size_t)(tree->nodes.top - tree->nodes.start) + 2) * sizeof *used);
    if (!used)
        return PISTE_MEMORY;
    if (tree->nodes.top == tree->nodes.start || tree->nodes.start->type != YAML_MAPPING_NODE || !is_tree(tree, used))
        return piste_errors_add(im->errors, PISTE_SYNTAX, shown_as, 0, 0, "expected what an import wrote there");
    return PISTE_OK;
}

static piste_status parse(importer *im, const char *shown_as, const char *data, size_t length, yaml_document_t *tree) {
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return PISTE_MEMORY;
    yaml_parser_set_input_string(&parser, (const unsigned char *)data, length);
    piste_status status = PISTE_OK;
    if (!yaml_parser_load(&parser, tree)) {
        status = piste_errors_add(im->errors, PISTE_SYNTAX, shown_as, (int)parser.problem_mark.line + 1, 0,
                                  "not YAML: %s", parser.problem ? parser.problem : "?");
    } else if ((status = check_tree(im, shown_as, tree)) != PISTE_OK)
        yaml_document_delete(tree);
    yaml_parser_delete(&parser);
    return status;
}

static int write_to(void *out, unsigned char *bytes, size_t count) {
    base_text *text = out;
    base_text_add_bytes(text, (const char *)bytes, count);
    return !text->failed;
}

static bool emit(merger *m, base_text *out) {
    yaml_emitter_t emitter;
    if (!yaml_emitter_initialize(&emitter))
        return false;
    yaml_emitter_set_output(&emitter, write_to, out);
    yaml_emitter_set_unicode(&emitter, 1);
    yaml_emitter_set_width(&emitter, -1);
    base_text_add(out,
                  "# Merged by `piste import --merge`; report.txt tells what the map changed and what was kept.\n");
    bool good = yaml_emitter_open(&emitter) && yaml_emitter_dump(&emitter, &m->out) && yaml_emitter_flush(&emitter);
    yaml_emitter_delete(&emitter); // the dump has taken the tree
    return good && !out->failed;
}

// Comments are no part of a tree: those that the owner wrote are told, and stay in the folder that is set aside.
static void tell_comments(importer *im, const char *own, const char *was) {
    int32_t lost = 0;
    for (const char *line = own; *line; line += strcspn(line, "\n"), line += *line == '\n') {
        size_t length = strcspn(line, "\n"), blank = strspn(line, " ");
        const char *sign = memchr(line, '#', length);
        bool is_comment = sign && (sign == line + blank || sign[-1] == ' ') && !memchr(line, '"', length);
        char *copy_of = is_comment ? base_arena_text(im->arena, line, length) : NULL;
        lost += copy_of && !strstr(was, copy_of) && strncmp(line, "# Merged by", 11) != 0;
    }
    if (lost)
        import_tell(im, IMPORT_CONFLICT, "comments", -1,
                    "%d of your lines have one, which is not carried over; they are in the folder that is set aside",
                    lost);
}

static piste_status merge_trees(importer *im, const base_text *now, const char *own, size_t own_length, const char *was,
                                size_t was_length) {
    merger m = {.im = im};
    piste_status status = parse(im, "import.yaml", was, was_length, &m.was);
    if (status != PISTE_OK)
        return status;
    status = parse(im, "resort.yaml", own, own_length, &m.own);
    if (status != PISTE_OK) {
        yaml_document_delete(&m.was);
        return status;
    }
    status = parse(im, "(new)", now->data, now->length, &m.now);
    if (status == PISTE_OK && !yaml_document_initialize(&m.out, NULL, NULL, NULL, 1, 1))
        status = PISTE_MEMORY;
    if (status == PISTE_OK) {
        base_text text = {0};
        int root = merge_maps(&m, "", 1, 1, 1);
        if (!root || m.failed || !emit(&m, &text))
            status = PISTE_MEMORY;
        else if (!(im->merged = base_arena_text(im->arena, text.data, text.length)))
            status = PISTE_MEMORY;
        base_text_release(&text);
        yaml_document_delete(&m.now);
        tell_comments(im, own, was);
    }
    yaml_document_delete(&m.own);
    yaml_document_delete(&m.was);
    return status;
}

// What comes of a merge is a resort that loads; otherwise nothing is written.
static piste_status check_merged(importer *im) {
    base_text texts[IMPORT_FILE_COUNT] = {{0}};
    load_text part[3];
    piste_resort *resort = NULL;
    const piste_import_report nothing = {.text = ""};
    piste_status status = import_texts(im, &nothing, texts);
    for (int i = 0; i < 3; i++)
        part[i] = (load_text){texts[i].data, texts[i].length};
    if (status == PISTE_OK)
        status = load_from_texts("(merged)", part[0], part[1], part[2], PISTE_DATE_NONE, im->errors, &resort);
    if (status == PISTE_OK)
        piste_resort_destroy(resort);
    for (int i = 0; i < IMPORT_FILE_COUNT; i++)
        base_text_release(&texts[i]);
    return status;
}

static piste_status read_part(importer *im, const char *name, char **data, size_t *length) {
    const char *path = base_arena_format(im->arena, "%s/%s", im->def->folder, name);
    return path ? base_file_read(path, PISTE_YAML_BYTES_MAX, im->errors, data, length) : PISTE_MEMORY;
}

piste_status import_merge(importer *im) {
    if (!im->def->merge)
        return PISTE_OK;
    piste_resort *resort = NULL;
    piste_status status = piste_resort_load(im->def->folder, PISTE_DATE_NONE, im->errors, &resort);
    if (status != PISTE_OK) // what cannot be loaded cannot be understood either
        return status;
    piste_resort_destroy(resort);
    char *own = NULL, *was = NULL;
    size_t own_length = 0, was_length = 0;
    base_text now = {0};
    import_yaml(im, &now);
    status = now.failed ? PISTE_MEMORY : read_part(im, "resort.yaml", &own, &own_length);
    if (status == PISTE_OK)
        status = read_part(im, "import.yaml", &was, &was_length);
    if (status == PISTE_OK)
        status = merge_trees(im, &now, own, own_length, was, was_length);
    if (status == PISTE_OK)
        status = check_merged(im);
    base_text_release(&now);
    free(own);
    free(was);
    return status;
}
