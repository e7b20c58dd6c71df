// merge.c - a new import of a folder that its owner has corrected.
//
// Three trees of YAML: what the import wrote last time (import.yaml in the folder), what the owner has now
// (resort.yaml), and what the import would write now. Entries of lists are known by their keys, fields by their names.
// Whatever the owner left alone follows the map; whatever the owner changed, added or took out stays so; where both
// have changed the same thing, the owner's stays and the report tells what the map says. An entry that the map has no
// longer stays as long as something of the owner's refers to it.
#include <stdlib.h>
#include <string.h>

#include "import/trees.h"
#include "resort/load.h"

typedef struct merger {
    importer *im;
    yaml_document_t was, own, now, out; // import.yaml, resort.yaml, the new import, the merged one
    bool failed;                        // no memory
} merger;

// ---- trees ----------------------------------------------------------------------------------------------------------

static bool is_keyed(yaml_document_t *tree, int list) {
    const yaml_node_t *node = tree_node(tree, list);
    if (!node)
        return true; // what is not there goes with anything
    if (node->type != YAML_SEQUENCE_NODE)
        return false;
    for (size_t i = 0; i < tree_count(node); i++)
        if (!tree_key(tree, node->data.sequence.items.start[i]))
            return false;
    return true;
}

static bool is_map(yaml_document_t *tree, int id) {
    const yaml_node_t *node = tree_node(tree, id);
    return !node || node->type == YAML_MAPPING_NODE;
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
    const yaml_node_t *node = tree_node(tree, id);
    int made = 0;
    if (node->type == YAML_SCALAR_NODE)
        return add_scalar(m, tree_scalar(node), node->data.scalar.style);
    if (node->type == YAML_SEQUENCE_NODE) {
        made = yaml_document_add_sequence(&m->out, NULL, node->data.sequence.style);
        for (size_t i = 0; made && i < tree_count(node); i++) {
            int item = copy(m, tree, node->data.sequence.items.start[i]);
            if (item && !yaml_document_append_sequence_item(&m->out, made, item))
                m->failed = true;
        }
    } else {
        made = yaml_document_add_mapping(&m->out, NULL, node->data.mapping.style);
        for (yaml_node_pair_t *p = node->data.mapping.pairs.start; made && p < node->data.mapping.pairs.top; p++)
            append_field(m, made, tree_scalar(tree_node(tree, p->key)), copy(m, tree, p->value));
    }
    m->failed |= !made;
    return made;
}

// ---- telling --------------------------------------------------------------------------------------------------------

static const char *shown(merger *m, yaml_document_t *tree, int id) {
    const char *text = tree_scalar(tree_node(tree, id));
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

// Whether anything that stays refers to an entry: its key stands somewhere in the owner's file as a value that the
// import did not write there.
static bool is_referred(merger *m, int id, const char *key, yaml_document_t *before, int was) {
    const yaml_node_t *node = tree_node(&m->own, id);
    if (!node || tree_equal(&m->own, id, before, was))
        return false; // as the import wrote it: follows the map itself
    if (node->type == YAML_SCALAR_NODE)
        return strcmp(tree_scalar(node), key) == 0;
    if (node->type == YAML_SEQUENCE_NODE) {
        for (size_t i = 0; i < tree_count(node); i++) {
            int item = node->data.sequence.items.start[i];
            const char *own = tree_key(&m->own, item);
            // An entry that the owner has touched is kept as a whole when the map loses it: all of it counts.
            int other = own ? tree_item(before, was, own, tree_nth(&m->own, id, i)) : 0;
            bool touched = own && !tree_equal(&m->own, item, before, other);
            if (own && strcmp(own, key) == 0)
                continue;
            if (is_referred(m, item, key, before, touched ? 0 : other))
                return true;
        }
        return false;
    }
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
        const char *name = tree_scalar(tree_node(&m->own, p->key));
        if (strcmp(name, "key") != 0 && is_referred(m, p->value, key, before, tree_field(before, was, name)))
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
    if (!tree_equal(&m->own, own, &m->was, was)) {
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
    return other && !tree_field(&m->own, own, name) && tree_field(&m->own, own, other) &&
           !tree_equal(&m->own, tree_field(&m->own, own, other), &m->was, tree_field(&m->was, was, other));
}

static int merge_maps(merger *m, const char *where, int was, int own, int now) {
    const yaml_node_t *news = tree_node(&m->now, now), *olds = tree_node(&m->own, own);
    int made = yaml_document_add_mapping(&m->out, NULL, olds->data.mapping.style);
    for (yaml_node_pair_t *p = news->data.mapping.pairs.start; made && p < news->data.mapping.pairs.top; p++) {
        const char *name = tree_scalar(tree_node(&m->now, p->key));
        if (owner_chose(m, was, own, name))
            continue;
        append_field(m, made, name,
                     merge_child(m, where, name, false, tree_field(&m->was, was, name), tree_field(&m->own, own, name),
                                 p->value));
    }
    for (yaml_node_pair_t *p = olds->data.mapping.pairs.start; made && p < olds->data.mapping.pairs.top; p++) {
        const char *name = tree_scalar(tree_node(&m->own, p->key));
        if (!tree_field(&m->now, now, name))
            append_field(m, made, name,
                         merge_child(m, where, name, false, tree_field(&m->was, was, name), p->value, 0));
    }
    m->failed |= !made;
    return made;
}

static int merge_lists(merger *m, const char *where, int was, int own, int now) {
    const yaml_node_t *news = tree_node(&m->now, now), *olds = tree_node(&m->own, own);
    int made = yaml_document_add_sequence(&m->out, NULL, olds->data.sequence.style);
    for (int pass = 0; pass < 2 && made; pass++) { // the map's in its order, then the owner's
        const yaml_node_t *list = pass ? olds : news;
        yaml_document_t *tree = pass ? &m->own : &m->now;
        for (size_t i = 0; i < tree_count(list); i++) {
            int item = list->data.sequence.items.start[i];
            const char *key = tree_key(tree, item);
            int nth = tree_nth(tree, pass ? own : now, i), new_one = tree_item(&m->now, now, key, nth);
            if (pass && new_one)
                continue;
            int one = merge_child(m, where, key, true, tree_item(&m->was, was, key, nth),
                                  tree_item(&m->own, own, key, nth), new_one);
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
    if (tree_equal(&m->own, own, &m->now, now))
        return copy(m, &m->own, own);
    if (was && tree_equal(&m->own, own, &m->was, was)) {
        tell(m, IMPORT_MERGED, where,
             import_format(m->im, "%s, was %s", shown(m, &m->now, now), shown(m, &m->was, was)));
        return copy(m, &m->now, now);
    }
    bool conflict = !was || !tree_equal(&m->now, now, &m->was, was);
    tell(m, conflict ? IMPORT_CONFLICT : IMPORT_KEPT, where,
         import_format(m->im, "yours is %s, the import's %s", shown(m, &m->own, own), shown(m, &m->now, now)));
    return copy(m, &m->own, own);
}

// ---- the whole ------------------------------------------------------------------------------------------------------

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
    base_text_add(out, IMPORT_MERGED_BY "; report.txt tells what the map changed and what was kept.\n");
    bool good = yaml_emitter_open(&emitter) && yaml_emitter_dump(&emitter, &m->out) && yaml_emitter_flush(&emitter);
    yaml_emitter_delete(&emitter); // the dump has taken the tree
    return good && !out->failed;
}

static piste_status merge_trees(importer *im, const base_text *now, const char *own, size_t own_length, const char *was,
                                size_t was_length) {
    merger m = {.im = im};
    piste_status status = import_tree_parse(im, "import.yaml", was, was_length, &m.was);
    if (status != PISTE_OK)
        return status;
    status = import_tree_parse(im, "resort.yaml", own, own_length, &m.own);
    if (status != PISTE_OK) {
        yaml_document_delete(&m.was);
        return status;
    }
    status = import_tree_parse(im, "(new)", now->data, now->length, &m.now);
    if (status == PISTE_OK && !yaml_document_initialize(&m.out, NULL, NULL, NULL, 1, 1))
        status = PISTE_MEMORY;
    if (status == PISTE_OK) {
        base_text text = {0}, commented = {0};
        int root = merge_maps(&m, "", 1, 1, 1);
        if (!root || m.failed || !emit(&m, &text))
            status = PISTE_MEMORY;
        else
            status = import_comments(im, own, own_length, was, &text, &commented);
        if (status == PISTE_OK && !(im->merged = base_arena_text(im->arena, commented.data, commented.length)))
            status = PISTE_MEMORY;
        base_text_release(&text);
        base_text_release(&commented);
        yaml_document_delete(&m.now);
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
