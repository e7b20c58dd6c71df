// assets.c - answers with the pages: a file by its path; every other path is a page of the application, which reads the
// path itself.
#include "serve/assets.h"
#include "serve/inside.h"

static const serve_asset *find(const char *path) {
    for (int i = 0; i < serve_asset_count; i++)
        if (strcmp(serve_assets[i].path, path) == 0)
            return &serve_assets[i];
    return NULL;
}

void serve_asset_run(serve_request *q) {
    const serve_asset *a = find(q->url);
    const char *last = strrchr(q->url, '/');
    if (!a && !(last && strchr(last, '.'))) // no file
        a = find("/index.html");
    if (!a) {
        serve_refuse(q, 404, "not_found", serve_asset_count ? "there is no %.200s" : "this build has no pages (-Dweb=disabled): %.200s", q->url);
        return;
    }
    const char *seen = MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_IF_NONE_MATCH);
    const char *accepted = MHD_lookup_connection_value(q->connection, MHD_HEADER_KIND, MHD_HTTP_HEADER_ACCEPT_ENCODING);
    bool same = seen && strcmp(seen, a->tag) == 0;
    if (!same && (!accepted || !strstr(accepted, "gzip"))) {
        serve_refuse(q, 406, "not_accepted", "Accept-Encoding: %.100s, expected one with gzip", accepted ? accepted : "none");
        return;
    }
    struct MHD_Response *r = MHD_create_response_from_buffer(same ? 0 : a->length, (void *)(uintptr_t)a->data, MHD_RESPMEM_PERSISTENT);
    if (r) {
        MHD_add_response_header(r, "Content-Type", a->type);
        MHD_add_response_header(r, "Vary", "Accept-Encoding");
        MHD_add_response_header(r, "ETag", a->tag);
        MHD_add_response_header(r, "Cache-Control", a->is_named_by_contents ? "public, max-age=31536000, immutable" : "no-cache");
        if (!same)
            MHD_add_response_header(r, "Content-Encoding", "gzip");
        // What the first page shows is on its way while its script is.
        if (strcmp(q->url, "/") == 0 || strcmp(q->url, "/mountain") == 0)
            MHD_add_response_header(r, "Link", "</api/mountain>; rel=preload; as=fetch; crossorigin");
    }
    serve_answer_response(q, same ? 304 : 200, r);
}
