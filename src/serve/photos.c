// photos.c - photographs: what guests are shown of them, and the office's uploads, texts and order.
//
// An upload is judged, decoded and encoded anew by the desk (desk/photo.h), in a process of its own; here are its caller, its
// limits, and whether the resort has what it is said to show. An image is asked for by the digest of its bytes, so whoever
// has it once never asks again.
#include <sodium.h>
#include <stdlib.h>

#include "desk/photo.h"
#include "serve/inside.h"

// ---- for guests --------------------------------------------------------------------------------------------------------

// The office sees those without texts, too.
static void photos_run(serve_request *q) {
    serve_act(q, json_pack("{s:s,s:b}", "act", "photos", "shown", !(q->session.roles & DESK_ROLE_MANAGER)));
}

static bool read_digest(const char *name, unsigned char digest[DESK_PHOTO_DIGEST]) {
    size_t size = 0;
    const char *end = NULL;
    return strlen(name) == 2 * DESK_PHOTO_DIGEST + 4 &&
           sodium_hex2bin(digest, DESK_PHOTO_DIGEST, name, 2 * DESK_PHOTO_DIGEST, NULL, &size, &end) == 0 && size == DESK_PHOTO_DIGEST &&
           strcmp(name + 2 * DESK_PHOTO_DIGEST, ".jpg") == 0;
}

static void image_run(serve_request *q) {
    unsigned char digest[DESK_PHOTO_DIGEST], *bytes = NULL;
    size_t size = 0;
    piste_status status = read_digest(q->parts[0], digest) ? desk_photo_read(q->serve->desk, digest, &bytes, &size) : PISTE_NOT_FOUND;
    if (status == PISTE_NOT_FOUND)
        serve_refuse(q, 404, "not_found", "there is no such image");
    else if (status != PISTE_OK)
        serve_answer_status(q, status, NULL);
    if (status != PISTE_OK)
        return;
    struct MHD_Response *r = MHD_create_response_from_buffer_with_free_callback(size, bytes, free);
    if (!r)
        free(bytes);
    else {
        MHD_add_response_header(r, "Content-Type", "image/jpeg");
        MHD_add_response_header(r, "Cache-Control", "public, max-age=31536000, immutable");
    }
    serve_answer_response(q, 200, r);
}

// ---- for the office ------------------------------------------------------------------------------------------------------

// One at a time: decoding takes a processor and much memory for a second or two.
static atomic_bool is_decoding;

static void uploaded(serve_request *q, piste_status status, json_t *answer) {
    atomic_store(&is_decoding, false); // before its caller knows
    serve_answer(q, piste_status_http_code(status), answer);
}

static void upload_run(serve_request *q) {
    size_t room = sodium_base64_encoded_len(q->body_length, sodium_base64_VARIANT_ORIGINAL);
    if (q->body_length == 0) {
        serve_refuse(q, 422, "photo_type", "an empty body, expected a JPEG or PNG");
        return;
    }
    if (atomic_exchange(&is_decoding, true)) {
        serve_refuse(q, 503, "busy", "another photograph is being decoded; try again");
        return;
    }
    char *coded = malloc(room);
    json_t *bytes = NULL;
    if (coded) {
        sodium_bin2base64(coded, room, (const unsigned char *)q->body, q->body_length, sodium_base64_VARIANT_ORIGINAL);
        bytes = json_string(coded);
        free(coded);
    }
    json_t *request = bytes ? json_pack("{s:s,s:s,s:o}", "act", "photo-add", "key", q->parts[0], "bytes", bytes) : NULL;
    if (request) {
        serve_act_then(q, request, uploaded);
        return;
    }
    atomic_store(&is_decoding, false);
    serve_answer_status(q, PISTE_MEMORY, NULL);
}

static bool is_of_resort(const piste_resort *r, const char *key) {
    return piste_resort_find_place(r, key) >= 0 || piste_resort_find_lift(r, key) >= 0 || piste_resort_find_run(r, key) >= 0 ||
           piste_resort_find_venue(r, key) >= 0;
}

static void change_run(serve_request *q) {
    const char *place = desk_text(q->fields, "place");
    if (*place && !is_of_resort(q->serve->resort, place)) {
        serve_refuse(q, 422, "no_place", "place: '%.64s', expected the key of a place, lift, run or venue of the resort", place);
        return;
    }
    json_t *request = json_copy(q->fields);
    if (request)
        json_object_set_new(request, "act", json_string("photo-change"));
    serve_act(q, request);
}

// ---- routes --------------------------------------------------------------------------------------------------------------

static const desk_field change_fields[] = {
    {"key", DESK_TEXT, true, 0, 100, NULL, "of the act: sent again, it is done once"},
    {"photo", DESK_INT, true, 1, INT64_MAX, NULL, "its number"},
    DESK_PHOTO_ABOUT,
    {.type = DESK_END},
};
static const desk_field added_fields[] = {
    {"status", DESK_TEXT, true, 0, 20, NULL, "ok"},
    {"photo", DESK_INT, true, 1, INT64_MAX, NULL, "its number"},
    {.type = DESK_END},
};

const serve_route serve_photo_routes[] = {
    {"GET", "/api/photos", SERVE_ANYONE, NULL, desk_photos_answer, photos_run, SERVE_WAITS, NULL, "photographs of the resort, in their order", NULL},
    {"GET", "/api/photos/image/{image}", SERVE_ANYONE, NULL, NULL, image_run, SERVE_WAITS, "image/jpeg",
     "an image by the digest of its bytes and .jpg; it never changes", NULL},
    {"POST", "/api/photos/upload/{key}", DESK_ROLE_MANAGER, NULL, added_fields, upload_run, SERVE_BYTES | SERVE_WAITS | SERVE_COSTLY | SERVE_PHOTO, NULL,
     "a JPEG or PNG of at most 12 MB, of which the pixels alone are kept; with the act's key", NULL},
    {"POST", "/api/photos/change", DESK_ROLE_MANAGER, change_fields, added_fields, change_run, 0, NULL,
     "what a photograph shows, its texts, and the one that it stands before", NULL},
    {0},
};
