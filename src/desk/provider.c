// provider.c - the wire to a payment provider: JSON over HTTP by libcurl, with limits on time and size.
#include <curl/curl.h>
#include <inttypes.h>
#include <pthread.h>
#include <stdlib.h>

#include "desk/provider.h"

enum { ANSWER_MAX = 1 << 20, CONNECT_MS = 3000 };

static pthread_once_t once = PTHREAD_ONCE_INIT;
static bool is_ready;
static void start(void) {
    is_ready = curl_global_init(CURL_GLOBAL_DEFAULT) == CURLE_OK;
}

static size_t take_answer(char *bytes, size_t size, size_t count, void *context) {
    base_text *answer = context;
    if (answer->length + size * count > ANSWER_MAX)
        return 0; // which ends the transfer
    base_text_add_bytes(answer, bytes, size * count);
    return answer->failed ? 0 : size * count;
}

// "Authorization: Bearer ...": read each time, so that a new token counts at once.
static bool add_token(const desk_provider *p, struct curl_slist **headers) {
    char *token = NULL;
    size_t length = 0;
    base_text line = {0};
    if (!*p->token_file)
        return true;
    if (base_file_read(p->token_file, 4096, NULL, &token, &length) != PISTE_OK)
        return false;
    token[strcspn(token, "\r\n")] = 0;
    base_text_format(&line, "Authorization: Bearer %s", token);
    free(token);
    struct curl_slist *more = line.failed ? NULL : curl_slist_append(*headers, line.data);
    base_text_release(&line);
    *headers = more ? more : *headers;
    return more;
}

static bool set_up(CURL *curl, const desk_provider *p, const char *url, struct curl_slist *headers, base_text *answer) {
    return curl_easy_setopt(curl, CURLOPT_URL, url) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)p->wait_ms) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_PROXY, "") == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_HTTPHEADER, headers) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer) == CURLE_OK &&
           curl_easy_setopt(curl, CURLOPT_WRITEDATA, answer) == CURLE_OK;
}

// body NULL: GET. *code is the answer's, 0 where none came whole.
static CURLcode send_request(const desk_provider *p, const char *url, const char *body, base_text *answer, long *code) {
    pthread_once(&once, start);
    CURL *curl = is_ready ? curl_easy_init() : NULL;
    struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");
    CURLcode got = curl && headers && add_token(p, &headers) && set_up(curl, p, url, headers, answer)
                       ? CURLE_OK
                       : CURLE_FAILED_INIT;
    if (got == CURLE_OK && body)
        got = curl_easy_setopt(curl, CURLOPT_POSTFIELDS, body);
    if (got == CURLE_OK)
        got = curl_easy_perform(curl);
    *code = 0;
    if (got == CURLE_OK)
        curl_easy_getinfo(curl, CURLINFO_RESPONSE_CODE, code);
    curl_slist_free_all(headers);
    curl_easy_cleanup(curl);
    return got;
}

static piste_status get(const desk_provider *p, const char *path, json_t **out, char why[160]) {
    base_text url = {0}, answer = {0};
    long code = 0;
    base_text_format(&url, "%s/v1/%s", p->url, path);
    CURLcode got = url.failed ? CURLE_OUT_OF_MEMORY : send_request(p, url.data, NULL, &answer, &code);
    json_t *whole = got == CURLE_OK && (code == 200 || code == 404) && answer.data
                        ? json_loadb(answer.data, answer.length, JSON_REJECT_DUPLICATES, NULL)
                        : NULL;
    if (!whole)
        snprintf(why, 160, "%s", got != CURLE_OK ? curl_easy_strerror(got) : "its answer is not as agreed");
    base_text_release(&url);
    base_text_release(&answer);
    if (!whole)
        return PISTE_IO;
    *out = whole;
    return PISTE_OK;
}

// ---- what comes from outside is checked ------------------------------------------------------------------------------------------

static const desk_field refund_fields[] = {
    {"refund", DESK_TEXT, true, 0, 60, NULL, "its key"},
    {"state", DESK_SLUG, true, 0, 20, NULL, "done or refused"},
    {"amount", DESK_INT, false, 0, INT64_MAX / 4, NULL, "minor units"},
    {NULL, DESK_END, false, 0, 0, NULL, NULL},
};
static const desk_field view_fields[] = {
    {"key", DESK_TEXT, false, 0, 60, NULL, "of the charge"},
    {"state", DESK_SLUG, true, 0, 20, NULL, "unknown, pending, ..."},
    {"currency", DESK_CURRENCY, false, 0, 0, NULL, "of the charge"},
    {"authorised", DESK_INT, false, 0, INT64_MAX / 4, NULL, "minor units"},
    {"captured", DESK_INT, false, 0, INT64_MAX / 4, NULL, "minor units"},
    {"refunded", DESK_INT, false, 0, INT64_MAX / 4, NULL, "minor units"},
    {"refunds", DESK_LIST, false, 0, 1000, refund_fields, "each"},
    {NULL, DESK_END, false, 0, 0, NULL, NULL},
};
static const desk_field page_fields[] = {
    {"charges", DESK_LIST, true, 0, 10000, view_fields, "one page"},
    {"next", DESK_INT, true, 0, INT64_MAX, NULL, "where the next begins"},
    {NULL, DESK_END, false, 0, 0, NULL, NULL},
};

static bool is_sound(const json_t *view, const char *key) {
    bool unknown = strcmp(desk_text(view, "state"), "unknown") == 0;
    return unknown || ((!key || strcmp(desk_text(view, "key"), key) == 0) && *desk_text(view, "currency") &&
                       desk_number(view, "refunded", 0) <= desk_number(view, "captured", 0));
}

piste_status desk_provider_query(const desk_provider *p, const char *key, json_t **view, char why[160]) {
    char path[80];
    json_t *got = NULL;
    snprintf(path, sizeof path, "charge/%s", key);
    piste_status status = get(p, path, &got, why);
    if (status != PISTE_OK)
        return status;
    if (desk_fields_check(view_fields, got, 0, why, 160) != PISTE_OK || !is_sound(got, key)) {
        json_decref(got);
        return PISTE_IO;
    }
    *view = got;
    return PISTE_OK;
}

piste_status desk_provider_list(const desk_provider *p, int64_t after, json_t **page, char why[160]) {
    char path[80];
    json_t *got = NULL;
    snprintf(path, sizeof path, "charges?after=%" PRId64, after);
    piste_status status = get(p, path, &got, why);
    if (status == PISTE_OK && desk_fields_check(page_fields, got, 0, why, 160) != PISTE_OK) {
        json_decref(got);
        return PISTE_IO;
    }
    if (status == PISTE_OK)
        *page = got;
    return status;
}

void desk_provider_call(const desk_provider *p, const char *verb, const json_t *body) {
    base_text url = {0}, answer = {0};
    long code = 0;
    char *text = json_dumps(body, JSON_COMPACT);
    base_text_format(&url, "%s/v1/%s", p->url, verb);
    if (text && !url.failed)
        (void)send_request(p, url.data, text, &answer, &code);
    free(text);
    base_text_release(&url);
    base_text_release(&answer);
}
