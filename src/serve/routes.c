// routes.c - what this server answers: one table. The API's document and the pages' types are written from it.
#include "serve/inside.h"

static const desk_field sign_in[] = {
    {"name", DESK_SLUG, true, 0, DESK_ACCOUNT_NAME_MAX, NULL, "the account"},
    {"password", DESK_TEXT, true, 0, 200, NULL, "its password"},
    {.type = DESK_END},
};
static const desk_field session[] = {
    {"account", DESK_TEXT, true, 0, 40, NULL, "who is signed in; empty: nobody"},
    {"roles", DESK_TEXT, true, 0, 60, NULL, "words of cashier, gate, planner, manager, auditor"},
    {"proof", DESK_TEXT, true, 0, 32, NULL, "goes into the header X-Piste of requests that change something"},
    {.type = DESK_END},
};
static const desk_field health[] = {
    {"status", DESK_TEXT, true, 0, 20, NULL, "ok, or stopped"},
    {"message", DESK_TEXT, true, 0, 200, NULL, "what is to be done"},
    {.type = DESK_END},
};

// Sorted by nothing: what is asked most often stands first.
const serve_route serve_routes[] = {
    {"GET", "/api/mountain", SERVE_ANYONE, NULL, serve_mountain_answer, serve_mountain_run, 0, NULL,
     "what is open, how long the wait is, since when and who says so", NULL},
    {"GET", "/api/live", SERVE_ANYONE, NULL, NULL, serve_live_run, 0, "text/event-stream",
     "what happens, as Server-Sent Events; Last-Event-ID takes it up again", NULL},
    {"GET", "/api/session", SERVE_ANYONE, NULL, session, serve_session_run, 0, NULL, "who is signed in", NULL},
    {"POST", "/api/session", SERVE_ANYONE, sign_in, session, serve_sign_in_run, SERVE_WAITS | SERVE_COSTLY, NULL, "signs in", NULL},
    {"DELETE", "/api/session", SERVE_ANYONE, NULL, session, serve_sign_out_run, SERVE_WAITS, NULL, "signs out", NULL},
    {"GET", "/api/resort", SERVE_ANYONE, NULL, NULL, serve_resort_run, 0, NULL,
     "the resort: lifts, runs, venues, slopes, and their lines in metres (docs/day.schema.json has its parts)", NULL},
    {"GET", "/api/health", SERVE_ANYONE, NULL, health, serve_health_run, 0, NULL, "whether the server is well", NULL},
    {"GET", "/api/openapi.json", SERVE_ANYONE, NULL, NULL, serve_openapi_run, 0, NULL, "this document", NULL},
    {"GET", "/metrics", SERVE_ANYONE, NULL, NULL, serve_metrics_run, 0, "text/plain", "figures for Prometheus", NULL},
};
const int serve_route_count = (int)BASE_COUNT(serve_routes);

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
static serve_route act_routes[128];
static char act_paths[128][64];
static int act_count;
static pthread_once_t acts_once = PTHREAD_ONCE_INIT;

static void make_acts(void) {
    for (int i = 0; i < desk_kind_count && act_count < (int)BASE_COUNT(act_routes); i++) {
        unsigned who = serve_act_who(desk_kinds[i].name);
        if (!who)
            continue;
        snprintf(act_paths[act_count], sizeof act_paths[0], "/api/desk/%s", desk_kinds[i].name);
        act_routes[act_count] = (serve_route){"POST", act_paths[act_count], who, desk_kinds[i].fields, NULL, serve_desk_run, 0, NULL,
                                              desk_kinds[i].meaning, &desk_kinds[i]};
        act_count++;
    }
}

int serve_act_routes(const serve_route **list) {
    pthread_once(&acts_once, make_acts);
    *list = act_routes;
    return act_count;
}

static const serve_route asset = {"GET", "/{file}", SERVE_ANYONE, NULL, NULL, serve_asset_run, 0, "text/html", "the pages", NULL};

static const serve_route *find_in(const serve_route *list, int count, const char *method, const char *path,
                                  char parts[SERVE_PARTS_MAX][128], char allow[64]) {
    for (int i = 0; i < count; i++) {
        if (!fits(list[i].path, path, parts))
            continue;
        if (strcmp(list[i].method, method) == 0)
            return &list[i];
        size_t length = strlen(allow);
        snprintf(allow + length, 64 - length, "%s%s", length ? ", " : "", list[i].method);
    }
    return NULL;
}

const serve_route *serve_route_find(const char *method, const char *path, char parts[SERVE_PARTS_MAX][128], char allow[64]) {
    const serve_route *acts, *found;
    if (strcmp(method, "HEAD") == 0) // libmicrohttpd leaves the body out
        method = "GET";
    found = find_in(serve_routes, serve_route_count, method, path, parts, allow);
    if (!found && strncmp(path, "/api/desk/", 10) == 0)
        found = find_in(act_routes, serve_act_routes(&acts), method, path, parts, allow);
    if (found || *allow || strncmp(path, "/api/", 5) == 0)
        return found;
    if (strcmp(method, "GET") == 0)
        return &asset;
    snprintf(allow, 64, "GET");
    return NULL;
}
