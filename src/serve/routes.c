// routes.c - what this server answers: the tables of its rooms and the desk's acts, as one. The API's document and the
// pages' types are written from it.
#include "serve/inside.h"
#include "serve/shop.h"

// Each room of the pages has its own, at the end of its file. What is asked most often stands first.
static const serve_route *const tables[] = {
    serve_mountain_routes,
    serve_names_routes,
    serve_draft_routes,
    serve_job_routes,
    serve_session_routes,
    serve_account_routes,
    serve_gate_routes,
    serve_till_routes,
    serve_feed_routes,
    serve_play_routes,
    serve_shop_routes,
    serve_shop_order_routes,
    serve_shop_mine_routes,
    serve_shop_pass_routes,
    serve_photo_routes,
    serve_two_routes,
    serve_books_routes,
    serve_system_routes,
};

// ---- finding ---------------------------------------------------------------------------------------------------------

static int hex_of(char c) {
    return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : c >= 'A' && c <= 'F' ? c - 'A' + 10 : -1;
}

// Decodes one part of a path; false: it is empty, too long, not text, or tries to leave its folder.
static bool decode(const char *from, size_t length, char out[128]) {
    size_t n = 0;
    for (size_t i = 0; i < length; i++) {
        char c = from[i];
        if (c == '%') {
            int high = i + 2 < length ? hex_of(from[i + 1]) : -1, low = high >= 0 ? hex_of(from[i + 2]) : -1;
            if (low < 0)
                return false;
            c = (char)(high * 16 + low);
            i += 2;
        }
        if (n == 127)
            return false;
        out[n++] = c;
    }
    out[n] = 0;
    return n > 0 && strlen(out) == n && base_text_is_clean(out, n) && !strchr(out, '/') && strcmp(out, ".") != 0 && strcmp(out, "..") != 0;
}

static bool fits(const char *pattern, const char *path, char parts[SERVE_PARTS_MAX][128]) {
    int part = 0;
    while (*pattern && *path) {
        if (*pattern == '{') {
            size_t length = strcspn(path, "/");
            if (part == SERVE_PARTS_MAX || !decode(path, length, parts[part++]))
                return false;
            path += length;
            pattern += strcspn(pattern, "}") + 1;
        } else if (*pattern++ != *path++)
            return false;
    }
    return !*pattern && !*path;
}

// The desk's acts, as routes of their own: made once, of desk_kinds.
static serve_route act_routes[129]; // and an end
static char act_paths[128][64];
static int act_count;
static pthread_once_t acts_once = PTHREAD_ONCE_INIT;

static void make_acts(void) {
    for (int i = 0; i < desk_kind_count && act_count + 1 < (int)BASE_COUNT(act_routes); i++) {
        unsigned who = serve_act_who(desk_kinds[i].name);
        if (!who)
            continue;
        snprintf(act_paths[act_count], sizeof act_paths[0], "/api/desk/%s", desk_kinds[i].name);
        act_routes[act_count] = (serve_route){"POST", act_paths[act_count], who, desk_kinds[i].fields, NULL, serve_desk_run, 0, NULL,
                                              desk_kinds[i].meaning, &desk_kinds[i]};
        act_count++;
    }
}

const serve_route *serve_route_next(const serve_route *r) {
    static const serve_route none = {0};
    pthread_once(&acts_once, make_acts);
    r = r ? r + 1 : tables[0];
    for (size_t i = 0; i < BASE_COUNT(tables); i++) { // beyond the end of one the next begins
        const serve_route *end = tables[i];
        while (end->method)
            end++;
        if (r == end)
            r = i + 1 < BASE_COUNT(tables) ? tables[i + 1] : act_count ? act_routes : &none;
    }
    return r->method ? r : NULL;
}

static const serve_route asset = {"GET", "/{file}", SERVE_ANYONE, NULL, NULL, serve_asset_run, 0, "text/html", "the pages", NULL};

static const serve_route *find_in(const serve_route *list, const char *method, const char *path, char parts[SERVE_PARTS_MAX][128],
                                  char allow[64]) {
    for (; list->method; list++) {
        if (!fits(list->path, path, parts))
            continue;
        if (strcmp(list->method, method) == 0)
            return list;
        size_t length = strlen(allow);
        snprintf(allow + length, 64 - length, "%s%s", length ? ", " : "", list->method);
    }
    return NULL;
}

const serve_route *serve_route_find(const char *method, const char *path, char parts[SERVE_PARTS_MAX][128], char allow[64]) {
    const serve_route *found = NULL;
    if (strcmp(method, "HEAD") == 0) // libmicrohttpd leaves the body out
        method = "GET";
    pthread_once(&acts_once, make_acts);
    for (size_t i = 0; i < BASE_COUNT(tables) && !found; i++)
        found = find_in(tables[i], method, path, parts, allow);
    if (!found && strncmp(path, "/api/desk/", 10) == 0)
        found = find_in(act_routes, method, path, parts, allow);
    if (found || *allow || strncmp(path, "/api/", 5) == 0)
        return found;
    if (strcmp(method, "GET") == 0)
        return &asset;
    snprintf(allow, 64, "GET");
    return NULL;
}
