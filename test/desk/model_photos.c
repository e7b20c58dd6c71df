// model_photos.c - the photographs of the model test: model and desk side by side (model_photos.h).
#include "desk/picture.h"

#include "desk/model.h"
#include "desk/model_photos.h"

enum { PICTURES = 9, LANGUAGES = 5, LARGE = 400, SMALL = 96 };
static const char *const places[] = {"", "rental-hall", "gondola"}, *const days[] = {"", "2019-02-01", "2019-02-02"};
static const char *const languages[LANGUAGES] = {"en", "ko", "zh", "ru", "ja"};

typedef struct m_photo {
    int64_t id;
    int picture, place, day;
    unsigned texts; // set of languages
    int caption;    // a number that stands in each of them
} m_photo;

static m_photo list[PICTURES]; // no picture is there twice
static int count;
static char *pictures[PICTURES];
typedef enum came { ADDED, CHANGED, REMOVED, MOVED, TWICE, MISSING, COPIED, CAME } came;
static const char *const came_names[CAME] = {"added", "changed", "removed", "moved", "the same twice", "not there", "copied"};
static int64_t came_about[CAME];

void photos_begin(void) {
    count = 0;
    for (int i = 0; i < PICTURES && !pictures[i]; i++)
        pictures[i] = picture_make((unsigned)i, i % 3 ? SMALL : LARGE);
}

int photos_quit(void) {
    int never = 0;
    for (int i = 0; i < PICTURES; i++)
        free(pictures[i]);
    for (int i = 0; i < CAME; i++) {
        print_message("# photographs %s: %lld\n", came_names[i], (long long)came_about[i]);
        never += came_about[i] == 0;
    }
    return never;
}

// ---- an act: its request, and what the model makes of it ---------------------------------------------------------------

static int index_of(int64_t id) {
    int i = 0;
    while (i < count && list[i].id != id)
        i++;
    return i < count ? i : -1;
}

static void move_to(int from, int to) { // `to` counts without it
    m_photo moved = list[from];
    memmove(list + from, list + from + 1, (size_t)(count - from - 1) * sizeof *list);
    memmove(list + to + 1, list + to, (size_t)(count - to - 1) * sizeof *list);
    list[to] = moved;
}

static json_t *texts_json(const m_photo *p) {
    json_t *texts = json_array();
    for (int l = 0; l < LANGUAGES; l++) {
        char caption[40];
        snprintf(caption, sizeof caption, "%s %d", languages[l], p->caption);
        if (p->texts >> l & 1)
            json_array_append_new(texts, json_pack("{s:s,s:s,s:s}", "language", languages[l], "caption", caption, "alternative", "What is seen"));
    }
    return texts;
}

// What is told of it, in the request and in the model. NULL: done; otherwise why it is refused.
static const char *tell(int at, const unsigned *r, json_t *request) {
    m_photo *p = &list[at];
    if (r[2] % 2) {
        p->texts = r[3] % 32;
        p->caption = (int)(r[4] % 1000);
        json_object_set_new(request, "texts", texts_json(p));
    }
    if (r[5] % 2)
        json_object_set_new(request, "place", json_string(places[p->place = (int)(r[6] % BASE_COUNT(places))]));
    if (r[5] / 2 % 2)
        json_object_set_new(request, "taken", json_string(days[p->day = (int)(r[7] % BASE_COUNT(days))]));
    if (r[8] % 2)
        return NULL;
    bool is_unknown = r[8] / 2 % 8 == 0, is_end = r[8] / 2 % 4 == 1;
    int next = (int)(r[9] % (unsigned)count);
    json_object_set_new(request, "before", json_integer(is_unknown ? 999999999 : is_end ? 0 : list[next].id));
    if (is_unknown)
        return "no_photo";
    came_about[MOVED] += is_end || next != at;
    if (is_end)
        move_to(at, count - 1);
    else if (next != at)
        move_to(at, (next > at ? next - 1 : next) + (m_err == M_STANDS_BEHIND));
    return NULL;
}

static const char *add(const unsigned *r, json_t *request) {
    int picture = (int)(r[1] % PICTURES);
    json_object_set_new(request, "act", json_string("photo-add"));
    json_object_set_new(request, "bytes", json_string(pictures[picture]));
    for (int i = 0; i < count; i++)
        if (list[i].picture == picture)
            return "photo_twice";
    list[count] = (m_photo){.picture = picture};
    return tell(count++, r, request);
}

static const char *change(const unsigned *r, json_t *request, bool is_removed) {
    int at = count ? (int)(r[1] % (unsigned)count) : -1;
    bool is_there = at >= 0 && r[1] / 16 % 8;
    json_object_set_new(request, "act", json_string(is_removed ? "photo-remove" : "photo-change"));
    json_object_set_new(request, "photo", json_integer(is_there ? list[at].id : 888888888));
    if (!is_there)
        return "no_photo";
    if (!is_removed)
        return tell(at, r, request);
    memmove(list + at, list + at + 1, (size_t)(--count - at) * sizeof *list);
    return NULL;
}

// ---- the desk's list, and the model's -----------------------------------------------------------------------------------

json_t *m_ask(desk *d, json_t *request) {
    char *text = NULL;
    (void)desk_do(d, request, &text);
    json_t *answer = json_loads(text, 0, NULL);
    json_decref(request);
    free(text);
    return answer;
}

static json_t *model_json(bool shown) {
    json_t *all = json_array();
    for (int i = 0; i < count; i++)
        if (!shown || list[i].texts)
            json_array_append_new(all, json_pack("{s:I,s:s,s:s,s:o}", "photo", (json_int_t)list[i].id, "place", places[list[i].place], "taken",
                                                 days[list[i].day], "texts", texts_json(&list[i])));
    return all;
}

static int images_of(int64_t id) {
    int i = index_of(id);
    return i < 0 ? 0 : list[i].picture % 3 ? 1 : 2; // its own size, and a smaller one of what is large
}

static bool same_list(desk *d, bool shown, char *trouble, size_t size) {
    json_t *answer = m_ask(d, json_pack("{s:s,s:b}", "act", "photos", "shown", shown)), *theirs = json_object_get(answer, "photos"), *ours = model_json(shown), *p;
    size_t i;
    bool same = true;
    json_array_foreach(theirs, i, p) {
        size_t images = json_array_size(json_object_get(p, "images"));
        same = same && (int)images == images_of(json_integer_value(json_object_get(p, "photo")));
        json_object_del(p, "images");
    }
    same = same && json_equal(ours, theirs);
    if (!same) {
        char *a = json_dumps(ours, JSON_COMPACT), *b = json_dumps(theirs ? theirs : answer, JSON_COMPACT | JSON_ENCODE_ANY);
        snprintf(trouble, size, "photographs: the model has %.200s, the desk %.200s", a, b ? b : "nothing");
        free(a);
        free(b);
    }
    json_decref(ours);
    json_decref(answer);
    return same;
}

static bool is_the_same_again(desk *d, json_t *request, const char *text, char *trouble, size_t size) {
    char *again = NULL;
    (void)desk_do(d, request, &again);
    bool same = strcmp(text, again) == 0;
    if (!same)
        snprintf(trouble, size, "sent again: %.150s, not %.150s", again, text);
    free(again);
    return same;
}

static void count_came(const char *reason, unsigned kind) {
    came_about[reason ? (strcmp(reason, "photo_twice") == 0 ? TWICE : MISSING) : kind < 4 ? ADDED : kind < 7 ? CHANGED : REMOVED]++;
}

bool photos_act(desk *d, const unsigned *r, int number, char *trouble, size_t size) {
    m_photo before[PICTURES];
    int count_before = count;
    unsigned kind = r[0] % 8;
    char key[24], *text = NULL;
    memcpy(before, list, sizeof list);
    snprintf(key, sizeof key, "photo-%d", number);
    json_t *request = json_pack("{s:s}", "key", key);
    const char *reason = kind < 4 ? add(r, request) : change(r, request, kind == 7);
    (void)desk_do(d, request, &text);
    json_t *answer = json_loads(text, 0, NULL);
    const char *theirs = json_string_value(json_object_get(answer, "reason")), *status = json_string_value(json_object_get(answer, "status"));
    bool same = status && strcmp(status, reason ? "refused" : "ok") == 0 && strcmp(reason ? reason : "", theirs ? theirs : "") == 0;
    if (!same)
        snprintf(trouble, size, "photographs: the model says %s, the desk %.300s", reason ? reason : "ok", text);
    else if (reason) {
        memcpy(list, before, sizeof list);
        count = count_before;
    } else if (kind < 4)
        for (int i = 0; i < count; i++)
            list[i].id = list[i].id ? list[i].id : json_integer_value(json_object_get(answer, "photo"));
    if (same)
        count_came(reason, kind);
    if (same && !reason)
        the_model.last_ms = m_now();
    same = same && (r[9] / 64 % 4 || is_the_same_again(d, request, text, trouble, size)) && same_list(d, r[9] / 256 % 2, trouble, size);
    json_decref(answer);
    json_decref(request);
    free(text);
    return same;
}

// ---- a copy ---------------------------------------------------------------------------------------------------------------

static bool same_bytes(desk *a, desk *b, const json_t *images) {
    size_t i;
    const json_t *image;
    bool same = true;
    json_array_foreach(images, i, image) {
        unsigned char digest[DESK_PHOTO_DIGEST], *ours = NULL, *theirs = NULL;
        const char *hex = json_string_value(json_object_get(image, "digest"));
        size_t length = 0, our_size = 0, their_size = 0;
        same = same && sodium_hex2bin(digest, sizeof digest, hex, strlen(hex), NULL, &length, NULL) == 0 &&
               desk_photo_read(a, digest, &ours, &our_size) == PISTE_OK && desk_photo_read(b, digest, &theirs, &their_size) == PISTE_OK &&
               our_size == their_size && memcmp(ours, theirs, our_size) == 0;
        free(ours);
        free(theirs);
    }
    return same;
}

bool photos_are_copied(desk *d, const char *url, char *trouble, size_t size) {
    desk *copy = NULL;
    desk_audit_result result;
    if (desk_copy(d, url, NULL, &result) != PISTE_OK || desk_open(&(desk_def){.url = url}, NULL, &copy) != PISTE_OK) {
        snprintf(trouble, size, "the desk is not copied");
        return false;
    }
    json_t *ours = m_ask(d, json_pack("{s:s}", "act", "photos")), *theirs = m_ask(copy, json_pack("{s:s}", "act", "photos")), *p;
    bool same = json_equal(json_object_get(ours, "photos"), json_object_get(theirs, "photos"));
    size_t i;
    json_array_foreach(json_object_get(ours, "photos"), i, p)
        same = same && same_bytes(d, copy, json_object_get(p, "images"));
    if (!same)
        snprintf(trouble, size, "the copy has other photographs");
    came_about[COPIED] += (int64_t)json_array_size(json_object_get(ours, "photos"));
    json_decref(ours);
    json_decref(theirs);
    desk_close(copy);
    return same;
}
