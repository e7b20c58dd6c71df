// text.c - see text.h.
#include "serve/text.h"

#include <stdlib.h>
#include <zlib.h>

#include "serve/inside.h"

struct serve_text {
    _Atomic int readers;
    size_t length, packed_length; // packed 0: it would not be shorter
    unsigned char *packed;        // gzip
    char data[];
};

enum { GZIP = 15 + 16, LEVEL = 6, WORTH_IT = 500 };

static void pack(serve_text *t) {
    z_stream z = {.next_in = (unsigned char *)t->data, .avail_in = (uInt)t->length};
    if (t->length < WORTH_IT || deflateInit2(&z, LEVEL, Z_DEFLATED, GZIP, 8, Z_DEFAULT_STRATEGY) != Z_OK)
        return;
    size_t most = deflateBound(&z, t->length);
    t->packed = malloc(most);
    z.next_out = t->packed;
    z.avail_out = (uInt)most;
    if (t->packed && deflate(&z, Z_FINISH) == Z_STREAM_END && z.total_out < t->length)
        t->packed_length = z.total_out;
    deflateEnd(&z);
}

serve_text *serve_text_create(const char *data, size_t length) {
    serve_text *t = data ? calloc(1, sizeof *t + length + 1) : NULL;
    if (!t)
        return NULL;
    t->readers = 1;
    t->length = length;
    memcpy(t->data, data, length);
    pack(t);
    return t;
}

serve_text *serve_text_hold(serve_text *t) {
    if (t)
        atomic_fetch_add(&t->readers, 1);
    return t;
}

void serve_text_release(serve_text *t) {
    if (t && atomic_fetch_sub(&t->readers, 1) == 1) {
        free(t->packed);
        free(t);
    }
}

const char *serve_text_data(const serve_text *t) {
    return t->data;
}

static void release(void *context) {
    serve_text_release(context);
}

void serve_text_answer(serve_request *q, serve_text *t, const char *type) {
    const char *accepted = MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT_ENCODING);
    bool is_packed = t && t->packed_length && accepted && strstr(accepted, "gzip");
    struct MHD_Response *r = !t          ? NULL
                             : is_packed ? MHD_create_response_from_buffer_with_free_callback_cls(t->packed_length, t->packed, release, t)
                                         : MHD_create_response_from_buffer_with_free_callback_cls(t->length, t->data, release, t);
    if (!r)
        serve_text_release(t);
    else {
        MHD_add_response_header(r, "Content-Type", type);
        MHD_add_response_header(r, "Cache-Control", "no-cache");
        MHD_add_response_header(r, "Vary", "Accept-Encoding");
        if (is_packed)
            MHD_add_response_header(r, "Content-Encoding", "gzip");
    }
    serve_answer_response(q, 200, r);
}
