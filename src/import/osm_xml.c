// osm_xml.c - a look through .osm before libreadosm reads it: it takes for granted that a tag has its key and its
// value, and stops the program where one is missing. What is wrong is told with its line.
#include <stdlib.h>
#include <string.h>

#include "import/osm.h"

enum { ELEMENT_BYTES_MAX = 256 << 10 };

typedef struct needed {
    const char *element, *attributes[4];
} needed;

static const needed all[] = {{"tag", {"k", "v"}}, {"member", {"type", "ref", "role"}},
                             {"nd", {"ref"}},     {"node", {"id"}},
                             {"way", {"id"}},     {"relation", {"id"}}};

static bool is_blank(char c) {
    return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}

// Whether an element (from after its <) has an attribute; texts in quotes are passed over.
static bool has_attribute(const char *text, const char *name) {
    size_t length = strlen(name);
    char quote = 0;
    for (const char *c = text; *c; c++) {
        if (quote) {
            quote = *c == quote ? 0 : quote;
        } else if (*c == '"' || *c == '\'') {
            quote = *c;
        } else if (is_blank(*c) && strncmp(c + 1, name, length) == 0) {
            const char *after = c + 1 + length;
            while (is_blank(*after))
                after++;
            if (*after == '=')
                return true;
        }
    }
    return false;
}

static piste_status check_element(osm_map *map, const char *text, int line) {
    for (size_t i = 0; i < BASE_COUNT(all); i++) {
        size_t length = strlen(all[i].element);
        if (strncmp(text, all[i].element, length) != 0 ||
            (!is_blank(text[length]) && text[length] && text[length] != '/'))
            continue;
        for (int k = 0; k < 4 && all[i].attributes[k]; k++)
            if (!has_attribute(text, all[i].attributes[k]))
                return map->status =
                           piste_errors_add(map->errors, PISTE_SYNTAX, map->file, line, 0,
                                            "<%s> without %s, expected one", all[i].element, all[i].attributes[k]);
    }
    return PISTE_OK;
}

// One element, up to its > outside of quotes, or a whole comment. False: it does not end, or is too long.
static bool read_element(FILE *file, char *text, int *line) {
    size_t length = 0;
    char quote = 0;
    for (int c; (c = getc(file)) != EOF && length < ELEMENT_BYTES_MAX;) {
        bool is_comment = length >= 3 && strncmp(text, "!--", 3) == 0;
        *line += c == '\n';
        if (c == '>' && !quote && (!is_comment || (length >= 5 && strncmp(text + length - 2, "--", 2) == 0))) {
            text[length] = 0;
            return true;
        }
        if (is_comment && length > 16) { // only its end counts
            memmove(text + 3, text + 4, length - 4);
            length--;
        }
        if (!is_comment && quote)
            quote = c == quote ? 0 : quote;
        else if (!is_comment && (c == '"' || c == '\''))
            quote = (char)c;
        text[length++] = c ? (char)c : ' ';
        text[length] = 0;
    }
    return false;
}

piste_status osm_check_xml(osm_map *map, FILE *file) {
    char *text = malloc(ELEMENT_BYTES_MAX + 1);
    piste_status status = text ? PISTE_OK : (map->status = PISTE_MEMORY);
    int line = 1;
    for (int c; status == PISTE_OK && (c = getc(file)) != EOF;) {
        int begins = line += c == '\n';
        if (c != '<')
            continue;
        text[0] = 0;
        if (!read_element(file, text, &line))
            status = map->status =
                piste_errors_add(map->errors, PISTE_SYNTAX, map->file, begins, 0,
                                 "an element that does not end, or is longer than %d bytes", ELEMENT_BYTES_MAX);
        else if (strncmp(text, "!DOCTYPE", 8) == 0 || strncmp(text, "![CDATA[", 8) == 0)
            status = map->status = piste_errors_add(map->errors, PISTE_SYNTAX, map->file, begins, 0,
                                                    "%.8s, which OpenStreetMap's files never have", text);
        else
            status = check_element(map, text, begins);
    }
    free(text);
    return status;
}
