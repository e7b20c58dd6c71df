// language.c - tags of languages, as BCP 47 writes them.
#include "base/base.h"

static size_t count_of(const char *text, size_t length, char from, char to) {
    size_t n = 0;
    while (n < length && text[n] >= from && text[n] <= to)
        n++;
    return n;
}

// "Hant"
static bool is_script(const char *part, size_t length) {
    return length == 4 && count_of(part, 1, 'A', 'Z') == 1 && count_of(part + 1, 3, 'a', 'z') == 3;
}
// "TW", "419"
static bool is_region(const char *part, size_t length) {
    return (length == 2 && count_of(part, 2, 'A', 'Z') == 2) || (length == 3 && count_of(part, 3, '0', '9') == 3);
}

bool base_language_is(const char *tag) {
    size_t length = strcspn(tag, "-");
    if (length < 2 || length > 3 || count_of(tag, length, 'a', 'z') != length)
        return false;
    bool has_script = false;
    for (tag += length; *tag == '-'; tag += length) {
        tag++;
        length = strcspn(tag, "-");
        if (is_region(tag, length))
            return !tag[length]; // nothing follows a region
        if (has_script || !is_script(tag, length))
            return false;
        has_script = true;
    }
    return true;
}

// RFC 4647, lookup: the wish itself, then without its last part, and so on. Then anything of the same language is better
// than another language: zh-Hant for somebody who reads zh.
int base_language_closeness(const char *tag, const char *wish) {
    size_t length = strlen(tag), primary = strcspn(wish, "-");
    if (strncmp(tag, wish, length) == 0 && (!wish[length] || wish[length] == '-'))
        return 1 + (int)length;
    return strncmp(tag, wish, primary) == 0 && (!tag[primary] || tag[primary] == '-');
}
