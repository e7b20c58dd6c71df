// osm_file.c - .osm (XML) and .osm.pbf, by libreadosm.
//
// libreadosm says that a file is wrong, not where, and takes a .pbf that was cut off at a block's border as a whole
// one. So the frame of a file is looked at before it is read: the first and the last tag of XML, the blocks of a PBF
// (https://wiki.openstreetmap.org/wiki/PBF_Format: length, header, blob, and so on to the end of the file).
#include <errno.h>
#include <readosm.h>
#include <stdlib.h>
#include <string.h>

#include "import/osm.h"

enum { HEADER_BYTES_MAX = 64 << 10, BLOB_BYTES_MAX = 32 << 20, HEAD_BYTES = 4096, TAIL_BYTES = 256 };

static bool ends_with(const char *path, const char *end) {
    size_t length = strlen(path), tail = strlen(end);
    return length >= tail && strcmp(path + length - tail, end) == 0;
}

bool osm_is_file_name(const char *path) {
    return ends_with(path, ".osm") || ends_with(path, ".pbf");
}

// ---- what libreadosm hands over -------------------------------------------------------------------------------------

typedef struct handed {
    osm_tag *tags;
    osm_member *members;
    int64_t *refs;
    int32_t tag_capacity, member_capacity, ref_capacity;
    osm_map *map;
} handed;

// One buffer of each kind, for as long as the file is read.
static bool make_room(handed *h, void *list, int32_t *capacity, int32_t count, size_t size) {
    void **at = list;
    if (count <= *capacity)
        return true;
    void *larger = count > 1 << 24 ? NULL : realloc(*at, (size_t)count * size);
    if (!larger) {
        h->map->status = PISTE_MEMORY;
        return false;
    }
    *at = larger;
    *capacity = count;
    return true;
}

static bool take_tags(handed *h, const readosm_tag *tags, int count, osm_tags *out) {
    if (!make_room(h, &h->tags, &h->tag_capacity, count, sizeof *h->tags))
        return false;
    for (int i = 0; i < count; i++)
        h->tags[i] = (osm_tag){tags[i].key ? tags[i].key : "", tags[i].value ? tags[i].value : ""};
    *out = (osm_tags){h->tags, count};
    return true;
}

static int on_node(const void *user, const readosm_node *node) {
    handed *h = *(handed *const *)user;
    osm_tags tags;
    if (h->map->pass != OSM_NODES)
        return READOSM_OK;
    if (!take_tags(h, node->tags, node->tag_count, &tags))
        return READOSM_ABORT;
    const osm_node own = {.id = node->id, .lon = node->longitude, .lat = node->latitude};
    return osm_take_node(h->map, &own, tags) == PISTE_OK ? READOSM_OK : READOSM_ABORT;
}

static int on_way(const void *user, const readosm_way *way) {
    handed *h = *(handed *const *)user;
    osm_way own = {.id = way->id, .count = way->node_ref_count};
    if (h->map->pass != OSM_WAYS)
        return READOSM_OK;
    if (!take_tags(h, way->tags, way->tag_count, &own.tags) ||
        !make_room(h, &h->refs, &h->ref_capacity, own.count, sizeof *h->refs))
        return READOSM_ABORT;
    for (int i = 0; i < own.count; i++)
        h->refs[i] = way->node_refs[i];
    static const int64_t none[1];
    own.refs = h->refs ? h->refs : none;
    return osm_take_way(h->map, &own) == PISTE_OK ? READOSM_OK : READOSM_ABORT;
}

static int on_relation(const void *user, const readosm_relation *relation) {
    handed *h = *(handed *const *)user;
    osm_relation own = {.id = relation->id, .count = relation->member_count};
    if (h->map->pass != OSM_RELATIONS)
        return READOSM_OK;
    if (!take_tags(h, relation->tags, relation->tag_count, &own.tags) ||
        !make_room(h, &h->members, &h->member_capacity, own.count, sizeof *h->members))
        return READOSM_ABORT;
    for (int i = 0; i < own.count; i++) {
        const readosm_member *m = &relation->members[i];
        osm_member_type type = m->member_type == READOSM_MEMBER_WAY    ? OSM_WAY
                               : m->member_type == READOSM_MEMBER_NODE ? OSM_NODE
                                                                       : OSM_RELATION;
        h->members[i] = (osm_member){m->id, type, m->role ? m->role : ""};
    }
    own.members = h->members;
    return osm_take_relation(h->map, &own) == PISTE_OK ? READOSM_OK : READOSM_ABORT;
}

// ---- the frame of a file --------------------------------------------------------------------------------------------

static piste_status wrong(osm_map *map, piste_status status, const char *what) {
    return map->status = piste_errors_add(map->errors, status, map->file, 0, 0, "%s", what);
}

static piste_status check_xml(osm_map *map, FILE *file, long long size) {
    char text[HEAD_BYTES + 1];
    size_t length = fread(text, 1, HEAD_BYTES, file);
    text[length] = 0;
    const char *start = text + (strncmp(text, "\xef\xbb\xbf", 3) == 0 ? 3 : 0);
    start += strspn(start, " \t\r\n");
    if (*start != '<')
        return wrong(map, PISTE_SYNTAX, "not XML: it does not begin with <; expected <osm> (a .pbf is named so)");
    if (!strstr(start, "<osm"))
        return wrong(map, PISTE_SYNTAX, "not OpenStreetMap XML: no <osm> at its beginning");
    if (fseeko(file, size > TAIL_BYTES ? size - TAIL_BYTES : 0, SEEK_SET) != 0)
        return wrong(map, PISTE_IO, strerror(errno));
    length = fread(text, 1, TAIL_BYTES, file);
    text[length] = 0;
    while (length && memchr(" \t\r\n", text[length - 1], 4))
        text[--length] = 0;
    if (!ends_with(text, "</osm>") && !ends_with(text, "/>"))
        return wrong(map, PISTE_SYNTAX, "broken off: it does not end with </osm>");
    if (fseeko(file, 0, SEEK_SET) != 0)
        return wrong(map, PISTE_IO, strerror(errno));
    return osm_check_xml(map, file);
}

static bool varint(const unsigned char *data, size_t length, size_t *at, uint64_t *value) {
    *value = 0;
    for (int shift = 0; shift < 64 && *at < length; shift += 7) {
        unsigned char byte = data[(*at)++];
        *value |= (uint64_t)(byte & 0x7f) << shift;
        if (!(byte & 0x80))
            return true;
    }
    return false;
}

// The kind and the length of the blob that follows a block's header. False: it is none.
static bool read_header(const unsigned char *data, size_t length, bool *is_osm, uint64_t *blob) {
    size_t at = 0;
    *is_osm = false;
    *blob = 0;
    while (at < length) {
        uint64_t tag, value;
        if (!varint(data, length, &at, &tag) || !varint(data, length, &at, &value))
            return false;
        if ((tag & 7) == 2) {
            if (value > length - at)
                return false;
            if (tag >> 3 == 1)
                *is_osm = (value == 9 && memcmp(data + at, "OSMHeader", 9) == 0) ||
                          (value == 7 && memcmp(data + at, "OSMData", 7) == 0);
            at += (size_t)value;
        } else if ((tag & 7) != 0)
            return false;
        else if (tag >> 3 == 3)
            *blob = value;
    }
    return *blob > 0 && *blob <= BLOB_BYTES_MAX;
}

static piste_status broken_pbf(osm_map *map, long long at, const char *what) {
    return map->status = piste_errors_add(map->errors, PISTE_SYNTAX, map->file, 0, 0, "byte %lld: %s", at, what);
}

static piste_status check_pbf(osm_map *map, FILE *file, long long size) {
    static unsigned char header[HEADER_BYTES_MAX];
    unsigned char prefix[4];
    for (long long at = 0; at < size;) {
        if (fread(prefix, 1, 4, file) < 4)
            return broken_pbf(map, at, "broken off within the length of a block");
        uint64_t length = (uint64_t)prefix[0] << 24 | (uint64_t)prefix[1] << 16 | (uint64_t)prefix[2] << 8 | prefix[3];
        bool is_osm;
        uint64_t blob;
        if (length == 0 || length > HEADER_BYTES_MAX)
            return broken_pbf(map, at, "not a block of OpenStreetMap PBF: its header would be of an impossible length");
        if (fread(header, 1, (size_t)length, file) < length)
            return broken_pbf(map, at, "broken off within the header of a block");
        if (!read_header(header, (size_t)length, &is_osm, &blob) || (at == 0 && !is_osm))
            return broken_pbf(map, at, "not a block of OpenStreetMap PBF");
        at += 4 + (long long)length + (long long)blob;
        if (at > size)
            return broken_pbf(map, size, "broken off within a block");
        if (fseeko(file, at, SEEK_SET) != 0)
            return wrong(map, PISTE_IO, strerror(errno));
    }
    return PISTE_OK;
}

static piste_status check_frame(osm_map *map, const char *path) {
    FILE *file = fopen(path, "rb");
    if (!file)
        return wrong(map, errno == ENOENT || errno == ENOTDIR ? PISTE_NOT_FOUND : PISTE_IO, strerror(errno));
    piste_status status = PISTE_OK;
    long long size = fseeko(file, 0, SEEK_END) == 0 ? (long long)ftello(file) : -1;
    if (size < 0 || fseeko(file, 0, SEEK_SET) != 0)
        status = wrong(map, PISTE_IO, strerror(errno));
    else if (size > OSM_FILE_BYTES_MAX)
        status = map->status =
            piste_errors_add(map->errors, PISTE_LIMIT, path, 0, 0,
                             "larger than %lld bytes, the most that is read; cut your region out", OSM_FILE_BYTES_MAX);
    else if (size == 0)
        status = wrong(map, PISTE_SYNTAX, "empty, expected OpenStreetMap data");
    else
        status = ends_with(path, ".pbf") ? check_pbf(map, file, size) : check_xml(map, file, size);
    fclose(file);
    return status;
}

// ---- reading --------------------------------------------------------------------------------------------------------

static piste_status tell_code(osm_map *map, int code) {
    if (map->status != PISTE_OK) // told where it was met
        return map->status;
    switch (code) {
    case READOSM_OK:
        return PISTE_OK;
    case READOSM_INSUFFICIENT_MEMORY:
    case READOSM_CREATE_XML_PARSER_ERROR:
        return map->status = PISTE_MEMORY;
    case READOSM_XML_ERROR:
        return wrong(map, PISTE_SYNTAX, "damaged: not well-formed XML");
    case READOSM_UNZIP_ERROR:
        return wrong(map, PISTE_SYNTAX, "damaged: a block cannot be unpacked");
    case READOSM_INVALID_PBF_HEADER:
        return wrong(map, PISTE_SYNTAX, "damaged: not OpenStreetMap PBF");
    case READOSM_FILE_NOT_FOUND:
        return wrong(map, PISTE_NOT_FOUND, "cannot be opened");
    default:
        return wrong(map, PISTE_SYNTAX, "damaged: its blocks hold something else than OpenStreetMap data");
    }
}

piste_status osm_read_file(osm_map *map, const char *path) {
    map->file = path;
    piste_status status = map->pass == OSM_RELATIONS ? check_frame(map, path) : PISTE_OK;
    if (status != PISTE_OK)
        return status;
    const void *reader = NULL;
    handed h = {.map = map};
    handed *user = &h; // libreadosm hands on a pointer to const
    int code = readosm_open(path, &reader);
    if (code == READOSM_OK)
        code = readosm_parse(reader, &user, on_node, on_way, on_relation);
    if (reader)
        readosm_close(reader);
    free(h.tags);
    free(h.members);
    free(h.refs);
    return tell_code(map, code);
}
