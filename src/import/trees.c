// trees.c - trees of YAML: finding, comparing, parsing. See trees.h.
#include <string.h>

#include "import/trees.h"

yaml_node_t *tree_node(yaml_document_t *tree, int id) {
    return id ? yaml_document_get_node(tree, id) : NULL;
}

const char *tree_scalar(const yaml_node_t *node) {
    return node && node->type == YAML_SCALAR_NODE ? (const char *)node->data.scalar.value : NULL;
}

size_t tree_count(const yaml_node_t *list) {
    return (size_t)(list->data.sequence.items.top - list->data.sequence.items.start);
}

int tree_field(yaml_document_t *tree, int map, const char *name) {
    const yaml_node_t *node = tree_node(tree, map);
    if (!node || node->type != YAML_MAPPING_NODE)
        return 0;
    for (yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
        const char *key = tree_scalar(tree_node(tree, p->key));
        if (key && strcmp(key, name) == 0)
            return p->value;
    }
    return 0;
}

const char *tree_key(yaml_document_t *tree, int entry) {
    return tree_scalar(tree_node(tree, tree_field(tree, entry, "key")));
}

int tree_item(yaml_document_t *tree, int list, const char *key, int nth) {
    const yaml_node_t *node = tree_node(tree, list);
    if (!node || node->type != YAML_SEQUENCE_NODE)
        return 0;
    for (size_t i = 0; i < tree_count(node); i++) {
        const char *own = tree_key(tree, node->data.sequence.items.start[i]);
        if (own && strcmp(own, key) == 0 && nth-- == 0)
            return node->data.sequence.items.start[i];
    }
    return 0;
}

int tree_nth(yaml_document_t *tree, int list, size_t item) {
    const yaml_node_t *node = tree_node(tree, list);
    const char *key = tree_key(tree, node->data.sequence.items.start[item]);
    int nth = 0;
    for (size_t i = 0; key && i < item; i++) {
        const char *other = tree_key(tree, node->data.sequence.items.start[i]);
        nth += other && strcmp(other, key) == 0;
    }
    return nth;
}

bool tree_equal(yaml_document_t *a_tree, int a, yaml_document_t *b_tree, int b) {
    const yaml_node_t *x = tree_node(a_tree, a), *y = tree_node(b_tree, b);
    if (!x || !y || x->type != y->type)
        return !x && !y;
    if (x->type == YAML_SCALAR_NODE)
        return strcmp(tree_scalar(x), tree_scalar(y)) == 0;
    if (x->type == YAML_SEQUENCE_NODE) {
        bool same = tree_count(x) == tree_count(y);
        for (size_t i = 0; same && i < tree_count(x); i++)
            same = tree_equal(a_tree, x->data.sequence.items.start[i], b_tree, y->data.sequence.items.start[i]);
        return same;
    }
    const yaml_node_pair_t *first = x->data.mapping.pairs.start;
    bool same = x->data.mapping.pairs.top - first == y->data.mapping.pairs.top - y->data.mapping.pairs.start;
    for (const yaml_node_pair_t *p = first; same && p < x->data.mapping.pairs.top; p++) {
        int other = tree_field(b_tree, b, tree_scalar(tree_node(a_tree, p->key)));
        same = other && tree_equal(a_tree, p->value, b_tree, other);
    }
    return same;
}

// The owner's file has been loaded by now; import.yaml nobody has looked at: its keys are texts, and nothing is an
// alias.
static bool is_tree(const yaml_document_t *tree, int32_t *used) {
    int count = (int)(tree->nodes.top - tree->nodes.start);
    for (int i = 0; i < count; i++) {
        const yaml_node_t *node = &tree->nodes.start[i];
        if (node->type == YAML_SEQUENCE_NODE)
            for (size_t k = 0; k < tree_count(node); k++)
                if (used[node->data.sequence.items.start[k]]++)
                    return false;
        if (node->type == YAML_MAPPING_NODE)
            for (const yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++)
                if (used[p->key]++ || used[p->value]++ || !tree_scalar(&tree->nodes.start[p->key - 1]))
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

piste_status import_tree_parse(importer *im, const char *shown_as, const char *data, size_t length,
                               yaml_document_t *tree) {
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
