// events.c - what happened, one line of JSON for each event, and the file that the lines go to.
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "report/inside.h"

// ---- one line ---------------------------------------------------------------------------------------------------

static void add_number(base_text *out, const char *label, int64_t value) {
    char digits[24];
    int at = sizeof digits;
    uint64_t left = value < 0 ? 0 - (uint64_t)value : (uint64_t)value;
    do
        digits[--at] = (char)('0' + left % 10);
    while (left /= 10);
    if (value < 0)
        digits[--at] = '-';
    base_text_add(out, label);
    base_text_add_bytes(out, digits + at, sizeof digits - (size_t)at);
}

// Keys are of [a-z0-9-]: nothing needs escaping.
static void add_key(base_text *out, const char *label, const char *key) {
    base_text_add(out, label);
    base_text_add(out, key);
    base_text_add(out, "\"");
}

void report_event_line(const piste_resort *resort, const piste_event *event, base_text *out) {
    add_number(out, "{\"second\":", event->second);
    add_key(out, ",\"act\":\"", piste_act_word(event->act));
    if (event->party >= 0) {
        add_number(out, ",\"party\":", event->party);
        add_number(out, ",\"size\":", event->size);
    }
    if (event->segment >= 0)
        add_key(out, ",\"segment\":\"", resort->segments.list[event->segment].entry.key);
    if (event->place >= 0)
        add_key(out, ",\"place\":\"", resort->places.list[event->place].entry.key);
    if (event->lift >= 0)
        add_key(out, ",\"lift\":\"", resort->lifts.list[event->lift].entry.key);
    if (event->run >= 0)
        add_key(out, ",\"run\":\"", resort->runs.list[event->run].entry.key);
    if (event->walk >= 0)
        add_key(out, ",\"walk\":\"", resort->walks.list[event->walk].entry.key);
    if (event->venue >= 0)
        add_key(out, ",\"venue\":\"", resort->venues.list[event->venue].entry.key);
    if (event->until_s >= 0)
        add_number(out, ",\"until\":", event->until_s);
    const char *why = event->act == PISTE_ACT_MISS          ? piste_missed_word((piste_missed)event->why)
                      : event->act == PISTE_ACT_TURNED_AWAY ? piste_away_word((piste_away)event->why)
                                                            : NULL;
    if (why)
        add_key(out, ",\"why\":\"", why);
    base_text_add(out, "}\n");
}

// ---- the file ---------------------------------------------------------------------------------------------------

enum { BUFFER_BYTES = 256 * 1024 };

struct report_events {
    const piste_resort *resort;
    const char *path, *shown;
    char *temporary; // NULL where the lines go straight to `path`: standard output, a pipe, a device
    int fd, failure; // failure: errno of the first write that failed
    base_text buffer;
};

static piste_status fail(piste_errors *errors, const char *shown, int why) {
    piste_status status = why == ENOENT || why == ENOTDIR ? PISTE_NOT_FOUND : why == ENOMEM ? PISTE_MEMORY : PISTE_IO;
    return piste_errors_add(errors, status, shown, 0, 0, "%s", strerror(why));
}

static void destroy(report_events *events) {
    base_text_release(&events->buffer);
    free(events->temporary);
    free(events);
}

piste_status report_events_open(const char *path, const piste_resort *resort, piste_errors *errors, report_events **events) {
    report_events *e = calloc(1, sizeof *e);
    if (!e)
        return fail(errors, path, ENOMEM);
    bool standard = strcmp(path, "-") == 0;
    e->resort = resort;
    e->path = path;
    e->shown = standard ? "standard output" : path;
    struct stat about;
    bool special = !standard && stat(path, &about) == 0 && !S_ISREG(about.st_mode);
    if (!standard && !special) {
        base_text name = {0};
        base_text_format(&name, "%s.%ld.part", path, (long)getpid());
        e->temporary = name.failed ? NULL : name.data;
        if (name.failed) {
            base_text_release(&name);
            destroy(e);
            return fail(errors, path, ENOMEM);
        }
    }
    if (standard)
        e->fd = STDOUT_FILENO;
    else
        e->fd = special ? open(path, O_WRONLY) : open(e->temporary, O_WRONLY | O_CREAT | O_TRUNC, 0666);
    if (e->fd < 0) {
        int why = errno;
        destroy(e);
        return fail(errors, path, why);
    }
    *events = e;
    return PISTE_OK;
}

static void write_out(report_events *e) {
    const char *data = e->buffer.data;
    size_t left = e->buffer.length;
    while (left && !e->failure) {
        ssize_t done = write(e->fd, data, left);
        if (done > 0) {
            data += done;
            left -= (size_t)done;
        } else if (done == 0 || errno != EINTR)
            e->failure = done == 0 ? EIO : errno;
    }
    e->buffer.length = 0;
}

void report_events_hear(void *events, const piste_event *event) {
    report_events *e = events;
    if (e->failure)
        return;
    report_event_line(e->resort, event, &e->buffer);
    if (e->buffer.failed)
        e->failure = ENOMEM;
    else if (e->buffer.length >= BUFFER_BYTES)
        write_out(e);
}

bool report_events_have_failed(const report_events *events) {
    return events->failure != 0;
}

piste_status report_events_close(report_events *events, bool keep, piste_errors *errors) {
    if (!events)
        return PISTE_OK;
    report_events *e = events;
    if (keep && !e->failure)
        write_out(e);
    if (e->temporary && keep && !e->failure && fsync(e->fd) != 0)
        e->failure = errno;
    if (e->fd != STDOUT_FILENO && close(e->fd) != 0 && !e->failure)
        e->failure = errno;
    if (e->temporary && keep && !e->failure && rename(e->temporary, e->path) != 0)
        e->failure = errno;
    if (e->temporary && (!keep || e->failure))
        unlink(e->temporary);
    piste_status status = e->failure ? fail(errors, e->shown, e->failure) : PISTE_OK;
    destroy(e);
    return status;
}
