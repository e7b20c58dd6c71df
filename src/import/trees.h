// trees.h - trees of YAML as a merge uses them.
//
//     yaml_document_t tree;
//     if (import_tree_parse(im, "resort.yaml", text, length, &tree) == PISTE_OK) {
//         int lifts = tree_field(&tree, 1, "lifts"), chair = tree_item(&tree, lifts, "chair", 0);
//         yaml_document_delete(&tree);
//     }
//
// A node is known by libyaml's number; 0 is none, 1 the root. Every key is a text and nothing is an alias.
#ifndef IMPORT_TREES_H
#define IMPORT_TREES_H

#include <yaml.h>

#include "import/import.h"

PISTE_CHECKED piste_status import_tree_parse(importer *im, const char *shown_as, const char *data, size_t length,
                                             yaml_document_t *tree);
yaml_node_t *tree_node(yaml_document_t *tree, int id); // NULL: none
const char *tree_scalar(const yaml_node_t *node);      // NULL: it is none
size_t tree_count(const yaml_node_t *list);            // items of a sequence
int tree_field(yaml_document_t *tree, int map, const char *name);
// The key of an entry of a list; NULL: it has none.
const char *tree_key(yaml_document_t *tree, int entry);
// One key may come again, for other dates: the nth entry of that key, counted from 0.
int tree_item(yaml_document_t *tree, int list, const char *key, int nth);
int tree_nth(yaml_document_t *tree, int list, size_t item); // of its key, which the item is
// Equal in what they say; the order of fields and the quotes do not count.
bool tree_equal(yaml_document_t *a_tree, int a, yaml_document_t *b_tree, int b);

#define IMPORT_MERGED_BY "# Merged by `piste import --merge`" // begins the first line of what a merge writes

// comments.c: the merged text with the owner's comments where they stood, as far as what they stood at is still there;
// those that are not are told. `was` is what the import wrote last time: its own comments are not the owner's.
PISTE_CHECKED piste_status import_comments(importer *im, const char *own, size_t own_length, const char *was,
                                           const base_text *merged, base_text *out);

#endif
