// photo.c - photographs at the desk: added, told about, put in order, taken away. See photo.h.
#include "desk/photo.h"

#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <unistd.h>

#define END                                                                                                            \
    { .type = DESK_END }

const char desk_photo_tables[] =
    "CREATE TABLE photo (id INTEGER PRIMARY KEY, entry INTEGER NOT NULL, place TEXT NOT NULL, taken INTEGER NOT NULL, rank INTEGER NOT "
    "NULL) STRICT;\n"
    "CREATE TABLE photo_text (photo INTEGER NOT NULL, language TEXT NOT NULL, caption TEXT NOT NULL, alternative TEXT NOT NULL,"
    " PRIMARY KEY (photo, language)) WITHOUT ROWID, STRICT;\n"
    "CREATE TABLE photo_image (digest BLOB PRIMARY KEY, photo INTEGER NOT NULL, width INTEGER NOT NULL, height INTEGER NOT NULL,"
    " bytes BLOB NOT NULL) STRICT;\n"
    "CREATE INDEX photo_image_of ON photo_image (photo);\n";

static const char *const languages[DESK_PHOTO_LANGUAGES] = {"en", "ko", "zh", "ru", "ja"};
enum { LANGUAGES = DESK_PHOTO_LANGUAGES, DIGEST_TEXT = 2 * DESK_PHOTO_DIGEST + 1 };

const desk_field desk_photo_text_fields[] = {
    {"language", DESK_SLUG, true, 0, 2, NULL, "en, ko, zh, ru or ja"},
    {"caption", DESK_TEXT, true, 0, 600, NULL, "what stands under it"},
    {"alternative", DESK_TEXT, true, 0, 1000, NULL, "what is on it, for those who do not see it"},
    END,
};
const desk_field desk_photo_add_fields[] = {
    {"file", DESK_TEXT, false, 0, 4000, NULL, "a JPEG or PNG; - for standard input"},
    {"bytes", DESK_TEXT, false, 0, DESK_PHOTO_BYTES_MAX / 3 * 4 + 4, NULL, "what is in the file, in base64"},
    DESK_PHOTO_ABOUT,
    END,
};
const desk_field desk_photo_change_fields[] = {
    {"photo", DESK_INT, true, 1, INT64_MAX, NULL, "its number"},
    DESK_PHOTO_ABOUT,
    END,
};
const desk_field desk_photo_remove_fields[] = {
    {"photo", DESK_INT, true, 1, INT64_MAX, NULL, "its number"},
    END,
};
const desk_field desk_photos_fields[] = {
    {"shown", DESK_BOOL, false, 0, 0, NULL, "only those that guests are shown"},
    END,
};
static const desk_field image_fields[] = {
    {"digest", DESK_TEXT, true, 0, 64, NULL, "of its bytes, by which it is asked for"},
    {"width", DESK_INT, true, 1, DESK_PHOTO_SIDE_MAX, NULL, "in pixels"},
    {"height", DESK_INT, true, 1, DESK_PHOTO_SIDE_MAX, NULL, ""},
    END,
};
static const desk_field photo_fields[] = {
    {"photo", DESK_INT, true, 1, INT64_MAX, NULL, "its number"},
    {"place", DESK_TEXT, true, 0, 64, NULL, "the key of what it shows; empty: none"},
    {"taken", DESK_TEXT, true, 0, 10, NULL, "when; empty: not known"},
    {"texts", DESK_LIST, true, 0, LANGUAGES, desk_photo_text_fields, "in the order of the languages; none: it is not shown"},
    {"images", DESK_LIST, true, 1, DESK_PHOTO_SIZES, image_fields, "from the smallest"},
    END,
};
const desk_field desk_photos_answer[] = {
    {"photos", DESK_LIST, true, 0, DESK_PHOTOS_MAX, photo_fields, "in their order"},
    END,
};

// ---- before: the file becomes images ---------------------------------------------------------------------------------------

static piste_status read_bytes(desk_call *c, unsigned char **bytes, size_t *size) {
    const char *file = desk_text(c->fields, "file"), *coded = desk_text(c->fields, "bytes");
    size_t length = strlen(coded);
    if ((*file != 0) == (*coded != 0))
        return desk_call_fail(c, PISTE_INVALID, "file: expected the path of a JPEG or PNG, or bytes, one of both");
    if (*file) {
        piste_errors *errors = piste_errors_create();
        piste_status status = base_file_read(strcmp(file, "-") == 0 ? "/dev/stdin" : file, DESK_PHOTO_BYTES_MAX, errors, (char **)bytes, size);
        if (status != PISTE_OK)
            status = desk_call_fail(c, status, "%.230s", piste_errors_count(errors) ? piste_errors_get(errors, 0)->text : piste_status_text(status));
        piste_errors_destroy(errors);
        return status;
    }
    *bytes = malloc(length / 4 * 3 + 3);
    if (!*bytes)
        return PISTE_MEMORY;
    if (sodium_base642bin(*bytes, length / 4 * 3 + 3, coded, length, NULL, size, NULL, sodium_base64_VARIANT_ORIGINAL) == 0)
        return PISTE_OK;
    free(*bytes);
    return desk_call_fail(c, PISTE_INVALID, "bytes: expected base64");
}

static void digest_text(const void *bytes, size_t size, char out[DIGEST_TEXT]) {
    unsigned char digest[DESK_PHOTO_DIGEST];
    crypto_generichash(digest, sizeof digest, bytes, size, NULL, 0);
    sodium_bin2hex(out, DIGEST_TEXT, digest, sizeof digest);
}

static json_t *image_of(const desk_photo_image *i) {
    size_t room = sodium_base64_encoded_len(i->size, sodium_base64_VARIANT_ORIGINAL);
    char *coded = malloc(room);
    if (!coded)
        return NULL;
    sodium_bin2base64(coded, room, i->bytes, i->size, sodium_base64_VARIANT_ORIGINAL);
    json_t *image = json_pack("{s:i,s:i,s:s}", "width", i->width, "height", i->height, "bytes", coded);
    free(coded);
    return image;
}

// The journal's digest of the request knows the file by its own, and so does a key that comes again.
piste_status desk_photo_before(desk_call *c) {
    unsigned char *bytes = NULL;
    size_t size = 0;
    char digest[DIGEST_TEXT];
    desk_photo_images images;
    piste_status status = read_bytes(c, &bytes, &size);
    if (status != PISTE_OK)
        return status;
    digest_text(bytes, size, digest);
    desk_photo_fault fault = desk_photo_make(bytes, size, &images);
    free(bytes);
    json_object_del(c->fields, "file");
    json_object_del(c->fields, "bytes");
    json_object_set_new(c->fields, "source", json_string(digest));
    if (fault == DESK_PHOTO_FAILED) // of a file that is as it should be, too: it may be tried again
        return desk_call_refuse(c, desk_photo_reason(fault), "the photograph was not taken: %.180s", images.message);
    if (fault != DESK_PHOTO_FINE)
        return desk_call_refuse(c, desk_photo_reason(fault), "the photograph %.200s", images.message);
    json_t *list = json_array();
    for (int i = 0; i < images.count; i++)
        if (json_array_append_new(list, image_of(&images.list[i])) != 0)
            status = PISTE_MEMORY;
    desk_photo_release(&images);
    c->extra = json_pack("{s:o}", "images", list);
    return c->extra ? status : PISTE_MEMORY;
}

// ---- what is told of one -----------------------------------------------------------------------------------------------------

static int language_of(const char *code) {
    int i = 0;
    while (i < LANGUAGES && strcmp(languages[i], code) != 0)
        i++;
    return i;
}

static piste_status write_texts(desk_act *a, int64_t photo) {
    const json_t *texts = json_object_get(a->request, "texts"), *t;
    size_t i;
    bool seen[LANGUAGES] = {false};
    if (!texts)
        return PISTE_OK;
    piste_status status = STORE_RUN(a->db, "DELETE FROM photo_text WHERE photo = $1", store_number(photo));
    json_array_foreach(texts, i, t) {
        int language = language_of(desk_text(t, "language"));
        if (language == LANGUAGES)
            return desk_invalid(a, "texts[%zu]: language: '%s', expected en, ko, zh, ru or ja", i, desk_text(t, "language"));
        if (seen[language])
            return desk_invalid(a, "texts[%zu]: language: '%s' comes twice", i, desk_text(t, "language"));
        seen[language] = true;
        if (status == PISTE_OK)
            status = STORE_RUN(a->db, "INSERT INTO photo_text (photo, language, caption, alternative) VALUES ($1, $2, $3, $4)",
                               store_number(photo), store_text(languages[language]), store_text(desk_text(t, "caption")),
                               store_text(desk_text(t, "alternative")));
    }
    return status;
}

static piste_status write_about(desk_act *a, int64_t photo) {
    const char *taken = desk_text(a->request, "taken");
    piste_date day = PISTE_DATE_NONE;
    piste_status status = PISTE_OK;
    if (*taken && piste_date_parse(taken, &day) != PISTE_OK)
        return desk_invalid(a, "taken: '%s', expected a date as 2019-02-02, or nothing", taken);
    if (json_object_get(a->request, "taken"))
        status = STORE_RUN(a->db, "UPDATE photo SET taken = $1 WHERE id = $2", store_number(day), store_number(photo));
    if (status == PISTE_OK && json_object_get(a->request, "place"))
        status = STORE_RUN(a->db, "UPDATE photo SET place = $1 WHERE id = $2", store_text(desk_text(a->request, "place")), store_number(photo));
    return status == PISTE_OK ? write_texts(a, photo) : status;
}

// Photographs are few: all that follow are numbered anew.
static piste_status move_before(desk_act *a, int64_t photo) {
    int64_t next = desk_number(a->request, "before", -1), rank = 0;
    bool found = true;
    if (next < 0 || next == photo)
        return PISTE_OK;
    piste_status status = next ? STORE_FIND_NUMBER(a->db, &rank, &found, "SELECT rank FROM photo WHERE id = $1", store_number(next))
                               : STORE_FIND_NUMBER(a->db, &rank, NULL, "SELECT coalesce(max(rank), 0) + 1 FROM photo WHERE id <> $1", store_number(photo));
    if (status == PISTE_OK && !found)
        return desk_refuse(a, "no_photo", "there is no photograph %" PRId64 " for it to stand before", next);
    if (status == PISTE_OK)
        status = STORE_RUN(a->db, "UPDATE photo SET rank = rank + 1 WHERE rank >= $1", store_number(rank));
    return status == PISTE_OK ? STORE_RUN(a->db, "UPDATE photo SET rank = $1 WHERE id = $2", store_number(rank), store_number(photo)) : status;
}

static piste_status tell_about(desk_act *a, int64_t photo) {
    a->subject = photo;
    json_object_set_new(a->answer, "photo", json_integer(photo));
    piste_status status = write_about(a, photo);
    return status == PISTE_OK ? move_before(a, photo) : status;
}

// ---- acts --------------------------------------------------------------------------------------------------------------------

// The same picture twice is a mistake, whatever else stood in its file.
static piste_status keep_image(desk_act *a, int64_t photo, const json_t *image) {
    const char *coded = desk_text(image, "bytes");
    size_t size = 0, room = strlen(coded) / 4 * 3 + 3;
    unsigned char *bytes = malloc(room), digest[DESK_PHOTO_DIGEST];
    char hex[DIGEST_TEXT];
    int64_t other = 0;
    if (!bytes || sodium_base642bin(bytes, room, coded, strlen(coded), NULL, &size, NULL, sodium_base64_VARIANT_ORIGINAL) != 0) {
        free(bytes);
        return PISTE_MEMORY;
    }
    crypto_generichash(digest, sizeof digest, bytes, size, NULL, 0);
    sodium_bin2hex(hex, sizeof hex, digest, sizeof digest);
    json_array_append_new(json_object_get(a->answer, "digests"), json_string(hex));
    piste_status status = STORE_FIND_NUMBER(a->db, &other, NULL, "SELECT photo FROM photo_image WHERE digest = $1", store_blob(digest, sizeof digest));
    if (status == PISTE_OK && other)
        status = desk_refuse(a, "photo_twice", "the same picture is there already as photograph %" PRId64, other);
    if (status == PISTE_OK)
        status = STORE_RUN(a->db, "INSERT INTO photo_image (digest, photo, width, height, bytes) VALUES ($1, $2, $3, $4, $5)",
                           store_blob(digest, sizeof digest), store_number(photo), store_number(desk_number(image, "width", 0)),
                           store_number(desk_number(image, "height", 0)), store_blob(bytes, size));
    free(bytes);
    return status;
}

piste_status desk_photo_add_run(desk_act *a) {
    const json_t *images = json_object_get(a->request, "images");
    int64_t count = 0, last = 0;
    piste_status status = STORE_FIND_NUMBER(a->db, &count, NULL, "SELECT count(*) FROM photo WHERE id > $1", store_number(0));
    if (status == PISTE_OK)
        status = STORE_FIND_NUMBER(a->db, &last, NULL, "SELECT coalesce(max(rank), 0) FROM photo WHERE id > $1", store_number(0));
    if (status != PISTE_OK)
        return status;
    if (count >= DESK_PHOTOS_MAX)
        return desk_refuse(a, "photos_full", "there are %" PRId64 " photographs, the most that are kept; take one away first", count);
    int64_t photo = desk_next_id(a);
    json_object_set_new(a->answer, "digests", json_array());
    status = STORE_RUN(a->db, "INSERT INTO photo (id, entry, place, taken, rank) VALUES ($1, $2, '', $3, $4)", store_number(photo),
                       store_number(a->entry), store_number(PISTE_DATE_NONE), store_number(last + 1));
    for (size_t i = 0; status == PISTE_OK && i < json_array_size(images); i++)
        status = keep_image(a, photo, json_array_get(images, i));
    return status == PISTE_OK ? tell_about(a, photo) : status;
}

static piste_status check_there(desk_act *a, int64_t photo) {
    int64_t there = 0;
    piste_status status = STORE_FIND_NUMBER(a->db, &there, NULL, "SELECT count(*) FROM photo WHERE id = $1", store_number(photo));
    if (status == PISTE_OK && !there)
        return desk_refuse(a, "no_photo", "there is no photograph %" PRId64, photo);
    return status;
}

piste_status desk_photo_change_run(desk_act *a) {
    int64_t photo = desk_number(a->request, "photo", 0);
    piste_status status = check_there(a, photo);
    return status == PISTE_OK ? tell_about(a, photo) : status;
}

// What is deleted is written over.
piste_status desk_photo_remove_run(desk_act *a) {
    int64_t photo = desk_number(a->request, "photo", 0);
    piste_status status = check_there(a, photo);
    if (status == PISTE_OK && !store_db_is_postgres(a->db))
        status = store_run(a->db, "PRAGMA secure_delete = ON", NULL, 0);
    if (status == PISTE_OK)
        status = STORE_RUN(a->db, "DELETE FROM photo_image WHERE photo = $1", store_number(photo));
    if (status == PISTE_OK)
        status = STORE_RUN(a->db, "DELETE FROM photo_text WHERE photo = $1", store_number(photo));
    if (status == PISTE_OK)
        status = STORE_RUN(a->db, "DELETE FROM photo WHERE id = $1", store_number(photo));
    a->subject = photo;
    json_object_set_new(a->answer, "photo", json_integer(photo));
    return status;
}

// SQLite's log still has the bytes until it is emptied.
piste_status desk_photo_remove_after(desk_call *c) {
    piste_status status = store_checkpoint(desk_get_store(c->desk));
    return status == PISTE_OK ? status // whichever file could not be opened or written: it is not known to be gone
                              : desk_call_fail(c, PISTE_IO, "the photograph is taken away, and its bytes still stand in the database's log: ask again with the same key");
}

// ---- questions ---------------------------------------------------------------------------------------------------------------

static json_t *photo_json(const store_rows *rows) {
    char taken[11] = "";
    piste_date day = (piste_date)store_rows_number(rows, 2);
    if (day != PISTE_DATE_NONE)
        piste_date_format(day, taken);
    return json_pack("{s:I,s:s,s:s,s:[],s:[]}", "photo", (json_int_t)store_rows_number(rows, 0), "place", store_rows_text(rows, 1), "taken",
                     taken, "texts", "images");
}

static json_t *of_photo(json_t *list, int64_t photo) {
    size_t i;
    json_t *p;
    json_array_foreach(list, i, p) {
        if (desk_number(p, "photo", 0) == photo)
            return p;
    }
    return NULL;
}

static piste_status read_texts(desk_act *a, json_t *list) {
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(a->db, &rows,
                                      "SELECT photo, language, caption, alternative FROM photo_text WHERE photo > $1 ORDER BY photo,"
                                      " CASE language WHEN 'en' THEN 0 WHEN 'ko' THEN 1 WHEN 'zh' THEN 2 WHEN 'ru' THEN 3 ELSE 4 END",
                                      store_number(0));
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows))
        json_array_append_new(json_object_get(of_photo(list, store_rows_number(rows, 0)), "texts"),
                              json_pack("{s:s,s:s,s:s}", "language", store_rows_text(rows, 1), "caption", store_rows_text(rows, 2), "alternative",
                                        store_rows_text(rows, 3)));
    return store_rows_end(rows);
}

static piste_status read_images(desk_act *a, json_t *list) {
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(a->db, &rows, "SELECT photo, digest, width, height FROM photo_image WHERE photo > $1 ORDER BY photo, width, height",
                                      store_number(0));
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows)) {
        store_value digest = store_rows_value(rows, 1);
        char hex[DIGEST_TEXT] = "";
        if (digest.size == DESK_PHOTO_DIGEST)
            sodium_bin2hex(hex, sizeof hex, digest.data, digest.size);
        json_array_append_new(json_object_get(of_photo(list, store_rows_number(rows, 0)), "images"),
                              json_pack("{s:s,s:I,s:I}", "digest", hex, "width", (json_int_t)store_rows_number(rows, 2), "height",
                                        (json_int_t)store_rows_number(rows, 3)));
    }
    return store_rows_end(rows);
}

piste_status desk_photos_run(desk_act *a) {
    store_rows *rows = NULL;
    json_t *list = json_array();
    json_object_set_new(a->answer, "photos", list);
    piste_status status = STORE_QUERY(a->db, &rows,
                                      "SELECT id, place, taken FROM photo WHERE $1 = 0 OR EXISTS (SELECT 1 FROM photo_text t WHERE t.photo = id)"
                                      " ORDER BY rank, id",
                                      store_number(desk_flag(a->request, "shown")));
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows))
        json_array_append_new(list, photo_json(rows));
    status = store_rows_end(rows);
    if (status == PISTE_OK)
        status = read_texts(a, list);
    return status == PISTE_OK ? read_images(a, list) : status;
}

typedef struct reading {
    const unsigned char *digest;
    unsigned char *bytes;
    size_t size;
} reading;

static piste_status read_image(store_db *db, void *context) {
    reading *r = context;
    store_rows *rows = NULL;
    piste_status status = STORE_QUERY(db, &rows, "SELECT bytes FROM photo_image WHERE digest = $1", store_blob(r->digest, DESK_PHOTO_DIGEST));
    if (status != PISTE_OK)
        return status;
    bool found = store_rows_next(rows);
    if (found) {
        store_value v = store_rows_value(rows, 0);
        r->size = v.size;
        r->bytes = malloc(v.size + 1);
        if (r->bytes)
            memcpy(r->bytes, v.data, v.size);
    }
    status = store_rows_end(rows);
    return status != PISTE_OK ? status : !found ? PISTE_NOT_FOUND : r->bytes ? PISTE_OK : PISTE_MEMORY;
}

piste_status desk_photo_read(desk *d, const unsigned char digest[DESK_PHOTO_DIGEST], unsigned char **bytes, size_t *size) {
    reading r = {.digest = digest};
    piste_status status = store_read(desk_get_store(d), read_image, &r);
    if (status != PISTE_OK) {
        free(r.bytes);
        return status;
    }
    *bytes = r.bytes;
    *size = r.size;
    return PISTE_OK;
}

// ---- the audit ---------------------------------------------------------------------------------------------------------------

typedef struct audit {
    void (*tell)(void *context, const char *text);
    void *context;
} audit;

static void tell(const audit *u, const char *format, ...) PISTE_PRINTF(2, 3);
static void tell(const audit *u, const char *format, ...) {
    char text[200];
    va_list args;
    va_start(args, format);
    vsnprintf(text, sizeof text, format, args);
    va_end(args);
    u->tell(u->context, text);
}

// The answer by which an image was added has the digest of its bytes, and is itself in the chain.
static piste_status audit_images(store_db *db, const audit *u) {
    store_rows *rows = NULL;
    piste_status status = store_query(db, &rows,
                                      "SELECT i.photo, i.digest, i.bytes, coalesce(j.answer, '') FROM photo_image i LEFT JOIN photo p ON p.id = i.photo"
                                      " LEFT JOIN journal j ON j.entry = p.entry AND j.act = 'photo-add' AND j.subject = p.id ORDER BY i.photo",
                                      NULL, 0);
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows)) {
        int64_t photo = store_rows_number(rows, 0);
        store_value digest = store_rows_value(rows, 1), bytes = store_rows_value(rows, 2);
        char stands[DIGEST_TEXT] = "", computed[DIGEST_TEXT];
        if (digest.size == DESK_PHOTO_DIGEST)
            sodium_bin2hex(stands, sizeof stands, digest.data, digest.size);
        digest_text(bytes.data, bytes.size, computed);
        if (strcmp(stands, computed) != 0)
            tell(u, "photograph %" PRId64 " is not what was kept: the digest of its bytes is another", photo);
        else if (!strstr(store_rows_text(rows, 3), stands))
            tell(u, "photograph %" PRId64 " has an image that the journal does not know", photo);
    }
    return store_rows_end(rows);
}

// A digest is written with two marks of quotation in an answer's list; all answers have their images, and no others are there.
static piste_status audit_whole(store_db *db, const audit *u) {
    store_rows *rows = NULL;
    piste_status status = store_query(db, &rows,
                                      "SELECT j.subject, j.answer, (SELECT count(*) FROM photo_image i WHERE i.photo = j.subject),"
                                      " (SELECT count(*) FROM photo p WHERE p.id = j.subject) FROM journal j WHERE j.act = 'photo-add'"
                                      " AND j.subject NOT IN (SELECT subject FROM journal WHERE act = 'photo-remove')"
                                      " ORDER BY j.entry",
                                      NULL, 0);
    if (status != PISTE_OK)
        return status;
    while (store_rows_next(rows)) {
        json_t *answer = json_loads(store_rows_text(rows, 1), 0, NULL);
        int64_t told = (int64_t)json_array_size(json_object_get(answer, "digests"));
        if (store_rows_number(rows, 3) != 1 || store_rows_number(rows, 2) != told)
            tell(u, "photograph %" PRId64 ": %" PRId64 " of its %" PRId64 " images are there", store_rows_number(rows, 0), store_rows_number(rows, 2), told);
        json_decref(answer);
    }
    return store_rows_end(rows);
}

static piste_status audit_removed(store_db *db, const audit *u) {
    int64_t left = 0;
    piste_status status = store_find_number(db, &left, NULL,
                                            "SELECT (SELECT count(*) FROM photo WHERE id IN (SELECT subject FROM journal WHERE act = 'photo-remove'))"
                                            " + (SELECT count(*) FROM photo_image WHERE photo NOT IN (SELECT id FROM photo))"
                                            " + (SELECT count(*) FROM photo_text WHERE photo NOT IN (SELECT id FROM photo))",
                                            NULL, 0);
    if (status == PISTE_OK && left)
        tell(u, "%" PRId64 " parts of photographs that were taken away are still there", left);
    return status;
}

piste_status desk_photos_audit(store_db *db, void (*told)(void *context, const char *text), void *context) {
    const audit u = {told, context};
    piste_status status = audit_images(db, &u);
    if (status == PISTE_OK)
        status = audit_whole(db, &u);
    return status == PISTE_OK ? audit_removed(db, &u) : status;
}
