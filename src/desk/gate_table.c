// gate_table.c - a resort's table as a text, and back; finding things in it.
#include <stdlib.h>

#include "desk/table.h"

piste_table *table_create(void) {
    base_arena *arena = base_arena_create();
    piste_table *table = arena ? base_arena_take(arena, sizeof *table) : NULL;
    if (!table) {
        base_arena_destroy(arena);
        return NULL;
    }
    table->owner = arena;
    return table;
}

void piste_table_destroy(piste_table *table) {
    if (table)
        base_arena_destroy(table->owner);
}

int32_t piste_table_find_entrance(const piste_table *table, const char *key) {
    for (int32_t i = 0; i < table->entrances.count; i++)
        if (strcmp(table->entrances.list[i].key, key) == 0)
            return i;
    return -1;
}

int32_t piste_table_find_number(const piste_table *table, uint16_t number) {
    for (int32_t i = 0; i < table->entrances.count; i++)
        if (table->entrances.list[i].number == number)
            return i;
    return -1;
}

const piste_product *piste_table_find_product(const piste_table *table, const char *key) {
    for (int32_t i = 0; i < table->products.count; i++)
        if (strcmp(table->products.list[i].key, key) == 0)
            return &table->products.list[i];
    return NULL;
}

const piste_product *piste_table_product(const piste_table *table, uint16_t number) {
    for (int32_t i = 0; i < table->products.count; i++)
        if (table->products.list[i].number == number)
            return &table->products.list[i];
    return NULL;
}

int32_t piste_table_day(const piste_table *table, int64_t unix_s) {
    int32_t minute = piste_minute_of(unix_s), low = 0, high = table->days.count - 1; // the day is in low..high
    if (high < 1 || minute < table->days.list[0].starts_min || minute >= table->days.list[high].starts_min)
        return -1;
    while (high - low > 1) {
        int32_t middle = low + (high - low) / 2;
        if (minute < table->days.list[middle].starts_min)
            high = middle;
        else
            low = middle;
    }
    return low;
}

// ---- writing ------------------------------------------------------------------------------------------------------

static json_t *zones_json(uint64_t zones) {
    json_t *list = json_array();
    for (int bit = 0; list && bit < PISTE_PASS_ZONES; bit++)
        if (zones >> bit & 1)
            json_array_append_new(list, json_integer(bit));
    return list;
}

// Each makes a list; what fails within makes json_array_append_new fail, and the count is looked at in the end.
static json_t *zone_list(const piste_table *t) {
    json_t *list = json_array();
    for (int32_t i = 0; i < t->zones.count; i++) {
        const piste_zone *z = &t->zones.list[i];
        json_array_append_new(list, json_pack("{s:s,s:s,s:i}", "key", z->key, "name", z->name, "bit", (int)z->bit));
    }
    return list;
}

static json_t *entrance_list(const piste_table *t) {
    json_t *list = json_array();
    for (int32_t i = 0; i < t->entrances.count; i++) {
        const piste_entrance *e = &t->entrances.list[i];
        json_array_append_new(list, json_pack("{s:s,s:s,s:i,s:i,s:o}", "key", e->key, "name", e->name, "number", (int)e->number,
                                              "points", (int)e->points, "zones", zones_json(e->zones)));
    }
    return list;
}

static json_t *product_list(const piste_table *t) {
    json_t *list = json_array();
    for (int32_t i = 0; i < t->products.count; i++) {
        const piste_product *p = &t->products.list[i];
        json_array_append_new(list, json_pack("{s:s,s:s,s:i,s:o,s:b,s:b}", "key", p->key, "name", p->name, "number",
                                              (int)p->number, "opens", zones_json(p->opens), "by-day", (int)p->by_day, "waiver",
                                              (int)p->waiver));
    }
    return list;
}

static json_t *holder_list(const piste_table *t) {
    json_t *list = json_array();
    for (int32_t i = 0; i < t->holders.count; i++) {
        const piste_holder *h = &t->holders.list[i];
        json_array_append_new(list, json_pack("{s:s,s:s,s:i}", "key", h->key, "name", h->name, "number", (int)h->number));
    }
    return list;
}

static json_t *day_list(const piste_table *t) {
    json_t *list = json_array();
    for (int32_t i = 0; i < t->days.count; i++)
        json_array_append_new(list, json_pack("[i,i]", (int)t->days.list[i].starts_min, (int)t->days.list[i].zero_min));
    return list;
}

static json_t *travel_list(const piste_table *t) {
    json_t *list = json_array();
    for (int32_t a = 0; a < t->entrances.count; a++) {
        json_t *row = json_array();
        for (int32_t b = 0; b < t->entrances.count; b++)
            json_array_append_new(row, json_integer(t->travel_s[a * t->entrances.count + b]));
        json_array_append_new(list, row);
    }
    return list;
}

piste_status piste_table_write(const piste_table *t, int64_t version, int64_t now_s, char **text, size_t *length) {
    char date[11];
    piste_date_format(t->first_day, date);
    json_t *zones = zone_list(t), *entrances = entrance_list(t), *products = product_list(t), *holders = holder_list(t),
           *days = day_list(t), *travel = travel_list(t);
    bool well = json_array_size(zones) == (size_t)t->zones.count && json_array_size(entrances) == (size_t)t->entrances.count &&
                json_array_size(products) == (size_t)t->products.count && json_array_size(holders) == (size_t)t->holders.count &&
                json_array_size(days) == (size_t)t->days.count && json_array_size(travel) == (size_t)t->entrances.count;
    json_t *root = json_pack("{s:s,s:i,s:I,s:I,s:s,s:s,s:o,s:o,s:o,s:o,s:s,s:o,s:o}", "format", "piste-gate-table",
                             "format-version", 1, "version", (json_int_t)version, "issued-s", (json_int_t)now_s, "resort",
                             t->resort, "zone", t->zone, "zones", zones, "entrances", entrances, "products", products, "holders",
                             holders, "first-day", date, "days", days, "travel-s", travel);
    if (!root)
        return PISTE_MEMORY;
    if (!well) {
        json_decref(root);
        return PISTE_MEMORY;
    }
    char *own = desk_json_dump(root, true, length);
    if (!own)
        return PISTE_MEMORY;
    *text = own;
    return PISTE_OK;
}

// ---- reading ------------------------------------------------------------------------------------------------------

typedef struct table_reader {
    desk_reader r;
    piste_table *table;
    base_arena *arena;
    char where[48]; // the entry in hand
} table_reader;

static const char *keep(table_reader *t, const json_t *json, const char *key, size_t most) {
    const char *text = desk_json_text(&t->r, json, t->where, key, most);
    const char *copy = base_arena_text(t->arena, text, strlen(text));
    if (!copy)
        t->r.status = PISTE_MEMORY;
    else if (!*copy && t->r.status == PISTE_OK)
        desk_json_fail(&t->r, t->where, "%s is empty", key);
    return copy ? copy : "";
}

static int32_t number(table_reader *t, const json_t *json, const char *key, int64_t min, int64_t max) {
    int64_t value = min;
    desk_json_number(&t->r, json, t->where, key, min, max, &value);
    return (int32_t)value;
}

static uint64_t zone_set(table_reader *t, const json_t *json, const char *key) {
    uint64_t set = 0;
    const json_t *list = desk_json_array(&t->r, json, t->where, key, PISTE_PASS_ZONES);
    for (size_t i = 0; list && i < json_array_size(list); i++) {
        const json_t *bit = json_array_get(list, i);
        if (!json_is_integer(bit) || json_integer_value(bit) < 0 || json_integer_value(bit) >= PISTE_PASS_ZONES)
            desk_json_fail(&t->r, t->where, "%s, expected bits of zones, 0 to %d", key, PISTE_PASS_ZONES - 1);
        else
            set |= 1ull << json_integer_value(bit);
    }
    return set;
}

// The list at a key, and memory for its entries; *count 0 where something is wrong.
static void *begin(table_reader *t, const json_t *root, const char *key, size_t most, size_t size, const json_t **list,
                   int32_t *count) {
    t->where[0] = 0;
    *list = desk_json_array(&t->r, root, "", key, most);
    size_t entries = *list ? json_array_size(*list) : 0;
    void *memory = base_arena_take(t->arena, (entries + 1) * size);
    if (!memory)
        t->r.status = PISTE_MEMORY;
    *count = memory ? (int32_t)entries : 0;
    return memory;
}

static bool enter(table_reader *t, const json_t *json, const char *list, int32_t index, const char *const *known) {
    snprintf(t->where, sizeof t->where, "%s[%d]", list, index);
    if (json_is_object(json)) {
        desk_json_only(&t->r, json, t->where, known);
        return true;
    }
    desk_json_fail(&t->r, t->where, "expected an object");
    return false;
}

// Told where the key or the number of the entry in hand is another's.
#define CHECK_OWN(t, list_of, index, field)                                                                                    \
    for (int32_t other = 0; other < (index); other++)                                                                          \
        if (strcmp((list_of)[other].key, (list_of)[index].key) == 0 || (list_of)[other].field == (list_of)[index].field)       \
            desk_json_fail(&(t)->r, (t)->where, "its key or its number is that of entry %d", other)

static void read_zones(table_reader *t, const json_t *root) {
    static const char *const known[] = {"key", "name", "bit", NULL};
    const json_t *list;
    int32_t count;
    piste_zone *zones = begin(t, root, "zones", PISTE_PASS_ZONES, sizeof *zones, &list, &count);
    for (int32_t i = 0; i < count; i++) {
        const json_t *json = json_array_get(list, (size_t)i);
        zones[i] = (piste_zone){"", "", i};
        if (!enter(t, json, "zones", i, known))
            continue;
        zones[i] = (piste_zone){keep(t, json, "key", PISTE_KEY_BYTES_MAX), keep(t, json, "name", PISTE_NAME_BYTES_MAX),
                                number(t, json, "bit", 0, PISTE_PASS_ZONES - 1)};
        CHECK_OWN(t, zones, i, bit);
    }
    t->table->zones.list = zones;
    t->table->zones.count = count;
}

static void read_entrances(table_reader *t, const json_t *root) {
    static const char *const known[] = {"key", "name", "number", "points", "zones", NULL};
    const json_t *list;
    int32_t count;
    piste_entrance *entrances = begin(t, root, "entrances", PISTE_ENTRANCES_MAX, sizeof *entrances, &list, &count);
    for (int32_t i = 0; i < count; i++) {
        const json_t *json = json_array_get(list, (size_t)i);
        entrances[i] = (piste_entrance){.key = "", .name = ""};
        if (!enter(t, json, "entrances", i, known))
            continue;
        entrances[i] = (piste_entrance){.key = keep(t, json, "key", PISTE_KEY_BYTES_MAX),
                                        .name = keep(t, json, "name", 2 * PISTE_NAME_BYTES_MAX),
                                        .number = (uint16_t)number(t, json, "number", 1, 65535),
                                        .points = number(t, json, "points", 0, 1000),
                                        .zones = zone_set(t, json, "zones")};
        CHECK_OWN(t, entrances, i, number);
    }
    t->table->entrances.list = entrances;
    t->table->entrances.count = count;
}

static void read_products(table_reader *t, const json_t *root) {
    static const char *const known[] = {"key", "name", "number", "opens", "by-day", "waiver", NULL};
    const json_t *list;
    int32_t count;
    piste_product *products = begin(t, root, "products", PISTE_PRODUCTS_MAX, sizeof *products, &list, &count);
    for (int32_t i = 0; i < count; i++) {
        const json_t *json = json_array_get(list, (size_t)i);
        products[i] = (piste_product){.key = "", .name = ""};
        if (!enter(t, json, "products", i, known))
            continue;
        products[i] = (piste_product){.key = keep(t, json, "key", PISTE_KEY_BYTES_MAX),
                                      .name = keep(t, json, "name", PISTE_NAME_BYTES_MAX),
                                      .number = (uint16_t)number(t, json, "number", 1, 65535),
                                      .opens = zone_set(t, json, "opens"),
                                      .by_day = desk_json_flag(&t->r, json, t->where, "by-day"),
                                      .waiver = desk_json_flag(&t->r, json, t->where, "waiver")};
        CHECK_OWN(t, products, i, number);
    }
    t->table->products.list = products;
    t->table->products.count = count;
}

static void read_holders(table_reader *t, const json_t *root) {
    static const char *const known[] = {"key", "name", "number", NULL};
    const json_t *list;
    int32_t count;
    piste_holder *holders = begin(t, root, "holders", PISTE_PASS_CLASSES, sizeof *holders, &list, &count);
    for (int32_t i = 0; i < count; i++) {
        const json_t *json = json_array_get(list, (size_t)i);
        holders[i] = (piste_holder){"", "", i};
        if (!enter(t, json, "holders", i, known))
            continue;
        holders[i] = (piste_holder){keep(t, json, "key", PISTE_KEY_BYTES_MAX), keep(t, json, "name", PISTE_NAME_BYTES_MAX),
                                    number(t, json, "number", 0, PISTE_PASS_CLASSES - 1)};
        CHECK_OWN(t, holders, i, number);
    }
    t->table->holders.list = holders;
    t->table->holders.count = count;
}

static bool is_pair(const json_t *json) {
    return json_array_size(json) == 2 && json_is_integer(json_array_get(json, 0)) && json_is_integer(json_array_get(json, 1));
}

static void read_days(table_reader *t, const json_t *root) {
    const json_t *list;
    int32_t count;
    piste_business_day *days = begin(t, root, "days", PISTE_CALENDAR_MAX, sizeof *days, &list, &count);
    for (int32_t i = 0; i < count; i++) {
        const json_t *json = json_array_get(list, (size_t)i);
        int64_t starts = is_pair(json) ? json_integer_value(json_array_get(json, 0)) : INT32_MIN;
        int64_t zero = is_pair(json) ? json_integer_value(json_array_get(json, 1)) : 0;
        bool well = starts >= PISTE_PASS_MINUTE_MIN && starts <= PISTE_PASS_MINUTE_MAX && zero >= starts - 1440 && zero <= starts + 1440;
        if (!well || (i > 0 && starts <= days[i - 1].starts_min)) {
            desk_json_fail(&t->r, "", "days[%d], expected two minutes, later than those before", i);
            break;
        }
        days[i] = (piste_business_day){(int32_t)starts, (int32_t)zero};
    }
    t->table->days.list = days;
    t->table->days.count = count;
    const char *first = desk_json_text(&t->r, root, "", "first-day", 10);
    if (t->r.status == PISTE_OK && piste_date_parse(first, &t->table->first_day) != PISTE_OK)
        desk_json_fail(&t->r, "", "first-day: %s, expected a date", first);
}

static void read_travel(table_reader *t, const json_t *root) {
    size_t count = (size_t)t->table->entrances.count;
    const json_t *list = desk_json_array(&t->r, root, "", "travel-s", PISTE_ENTRANCES_MAX);
    int32_t *travel = base_arena_take(t->arena, (count * count + 1) * sizeof *travel);
    if (!travel || !list || t->r.status != PISTE_OK)
        return;
    bool well = json_array_size(list) == count;
    for (size_t a = 0; well && a < count; a++) {
        const json_t *row = json_array_get(list, a);
        well = json_is_array(row) && json_array_size(row) == count;
        for (size_t b = 0; well && b < count; b++) {
            const json_t *s = json_array_get(row, b);
            well = json_is_integer(s) && json_integer_value(s) >= 0 && json_integer_value(s) <= TABLE_TRAVEL_MAX_S;
            travel[a * count + b] = (int32_t)json_integer_value(s);
        }
    }
    if (!well)
        desk_json_fail(&t->r, "", "travel-s, expected %zu lists of %zu seconds", count, count);
    t->table->travel_s = travel;
}

piste_status piste_table_parse(const char *text, size_t length, const char *name, piste_errors *errors, piste_table **table) {
    static const char *const known[] = {"format", "format-version", "version", "issued-s", "resort", "zone", "zones",
                                        "entrances", "products", "holders", "first-day", "days", "travel-s", NULL};
    table_reader t = {.r = {name, errors, PISTE_OK}, .table = table_create()};
    if (!t.table)
        return piste_errors_add(errors, PISTE_MEMORY, name, 0, 0, "no memory");
    t.arena = t.table->owner;
    json_t *root = desk_json_load(&t.r, text, length);
    if (root) {
        int64_t issued = 0;
        desk_json_head(&t.r, root, "piste-gate-table");
        desk_json_only(&t.r, root, "", known);
        desk_json_number(&t.r, root, "", "version", 1, INT64_MAX, &t.table->version);
        desk_json_number(&t.r, root, "", "issued-s", 0, INT64_MAX, &issued);
        t.table->resort = keep(&t, root, "resort", PISTE_NAME_BYTES_MAX);
        t.table->zone = keep(&t, root, "zone", 100);
        read_zones(&t, root);
        read_entrances(&t, root);
        read_products(&t, root);
        read_holders(&t, root);
        read_days(&t, root);
        read_travel(&t, root);
        json_decref(root);
    }
    if (t.r.status == PISTE_OK && !t.table->travel_s)
        t.r.status = PISTE_MEMORY;
    if (t.r.status != PISTE_OK) {
        piste_table_destroy(t.table);
        return t.r.status;
    }
    *table = t.table;
    return PISTE_OK;
}
