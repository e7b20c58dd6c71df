// text.c - numbers as people read them, text within columns, sparklines.
#include <string.h>

#include "report/inside.h"

bool page_begin(page *p, const report_look *look, report_look *fitted, base_text *out) {
    *fitted = *look;
    if (fitted->columns < REPORT_COLUMNS_MIN)
        fitted->columns = REPORT_COLUMNS_MIN;
    *p = (page){.arena = base_arena_create(), .out = out, .look = fitted};
    out->failed = out->failed || !p->arena;
    return p->arena != NULL;
}

const char *page_format(page *p, const char *format, ...) {
    // Into a growing text first: the arena's own printf takes no va_list.
    char short_text[256];
    va_list args;
    va_start(args, format);
    int length = vsnprintf(short_text, sizeof short_text, format, args);
    va_end(args);
    char *text = length < 0 ? NULL : base_arena_take(p->arena, (size_t)length + 1);
    if (!text) {
        p->out->failed = true;
        return "";
    }
    if ((size_t)length < sizeof short_text)
        memcpy(text, short_text, (size_t)length + 1);
    else {
        va_start(args, format);
        vsnprintf(text, (size_t)length + 1, format, args);
        va_end(args);
    }
    return text;
}

const char *page_count(page *p, int64_t count) {
    char digits[32], grouped[48];
    int length = snprintf(digits, sizeof digits, "%lld", (long long)count), at = 0;
    for (int i = 0; i < length; i++) {
        grouped[at++] = digits[i];
        int left = length - 1 - i;
        if (left > 0 && left % 3 == 0 && digits[i] != '-')
            grouped[at++] = ',';
    }
    grouped[at] = 0;
    return page_format(p, "%s", grouped);
}

const char *page_decimal(page *p, double value, int decimals) {
    static const int64_t powers[] = {1, 10, 100, 1000};
    if (value != value)
        return "-";
    if (decimals == 0 || value > 1e12 || value < -1e12)
        return page_count(p, (int64_t)base_round(value, 0));
    // As whole numbers, since printf would take the point from the locale.
    int64_t scaled = (int64_t)base_round(value * (double)powers[decimals], 0);
    int64_t size = scaled < 0 ? -scaled : scaled;
    return page_format(p, "%s%s.%0*lld", scaled < 0 ? "-" : "", page_count(p, size / powers[decimals]), decimals,
                       (long long)(size % powers[decimals]));
}

const char *page_percent(page *p, double share) {
    return page_decimal(p, share * 100, 0);
}

const char *page_duration(page *p, double seconds) {
    if (seconds != seconds)
        return "-";
    int64_t s = (int64_t)base_round(seconds, 0);
    if (s < 60)
        return page_format(p, "%lld s", (long long)s);
    if (s < 3600)
        return page_format(p, "%lld:%02lld", (long long)(s / 60), (long long)(s % 60));
    int64_t minutes = (s + 30) / 60;
    return page_format(p, "%lld h %02lld", (long long)(minutes / 60), (long long)(minutes % 60));
}

const char *page_time(page *p, int32_t second) {
    return page_format(p, "%02d:%02d", second / 3600, second / 60 % 60);
}

void report_clock(int32_t second, char out[16]) {
    snprintf(out, 16, "%02d:%02d:%02d", second / 3600, second / 60 % 60, second % 60);
}

static bool is_ascii(const char *text) {
    for (; *text; text++)
        if ((unsigned char)*text >= 0x80)
            return false;
    return true;
}

// Bytes of the character that begins here; texts of a resort are UTF-8, and broken ones go byte by byte.
static size_t character_bytes(const char *text) {
    size_t bytes = 1;
    if ((unsigned char)text[0] >= 0xc0)
        while (((unsigned char)text[bytes] & 0xc0) == 0x80)
            bytes++;
    return bytes;
}

const char *page_name(page *p, const char *name, const char *key) {
    if (!name || !*name)
        return key ? key : "";
    bool one_line = !strpbrk(name, "\n\t");
    if (one_line && (!p->look->ascii || is_ascii(name)))
        return name;
    if (p->look->ascii && key && !is_ascii(name))
        return key;
    char *shown = base_arena_text(p->arena, name, strlen(name));
    if (!shown) {
        p->out->failed = true;
        return "";
    }
    char *end = shown;
    for (const char *c = name; *c; c += character_bytes(c)) {
        size_t bytes = character_bytes(c);
        if (p->look->ascii && (unsigned char)*c >= 0x80)
            *end++ = '?';
        else if (*c == '\n' || *c == '\t')
            *end++ = ' ';
        else {
            memmove(end, c, bytes);
            end += bytes;
        }
    }
    *end = 0;
    return shown;
}

const char *page_cut(page *p, const char *text, int columns) {
    if (base_text_columns(text) <= columns)
        return text;
    const char *ellipsis = p->look->ascii ? "~" : "…";
    char *shown = base_arena_take(p->arena, strlen(text) + strlen(ellipsis) + 1);
    if (!shown) {
        p->out->failed = true;
        return "";
    }
    size_t kept = 0;
    for (const char *c = text; *c; c += character_bytes(c)) {
        size_t bytes = character_bytes(c);
        memcpy(shown + kept, c, bytes);
        shown[kept + bytes] = 0;
        if (base_text_columns(shown) > columns - 1)
            break;
        kept += bytes;
    }
    while (kept > 0 && shown[kept - 1] == ' ')
        kept--;
    strcpy(shown + kept, ellipsis);
    return shown;
}

void page_wrap(page *p, const char *text, int column, int indent) {
    base_text *out = p->out;
    bool fresh = true; // nothing of the text stands on this line yet
    while (*text) {
        size_t length = strcspn(text, " ");
        char *word = base_arena_text(p->arena, text, length);
        if (!word) {
            out->failed = true;
            return;
        }
        int columns = base_text_columns(word);
        if (!fresh && column + 1 + columns > p->look->columns) {
            base_text_format(out, "\n%*s", indent, "");
            column = indent;
            fresh = true;
        }
        if (!fresh) {
            base_text_add(out, " ");
            column++;
        }
        base_text_add(out, word);
        column += columns;
        fresh = false;
        text += length;
        while (*text == ' ')
            text++;
    }
    base_text_add(out, "\n");
}

void report_spark(base_text *out, const int32_t *series, int32_t from, int32_t to, int32_t columns, int32_t peak, bool ascii) {
    static const char *const blocks[] = {" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"};
    static const char *const signs[] = {" ", ".", ":", "-", "=", "+", "*", "#", "@"};
    int64_t bins = to > from ? to - from : 0;
    for (int64_t c = 0; c < columns; c++) {
        int64_t first = from + c * bins / columns, last = from + (c + 1) * bins / columns;
        int64_t most = 0;
        for (int64_t i = first; bins && (i < last || i == first); i++)
            most = series[i] > most ? series[i] : most;
        int64_t step = most <= 0 || peak <= 0 ? 0 : (most * 8 + peak - 1) / peak;
        step = step > 8 ? 8 : step;
        base_text_add(out, ascii ? signs[step] : blocks[step]);
    }
}

void report_axis(base_text *out, int32_t from_s, int32_t to_s, int32_t columns) {
    static const int steps_h[] = {1, 2, 3, 4, 6, 12, 24};
    int64_t span = to_s > from_s ? to_s - from_s : 1;
    int step = 24;
    for (size_t i = 0; i < BASE_COUNT(steps_h); i++)
        if (steps_h[i] * 3600 * (int64_t)columns / span >= 4) { // room for "12" and two spaces
            step = steps_h[i];
            break;
        }
    int64_t at = 0;
    for (int64_t hour = (from_s + 3599) / 3600; hour * 3600 < to_s; hour++) {
        int64_t column = (hour * 3600 - from_s) * columns / span;
        int width = hour < 10 ? 1 : 2;
        if (hour % step != 0 || column < at || column + width > columns)
            continue;
        base_text_format(out, "%*s%lld", (int)(column - at), "", (long long)hour);
        at = column + width;
    }
    base_text_format(out, "%*s", (int)(columns - at), "");
}
