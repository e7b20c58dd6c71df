// gate_resort.c - the table of a resort: its entrances, zones and products, which keep their numbers from one table to the next.
#include <stdlib.h>

#include "desk/table.h"

typedef struct maker {
    const piste_resort *resort;
    const piste_table *before; // NULL: none
    piste_errors *errors;
    base_arena *arena;
    piste_table *table;
    piste_zone *zones;
    piste_entrance *entrances;
    table_door *doors;
    piste_product *products;
    piste_holder *holders;
    int32_t zone_count, entrance_count, product_count, holder_count;
    bool failed; // no memory
    piste_status status;
} maker;

// "ice-rink" is "Ice rink".
static const char *name_of_word(maker *m, const char *word) {
    char *name = base_arena_text(m->arena, word, strlen(word));
    if (!name) {
        m->failed = true;
        return "";
    }
    for (char *c = name; *c; c++)
        *c = *c == '-' ? ' ' : *c;
    name[0] = (char)(name[0] >= 'a' && name[0] <= 'z' ? name[0] - 'a' + 'A' : name[0]);
    return name;
}

static const char *text(maker *m, const char *words) {
    char *copy = base_arena_text(m->arena, words, strlen(words));
    m->failed = m->failed || !copy;
    return copy ? copy : "";
}

// ---- zones --------------------------------------------------------------------------------------------------------

// The bit of a zone, new where it was not there; -1: all bits are taken.
static int32_t zone(maker *m, const char *key, const char *name) {
    uint64_t taken = 0;
    for (int32_t i = 0; i < m->zone_count; i++) {
        if (strcmp(m->zones[i].key, key) == 0)
            return m->zones[i].bit;
        taken |= 1ull << m->zones[i].bit;
    }
    for (int32_t bit = 0; bit < PISTE_PASS_ZONES; bit++)
        if (!(taken >> bit & 1)) {
            m->zones[m->zone_count++] = (piste_zone){text(m, key), text(m, name), bit};
            return bit;
        }
    return -1;
}

static uint64_t set_of(int32_t bit) {
    return bit < 0 ? 0 : 1ull << bit;
}

// ---- entrances ----------------------------------------------------------------------------------------------------

static uint16_t free_number(const maker *m) {
    for (int32_t number = 1; number <= 65535; number++) {
        bool taken = m->before && piste_table_find_number(m->before, (uint16_t)number) >= 0;
        for (int32_t i = 0; !taken && i < m->entrance_count; i++)
            taken = m->entrances[i].number == number;
        if (!taken)
            return (uint16_t)number;
    }
    return 0;
}

static void add_entrance(maker *m, const char *key, const char *name, uint64_t zones, table_door door) {
    if (m->entrance_count >= PISTE_ENTRANCES_MAX || strlen(key) > PISTE_KEY_BYTES_MAX) {
        m->status = piste_errors_add(m->errors, PISTE_LIMIT, m->resort->folder, 0, 0, "entrance %s: expected at most %d entrances with keys of at most %d bytes",
                                     key, PISTE_ENTRANCES_MAX, PISTE_KEY_BYTES_MAX);
        return;
    }
    int32_t old = m->before ? piste_table_find_entrance(m->before, key) : -1;
    piste_entrance *e = &m->entrances[m->entrance_count];
    if (old >= 0) {
        const piste_entrance *was = &m->before->entrances.list[old];
        *e = (piste_entrance){text(m, was->key), text(m, was->name), was->number, was->zones, was->points};
    } else {
        *e = (piste_entrance){text(m, key), text(m, name), free_number(m), zones, 1};
    }
    m->doors[m->entrance_count++] = door;
}

// Whether people are let in there by what they bought; nobody is asked for a pass at the first aid or the bus stop.
static bool is_sold(const piste_venue *venue) {
    static const piste_venue_kind kinds[] = {PISTE_VENUE_RENTAL, PISTE_VENUE_SCHOOL, PISTE_VENUE_RINK, PISTE_VENUE_PARK,
                                             PISTE_VENUE_RESTAURANT, PISTE_VENUE_BAR, PISTE_VENUE_HOTEL, PISTE_VENUE_POOL,
                                             PISTE_VENUE_SAUNA, PISTE_VENUE_KARAOKE};
    for (size_t i = 0; i < BASE_COUNT(kinds); i++)
        if (venue->place.index >= 0 && venue->kind == (int32_t)kinds[i])
            return true;
    return false;
}

static void walk_lift(const piste_resort *resort, int32_t index, table_each each, void *context) {
    const piste_lift *lift = &resort->lifts.list[index];
    int32_t top = lift->stations.count + 1;
    for (int down = 0; down < 2; down++)
        for (int32_t s = 0; s <= top; s++) {
            bool end = down ? s == 0 : s == top, first = down ? s == top : s == 0;
            if (end || !(down ? lift->down : lift->up))
                continue;
            base_text key = {0};
            base_text_format(&key, "%s%s%s%s", lift->entry.key, first ? "" : "/", first ? "" : resort->places.list[table_station_place(lift, s)].entry.key,
                             down ? "/down" : "");
            each(context, key.failed ? NULL : key.data, (table_door){index, s, down, -1});
            base_text_release(&key);
        }
}

// Whether an entrance before it has its key: that of a lift where people get on at the bottom, or of a venue.
static bool is_taken(const piste_resort *resort, int32_t venue) {
    const char *key = resort->venues.list[venue].entry.key;
    bool taken = false;
    for (int32_t i = 0; i < resort->lifts.count; i++)
        taken |= resort->lifts.list[i].up && strcmp(resort->lifts.list[i].entry.key, key) == 0;
    for (int32_t i = 0; i < venue; i++)
        taken |= is_sold(&resort->venues.list[i]) && strcmp(resort->venues.list[i].entry.key, key) == 0;
    return taken;
}

void table_walk(const piste_resort *resort, table_each each, void *context) {
    for (int32_t i = 0; i < resort->lifts.count; i++)
        walk_lift(resort, i, each, context);
    for (int32_t i = 0; i < resort->venues.count; i++) {
        if (!is_sold(&resort->venues.list[i]))
            continue;
        base_text key = {0};
        base_text_format(&key, "%s%s", is_taken(resort, i) ? "venue/" : "", resort->venues.list[i].entry.key);
        each(context, key.failed ? NULL : key.data, (table_door){-1, 0, false, i});
        base_text_release(&key);
    }
}

void table_door_name(const piste_resort *resort, table_door door, const char *language, const char *down, base_text *out) {
    if (door.lift < 0) {
        const piste_venue *venue = &resort->venues.list[door.venue];
        base_text_add(out, piste_entry_name_in(&venue->entry, language, venue->name));
        return;
    }
    const piste_lift *lift = &resort->lifts.list[door.lift];
    const piste_place *place = &resort->places.list[table_station_place(lift, door.station)];
    bool is_first = door.station == (door.down ? lift->stations.count + 1 : 0);
    base_text_add(out, piste_entry_name_in(&lift->entry, language, lift->name));
    if (!is_first)
        base_text_format(out, ", %s", piste_entry_name_in(&place->entry, language, place->name));
    if (door.down)
        base_text_format(out, ", %s", down);
}

static uint64_t lift_zone(maker *m, const piste_lift *lift) {
    char *own = base_arena_format(m->arena, "lift/%s", lift->entry.key);
    m->failed = m->failed || !own;
    return own ? set_of(zone(m, own, lift->name)) : 0;
}

static uint64_t venue_zone(maker *m, const piste_venue *venue) {
    const char *kind = piste_venue_kind_word((piste_venue_kind)venue->kind);
    return set_of(zone(m, kind, name_of_word(m, kind)));
}

static void add_door(void *context, const char *key, table_door door) {
    maker *m = context;
    base_text name = {0};
    table_door_name(m->resort, door, "", "down", &name);
    uint64_t zones = door.lift >= 0 ? set_of(zone(m, "lifts", "All lifts")) | lift_zone(m, &m->resort->lifts.list[door.lift])
                                    : venue_zone(m, &m->resort->venues.list[door.venue]);
    if (!key || name.failed)
        m->failed = true;
    else
        add_entrance(m, key, name.data ? name.data : "", zones, door);
    base_text_release(&name);
}

// What is not there now (a lift of other years) keeps its number: it stands in logs, and may come again.
static void add_absent(maker *m) {
    for (int32_t k = 0; m->before && k < m->before->entrances.count; k++) {
        const piste_entrance *was = &m->before->entrances.list[k];
        bool there = false;
        for (int32_t i = 0; !there && i < m->entrance_count; i++)
            there = m->entrances[i].number == was->number;
        if (!there)
            add_entrance(m, was->key, was->name, was->zones, (table_door){-1, 0, false, -1});
    }
}

// ---- products and holders -----------------------------------------------------------------------------------------

static void add_product(maker *m, const char *key, const char *name, uint64_t opens, bool by_day) {
    uint16_t last = 0;
    for (int32_t i = 0; i < m->product_count; i++) {
        if (strcmp(m->products[i].key, key) == 0)
            return;
        last = m->products[i].number > last ? m->products[i].number : last;
    }
    if (m->product_count < PISTE_PRODUCTS_MAX && last < 65535)
        m->products[m->product_count++] = (piste_product){text(m, key), text(m, name), (uint16_t)(last + 1), opens, by_day, false};
}

static void add_products(maker *m) {
    uint64_t lifts = set_of(zone(m, "lifts", "All lifts"));
    for (int32_t i = 0; m->before && i < m->before->products.count; i++) {
        const piste_product *p = &m->before->products.list[i];
        m->products[m->product_count++] = (piste_product){text(m, p->key), text(m, p->name), p->number, p->opens, p->by_day, p->waiver};
    }
    add_product(m, "day", "Day pass", lifts, false);
    add_product(m, "half-day", "Half-day pass", lifts, false);
    add_product(m, "multi-day", "Pass for several days", lifts, false);
    add_product(m, "flexible", "Flexible pass", lifts, true);
    add_product(m, "points", "Point pass", lifts, false);
    add_product(m, "season", "Season pass", lifts, false);
    for (int32_t i = 0; i < m->resort->venues.count; i++) {
        if (!is_sold(&m->resort->venues.list[i]))
            continue;
        const char *kind = piste_venue_kind_word((piste_venue_kind)m->resort->venues.list[i].kind);
        add_product(m, kind, name_of_word(m, kind), set_of(zone(m, kind, name_of_word(m, kind))), false);
    }
}

static void add_holder(maker *m, const char *key, const char *name) {
    for (int32_t i = 0; i < m->holder_count; i++)
        if (strcmp(m->holders[i].key, key) == 0)
            return;
    if (m->holder_count < PISTE_PASS_CLASSES)
        m->holders[m->holder_count] = (piste_holder){text(m, key), text(m, name), m->holder_count}, m->holder_count++;
}

static void add_holders(maker *m) {
    for (int32_t i = 0; m->before && i < m->before->holders.count; i++) {
        const piste_holder *h = &m->before->holders.list[i];
        m->holders[m->holder_count++] = (piste_holder){text(m, h->key), text(m, h->name), h->number};
    }
    if (m->holder_count)
        return; // the owner's own
    for (int32_t i = 0; i < m->resort->tariff.classes.count; i++)
        add_holder(m, m->resort->tariff.classes.list[i].entry.key, m->resort->tariff.classes.list[i].name);
    if (m->holder_count == 0) {
        add_holder(m, "adult", "Adult");
        add_holder(m, "child", "Child");
    }
}

// ---- all of it ----------------------------------------------------------------------------------------------------

static bool take_room(maker *m) {
    const piste_resort *r = m->resort;
    size_t before = m->before ? (size_t)m->before->products.count : 0;
    m->zones = base_arena_take(m->arena, PISTE_PASS_ZONES * sizeof *m->zones);
    m->entrances = base_arena_take(m->arena, PISTE_ENTRANCES_MAX * sizeof *m->entrances);
    m->doors = base_arena_take(m->arena, PISTE_ENTRANCES_MAX * sizeof *m->doors);
    m->products = base_arena_take(m->arena, (before + 8 + (size_t)r->venues.count) * sizeof *m->products);
    m->holders = base_arena_take(m->arena, PISTE_PASS_CLASSES * sizeof *m->holders);
    return m->zones && m->entrances && m->doors && m->products && m->holders;
}

static void fill(maker *m) {
    for (int32_t i = 0; m->before && i < m->before->zones.count; i++) {
        const piste_zone *z = &m->before->zones.list[i];
        m->zones[m->zone_count++] = (piste_zone){text(m, z->key), text(m, z->name), z->bit};
    }
    zone(m, "lifts", "All lifts");
    for (int32_t i = 0; i < m->resort->venues.count; i++) { // kinds of venues come before lifts for themselves
        if (!is_sold(&m->resort->venues.list[i]))
            continue;
        venue_zone(m, &m->resort->venues.list[i]);
    }
    for (int32_t i = 0; i < m->resort->lifts.count; i++)
        lift_zone(m, &m->resort->lifts.list[i]);
    table_walk(m->resort, add_door, m);
    add_absent(m);
    add_products(m);
    add_holders(m);
}

static void lay_out(maker *m, piste_business_day *days, int32_t day_count, int32_t *travel_s) {
    piste_table *t = m->table;
    t->zones.list = m->zones, t->zones.count = m->zone_count;
    t->entrances.list = m->entrances, t->entrances.count = m->entrance_count;
    t->products.list = m->products, t->products.count = m->product_count;
    t->holders.list = m->holders, t->holders.count = m->holder_count;
    t->days.list = days, t->days.count = day_count;
    t->travel_s = travel_s;
    t->version = m->before ? m->before->version : 0;
    t->resort = text(m, m->resort->name);
    t->zone = text(m, m->resort->zone);
}

piste_status piste_table_make(const piste_resort *resort, piste_date first, piste_date last, const piste_travel_limits *limits,
                              const piste_table *before, piste_errors *errors, piste_table **table) {
    maker m = {.resort = resort, .before = before, .errors = errors, .table = table_create()};
    if (!m.table)
        return piste_errors_add(errors, PISTE_MEMORY, resort->folder, 0, 0, "no memory");
    m.arena = m.table->owner;
    m.table->first_day = first;
    int32_t begins_s = resort->day.to_s > 86400 ? resort->day.to_s - 86400 : 0;
    piste_business_day *days = base_arena_take(m.arena, PISTE_CALENDAR_MAX * sizeof *days);
    m.failed = !days || !take_room(&m);
    if (!m.failed)
        m.status = piste_business_days(resort->zone, begins_s > 43200 ? 43200 : begins_s, first, last, errors, days);
    if (!m.failed && m.status == PISTE_OK)
        fill(&m);
    size_t n = (size_t)m.entrance_count;
    int32_t *travel_s = m.failed ? NULL : base_arena_take(m.arena, (n * n + 1) * sizeof *travel_s);
    m.failed = m.failed || !travel_s;
    if (!m.failed && m.status == PISTE_OK)
        m.failed = !table_travel(resort, limits, m.doors, m.entrance_count, travel_s);
    if (!m.failed && m.status == PISTE_OK)
        lay_out(&m, days, last - first + 2, travel_s);
    if (m.failed)
        m.status = piste_errors_add(errors, PISTE_MEMORY, resort->folder, 0, 0, "no memory");
    if (m.status != PISTE_OK) {
        piste_table_destroy(m.table);
        return m.status;
    }
    *table = m.table;
    return PISTE_OK;
}
