// text.c - growing texts, their width on a terminal, whole files.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/base.h"

static bool make_room(base_text *text, size_t more) {
    if (text->failed || more > SIZE_MAX / 4) {
        text->failed = true;
        return false;
    }
    size_t need = text->length + more + 1;
    if (need <= text->capacity)
        return true;
    size_t capacity = text->capacity ? text->capacity : 256;
    while (capacity < need)
        capacity *= 2;
    char *data = realloc(text->data, capacity);
    if (!data) {
        text->failed = true;
        return false;
    }
    text->data = data;
    text->capacity = capacity;
    return true;
}

void base_text_add_bytes(base_text *text, const char *bytes, size_t count) {
    if (!make_room(text, count))
        return;
    if (count)
        memcpy(text->data + text->length, bytes, count);
    text->length += count;
    text->data[text->length] = 0;
}

void base_text_add(base_text *text, const char *more) {
    base_text_add_bytes(text, more, strlen(more));
}

void base_text_format(base_text *text, const char *format, ...) {
    va_list args, again;
    if (!make_room(text, 0))
        return;
    va_start(args, format);
    va_copy(again, args);
    size_t room = text->capacity - text->length;
    int length = vsnprintf(text->data + text->length, room, format, args);
    va_end(args);
    if (length < 0)
        text->failed = true;
    else if ((size_t)length < room)
        text->length += (size_t)length;
    else if (make_room(text, (size_t)length)) {
        vsnprintf(text->data + text->length, (size_t)length + 1, format, again);
        text->length += (size_t)length;
    } else
        text->data[text->length] = 0; // what was begun of it is not there
    va_end(again);
}

void base_text_add_number(base_text *text, int64_t number) {
    char digits[20];
    size_t at = sizeof digits;
    uint64_t left = number < 0 ? 0 - (uint64_t)number : (uint64_t)number;
    do
        digits[--at] = (char)('0' + left % 10);
    while (left /= 10);
    if (number < 0)
        digits[--at] = '-';
    base_text_add_bytes(text, digits + at, sizeof digits - at);
}

void base_text_release(base_text *text) {
    free(text->data);
    *text = (base_text){0};
}

// Decodes one code point of at most `left` bytes; returns its length in bytes, 0 where it is no UTF-8.
static int decode(const unsigned char *s, size_t left, uint32_t *point) {
    static const uint32_t least[5] = {0, 0, 0x80, 0x800, 0x10000};
    int length = s[0] < 0x80 ? 1 : (s[0] & 0xe0) == 0xc0 ? 2 : (s[0] & 0xf0) == 0xe0 ? 3 : (s[0] & 0xf8) == 0xf0 ? 4 : 0;
    if (length == 0 || (size_t)length > left)
        return 0;
    uint32_t value = length == 1 ? s[0] : s[0] & (0x7fu >> length);
    for (int i = 1; i < length; i++) {
        if ((s[i] & 0xc0) != 0x80)
            return 0;
        value = value << 6 | (s[i] & 0x3f);
    }
    if (value < least[length] || value > 0x10ffff || (value >= 0xd800 && value < 0xe000))
        return 0;
    *point = value;
    return length;
}

// Unicode's East Asian Width W and F, in the ranges that names of places use.
static bool is_wide(uint32_t p) {
    return (p >= 0x1100 && p <= 0x115f) || (p >= 0x2e80 && p <= 0x303e) || (p >= 0x3041 && p <= 0xa4cf) ||
           (p >= 0xac00 && p <= 0xd7a3) || (p >= 0xf900 && p <= 0xfaff) || (p >= 0xfe30 && p <= 0xfe6f) ||
           (p >= 0xff00 && p <= 0xff60) || (p >= 0xffe0 && p <= 0xffe6) || (p >= 0x1f300 && p <= 0x1faff) ||
           (p >= 0x20000 && p <= 0x3fffd);
}
static bool is_combining(uint32_t p) {
    return (p >= 0x300 && p <= 0x36f) || (p >= 0x200b && p <= 0x200f) || (p >= 0xfe00 && p <= 0xfe0f);
}

int base_text_columns(const char *text) {
    int columns = 0;
    for (size_t left = strlen(text); left;) {
        uint32_t point = 0;
        int length = decode((const unsigned char *)text, left, &point);
        columns += length == 0 ? 1 : is_combining(point) ? 0 : is_wide(point) ? 2 : 1;
        length = length ? length : 1;
        text += length;
        left -= (size_t)length;
    }
    return columns;
}

bool base_text_is_clean(const char *text, size_t length) {
    while (length) {
        uint32_t point = 0;
        int bytes = decode((const unsigned char *)text, length, &point);
        if (bytes == 0 || (point < 0x20 && point != '\t' && point != '\n') || (point >= 0x7f && point < 0xa0))
            return false;
        text += bytes;
        length -= (size_t)bytes;
    }
    return true;
}

void base_text_mend(char *text) {
    for (size_t length = strlen(text); length;) {
        uint32_t point = 0;
        int bytes = decode((const unsigned char *)text, length, &point);
        if (bytes == 0)
            *text = '?';
        text += bytes ? bytes : 1;
        length -= bytes ? (size_t)bytes : 1;
    }
}

piste_status base_file_read(const char *path, size_t limit, piste_errors *errors, char **data, size_t *length) {
    FILE *file = fopen(path, "rb");
    if (!file) {
        piste_status status = errno == ENOENT || errno == ENOTDIR ? PISTE_NOT_FOUND : PISTE_IO;
        return piste_errors_add(errors, status, path, 0, 0, "%s", strerror(errno));
    }
    base_text text = {0};
    char buffer[65536];
    size_t count;
    bool too_large = false;
    while (!too_large && (count = fread(buffer, 1, sizeof buffer, file)) > 0) {
        too_large = text.length + count > limit;
        if (!too_large)
            base_text_add_bytes(&text, buffer, count);
    }
    bool broken = ferror(file) != 0;
    int why = errno;
    fclose(file);
    base_text_add(&text, ""); // an empty file has its NUL too
    piste_status status = PISTE_OK;
    if (too_large)
        status = piste_errors_add(errors, PISTE_LIMIT, path, 0, 0, "larger than %zu bytes, the most that is read", limit);
    else if (broken)
        status = piste_errors_add(errors, PISTE_IO, path, 0, 0, "%s", strerror(why));
    else if (text.failed)
        status = piste_errors_add(errors, PISTE_MEMORY, path, 0, 0, "no memory to read it");
    if (status != PISTE_OK) {
        base_text_release(&text);
        return status;
    }
    *data = text.data;
    *length = text.length;
    return PISTE_OK;
}

bool base_write_all(int fd, const char *data, size_t length) {
    while (length) {
        ssize_t done = write(fd, data, length);
        if (done < 0 && errno == EINTR)
            continue;
        if (done <= 0)
            return false;
        data += done;
        length -= (size_t)done;
    }
    return true;
}

piste_status base_file_write(const char *path, const char *data, size_t length, piste_errors *errors) {
    if (strcmp(path, "-") == 0) {
        if (fwrite(data, 1, length, stdout) == length && fflush(stdout) == 0)
            return PISTE_OK;
        return piste_errors_add(errors, PISTE_IO, "standard output", 0, 0, "%s", strerror(errno));
    }
    struct stat about;
    // A device or a pipe (/dev/null, /dev/stdout, a process substitution) is written to, never replaced.
    bool there = stat(path, &about) == 0, special = there && !S_ISREG(about.st_mode);
    base_text temporary = {0};
    if (!special)
        base_text_format(&temporary, "%s.%ld.part", path, (long)getpid());
    else
        base_text_add(&temporary, path);
    if (temporary.failed) {
        base_text_release(&temporary);
        return piste_errors_add(errors, PISTE_MEMORY, path, 0, 0, "no memory");
    }
    int fd = open(temporary.data, special ? O_WRONLY : O_WRONLY | O_CREAT | O_TRUNC, 0666);
    // What replaces a file may be read by those only who might read that file.
    bool good = fd >= 0 && (special || !there || fchmod(fd, about.st_mode & 0777) == 0) &&
                base_write_all(fd, data, length) && (special || fsync(fd) == 0);
    int why = errno;
    if (fd >= 0 && close(fd) != 0 && good) {
        good = false;
        why = errno;
    }
    if (good && !special && rename(temporary.data, path) != 0) {
        good = false;
        why = errno;
    }
    if (!good && !special && fd >= 0)
        unlink(temporary.data);
    base_text_release(&temporary);
    return good ? PISTE_OK : piste_errors_add(errors, PISTE_IO, path, 0, 0, "%s", strerror(why));
}
