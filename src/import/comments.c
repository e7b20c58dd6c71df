// comments.c - the owner's comments in a merge.
//
// A tree of YAML has no comments, but its scanner tells where every token begins and ends: a # outside of them begins a
// comment. A comment on a line of its own belongs to the entry or field that comes next, or, where it stands further in
// than that, to the one before it; a comment behind something belongs to the first entry or field of its line. Entries
// and fields are known by their path ("/lifts/=chair/speed"), an item without a key by its number and what it says. In
// the merged text each comment stands at the same path again. What has no path any more is told, with its line.
#include <stdlib.h>
#include <string.h>

#include "import/trees.h"

typedef enum side { ABOVE, BELOW, BEHIND, AT_END } side;

typedef struct comment {
    const char *text, *path;
    int32_t line;  // counted from 0
    size_t index;  // in characters
    size_t column; // in bytes
    bool alone;    // nothing else on its line
    side side;
    int32_t target; // line of the merged text; -1: none
    int32_t at;     // line where the entry or field begins there, which tells how far in
} comment;

typedef struct spot { // where an entry or a field begins
    const char *path;
    size_t index;
    int32_t line, last; // of a text in lines, the last one
} spot;

typedef struct spots {
    importer *im;
    spot *list;
    int32_t count, capacity;
} spots;

typedef struct comments {
    importer *im;
    comment *list;
    int32_t count, capacity;
    const char *text; // of the owner
    size_t length, at, line_begin, index;
    int32_t line;
} comments;

// ---- finding comments -----------------------------------------------------------------------------------------------

static void add_comment(comments *c, size_t end) {
    comment *list = import_grow(c->im, c->list, c->count, &c->capacity, sizeof *list);
    if (!list)
        return;
    c->list = list;
    while (end > c->at && (c->text[end - 1] == '\r' || c->text[end - 1] == ' '))
        end--;
    const char *text = base_arena_text(c->im->arena, c->text + c->at, end - c->at);
    c->im->no_memory |= !text;
    size_t column = c->at - c->line_begin;
    list[c->count++] = (comment){.text = text ? text : "",
                                 .line = c->line,
                                 .index = c->index,
                                 .column = column,
                                 .alone = strspn(c->text + c->line_begin, " \t") == column,
                                 .target = -1};
}

static void step(comments *c) {
    if (c->text[c->at++] == '\n') {
        c->line++;
        c->line_begin = c->at;
    }
    while (c->at < c->length && ((unsigned char)c->text[c->at] & 0xc0) == 0x80)
        c->at++;
    c->index++;
}

// Goes on to a character between two tokens: here a # begins a comment, to the end of its line.
static void pass_gap(comments *c, size_t index) {
    while (c->index < index && c->at < c->length) {
        if (c->text[c->at] == '#') {
            size_t end = c->at + strcspn(c->text + c->at, "\n");
            add_comment(c, end);
            while (c->at < end)
                step(c);
        } else
            step(c);
    }
}

// A text in lines ("|") may have a comment behind its sign.
static void pass_token(comments *c, const yaml_token_t *token) {
    bool is_block = token->type == YAML_SCALAR_TOKEN && (token->data.scalar.style == YAML_LITERAL_SCALAR_STYLE ||
                                                         token->data.scalar.style == YAML_FOLDED_SCALAR_STYLE);
    size_t end = is_block ? c->at + strcspn(c->text + c->at, "\n") : 0;
    while (c->index < token->end_mark.index && c->at < c->length) {
        if (c->at < end && c->text[c->at] == '#')
            add_comment(c, end);
        end = c->at < end && c->text[c->at] == '#' ? 0 : end;
        step(c);
    }
}

static bool find_comments(comments *c) {
    yaml_parser_t parser;
    if (!yaml_parser_initialize(&parser))
        return false;
    yaml_parser_set_input_string(&parser, (const unsigned char *)c->text, c->length);
    if (c->length >= 3 && memcmp(c->text, "\xef\xbb\xbf", 3) == 0)
        c->at = c->line_begin = 3; // the scanner does not count it
    for (bool more = true; more;) {
        yaml_token_t token;
        if (!yaml_parser_scan(&parser, &token)) // it has been parsed before
            break;
        more = token.type != YAML_STREAM_END_TOKEN;
        pass_gap(c, more ? token.start_mark.index : SIZE_MAX);
        pass_token(c, &token);
        yaml_token_delete(&token);
    }
    yaml_parser_delete(&parser);
    return !c->im->no_memory;
}

// ---- what they stand at ---------------------------------------------------------------------------------------------

static void say(yaml_document_t *tree, int id, base_text *out) {
    const yaml_node_t *node = tree_node(tree, id);
    if (node->type == YAML_SCALAR_NODE) {
        base_text_add(out, tree_scalar(node));
    } else if (node->type == YAML_SEQUENCE_NODE) {
        for (size_t i = 0; i < tree_count(node); i++) {
            base_text_add(out, "[");
            say(tree, node->data.sequence.items.start[i], out);
        }
    } else
        for (const yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++) {
            base_text_format(out, "{%s:", tree_scalar(tree_node(tree, p->key)));
            say(tree, p->value, out);
        }
}

static const char *item_path(spots *s, yaml_document_t *tree, int list, size_t i, const char *path) {
    int item = tree_node(tree, list)->data.sequence.items.start[i];
    const char *key = tree_key(tree, item);
    if (key)
        return base_arena_format(s->im->arena, "%s/=%s@%d", path, key, tree_nth(tree, list, i));
    base_text text = {0};
    say(tree, item, &text);
    const char *out = base_arena_format(s->im->arena, "%s/%zu:%016llx", path, i,
                                        (unsigned long long)base_key_text(text.data ? text.data : ""));
    s->im->no_memory |= text.failed;
    base_text_release(&text);
    return out;
}

static void walk(spots *s, yaml_document_t *tree, int id, const char *path);

static void add_spot(spots *s, yaml_document_t *tree, int begins, int value, const char *path) {
    const yaml_node_t *node = tree_node(tree, begins);
    spot *list = import_grow(s->im, s->list, s->count, &s->capacity, sizeof *list);
    if (!list || !path) {
        s->im->no_memory = true;
        return;
    }
    s->list = list;
    const yaml_node_t *what = tree_node(tree, value);
    int32_t line = (int32_t)node->start_mark.line, last = line;
    if (what->type == YAML_SCALAR_NODE)
        last = (int32_t)what->end_mark.line - (what->end_mark.column == 0);
    list[s->count++] = (spot){path, node->start_mark.index, line, last > line ? last : line};
    walk(s, tree, value, path);
}

static void walk(spots *s, yaml_document_t *tree, int id, const char *path) {
    const yaml_node_t *node = tree_node(tree, id);
    if (node->type == YAML_SEQUENCE_NODE)
        for (size_t i = 0; i < tree_count(node); i++) {
            int item = node->data.sequence.items.start[i];
            add_spot(s, tree, item, item, item_path(s, tree, id, i, path));
        }
    if (node->type == YAML_MAPPING_NODE)
        for (const yaml_node_pair_t *p = node->data.mapping.pairs.start; p < node->data.mapping.pairs.top; p++)
            add_spot(s, tree, p->key, p->value,
                     base_arena_format(s->im->arena, "%s/%s", path, tree_scalar(tree_node(tree, p->key))));
}

static const char *line_of(const char *text, int32_t line) {
    for (; line > 0 && *text; line--)
        text += strcspn(text, "\n") + (strchr(text, '\n') != NULL);
    return text;
}

// Whether the one stands in the other.
static bool is_within(const char *inner, const char *outer) {
    size_t length = strlen(outer);
    return strncmp(inner, outer, length) == 0 && inner[length] == '/';
}

static void place(const comments *c, comment *one, const spots *s) {
    int32_t next = 0, first = -1;
    while (next < s->count && s->list[next].index <= one->index) {
        if (first < 0 && s->list[next].line == one->line)
            first = next;
        next++;
    }
    if (!one->alone) {
        one->side = BEHIND;
        one->path = first >= 0 ? s->list[first].path : next > 0 ? s->list[next - 1].path : NULL;
    } else if (next < s->count && (next == 0 || is_within(s->list[next].path, s->list[next - 1].path) ||
                                   one->column <= strspn(line_of(c->text, s->list[next].line), " "))) {
        one->side = ABOVE;
        one->path = s->list[next].path;
    } else if (next > 0 && one->column > 0) {
        one->side = BELOW;
        one->path = s->list[next - 1].path;
    } else
        one->side = AT_END;
}

// The importer's comments are those of import.yaml, and the line with which a merge begins; all others are the owner's.
static bool is_owners(const char *was, const char *text) {
    size_t length = strlen(text);
    if (strncmp(text, IMPORT_MERGED_BY, strlen(IMPORT_MERGED_BY)) == 0)
        return false;
    for (const char *line = was; *line; line += strcspn(line, "\n"), line += *line == '\n')
        if (strncmp(line, text, length) == 0 && (line[length] == '\n' || line[length] == 0))
            return false;
    return true;
}

static bool read_comments(comments *c, const char *was, const char *own, size_t own_length) {
    yaml_document_t tree;
    spots s = {.im = c->im};
    c->text = own;
    c->length = own_length;
    if (!find_comments(c) || import_tree_parse(c->im, "resort.yaml", own, own_length, &tree) != PISTE_OK)
        return false;
    walk(&s, &tree, 1, "");
    yaml_document_delete(&tree);
    int32_t kept = 0;
    for (int32_t i = 0; i < c->count; i++) {
        if (!is_owners(was, c->list[i].text))
            continue;
        c->list[kept] = c->list[i];
        place(c, &c->list[kept++], &s);
    }
    c->count = kept;
    return !c->im->no_memory;
}

// ---- writing them ---------------------------------------------------------------------------------------------------

static void find_targets(comments *c, const spots *s) {
    for (int32_t i = 0; i < c->count; i++)
        for (int32_t k = 0; k < s->count && c->list[i].path && c->list[i].target < 0; k++)
            if (strcmp(s->list[k].path, c->list[i].path) == 0) {
                c->list[i].target = c->list[i].side == BELOW ? s->list[k].last : s->list[k].line;
                c->list[i].at = s->list[k].line;
            }
}

static void write_alone(const comment *one, const char *text, base_text *out) {
    const char *line = line_of(text, one->at);
    size_t blank = strspn(line, " ");
    if (one->side == BELOW && line[blank] == '-' && line[blank + 1] == ' ')
        blank += 2; // within the entry that begins there
    base_text_format(out, "%*s%s\n", (int)blank, "", one->text);
}

static void write_all(const comments *c, const char *text, base_text *out) {
    int32_t number = 0;
    for (const char *line = text; *line; number++) {
        size_t length = strcspn(line, "\n");
        for (int32_t i = 0; i < c->count; i++)
            if (c->list[i].target == number && c->list[i].side == ABOVE)
                write_alone(&c->list[i], text, out);
        base_text_add_bytes(out, line, length);
        for (int32_t i = 0; i < c->count; i++)
            if (c->list[i].target == number && c->list[i].side == BEHIND)
                base_text_format(out, "  %s", c->list[i].text);
        base_text_add(out, "\n");
        for (int32_t i = 0; i < c->count; i++)
            if (c->list[i].target == number && c->list[i].side == BELOW)
                write_alone(&c->list[i], text, out);
        line += length + (line[length] == '\n');
    }
    for (int32_t i = 0; i < c->count; i++)
        if (c->list[i].side == AT_END)
            base_text_format(out, "%s\n", c->list[i].text);
}

static void tell(const comments *c, bool written) {
    int32_t kept = 0;
    for (int32_t i = 0; i < c->count; i++) {
        const comment *one = &c->list[i];
        if (written && (one->target >= 0 || one->side == AT_END))
            kept++;
        else
            import_tell(c->im, IMPORT_CONFLICT, "comments", -1,
                        "line %d of your resort.yaml, %.200s: what it stood at is not there any more; it is in the "
                        "folder that is set aside",
                        one->line + 1, one->text);
    }
    if (kept)
        import_tell(c->im, IMPORT_KEPT, "comments", -1, "%d of yours, where they stood", kept);
}

// Whether a text says the same as a tree. What is wrong with it is nobody's mistake: it is not told.
static piste_status says_the_same(importer *im, const base_text *text, yaml_document_t *tree, bool *same) {
    piste_errors *errors = im->errors;
    yaml_document_t other;
    im->errors = piste_errors_create();
    *same = false;
    piste_status status =
        im->errors ? import_tree_parse(im, "(merged)", text->data, text->length, &other) : PISTE_MEMORY;
    piste_errors_destroy(im->errors);
    im->errors = errors;
    if (status == PISTE_OK) {
        *same = tree_equal(tree, 1, &other, 1);
        yaml_document_delete(&other);
    }
    return status == PISTE_MEMORY ? PISTE_MEMORY : PISTE_OK;
}

piste_status import_comments(importer *im, const char *own, size_t own_length, const char *was, const base_text *merged,
                             base_text *out) {
    comments c = {.im = im};
    yaml_document_t before;
    bool same = false;
    spots s = {.im = im};
    if (!read_comments(&c, was, own, own_length))
        return PISTE_MEMORY;
    piste_status status = import_tree_parse(im, "(merged)", merged->data, merged->length, &before);
    if (status != PISTE_OK)
        return status;
    walk(&s, &before, 1, "");
    find_targets(&c, &s);
    write_all(&c, merged->data, out);
    status = out->failed || im->no_memory ? PISTE_MEMORY : says_the_same(im, out, &before, &same);
    if (status == PISTE_OK && !same) { // a comment shall change nothing of what is said
        base_text_release(out);
        base_text_add_bytes(out, merged->data, merged->length);
    }
    if (status == PISTE_OK)
        tell(&c, same);
    yaml_document_delete(&before);
    return status == PISTE_OK && out->failed ? PISTE_MEMORY : status;
}
