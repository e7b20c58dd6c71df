// escort.c - small children ride with an adult.
//
// A carrier that holds a child holds an adult who boarded with it. A party too large for one carrier spreads its adults
// as thin as that allows. Children whose adults have all left step aside: the first seat left free beside somebody
// else's adult is theirs. Where none has come within a few carriers the loader looks for whoever at the head of a line
// leaves a seat free, first in the singles line; else the attendant rides with them, which takes a seat. Carpets and
// carriers of one seat are ridden alone.
#include "flow/flow.h"

enum { PATIENCE = 3 }; // carriers that children let go by without an adult for them

void flow_escort_build(piste_day *day) {
    bool children = false;
    for (int32_t i = 0; i < day->resort->segments.count; i++)
        children |= day->resort->segments.list[i].children > 0;
    for (int32_t i = 0; i < day->line_count; i++) {
        flow_line *line = &day->lines[i];
        const piste_lift *about = &day->resort->lifts.list[line->lift];
        line->escorts =
            children && about->seats > 1 && about->type != PISTE_LIFT_CARPET && about->type != PISTE_LIFT_ROPE_TOW;
        line->special = line->reserves || line->escorts;
        line->boarding_children = -1;
    }
}

void flow_escort_join(piste_day *day, uint32_t party) {
    const flow_party *p = &day->parties[party];
    day->children_left[party] = 0;
    for (uint32_t i = 0; i < p->size; i++)
        day->children_left[party] = (uint8_t)(day->children_left[party] + day->guests[p->first_guest + i].is_child);
}

void flow_escort_order(const piste_day *day, const flow_line *line, const flow_party *p, int32_t people,
                       const flow_guest **list) {
    const flow_guest *first = &day->guests[p->first_guest];
    int32_t left = day->children_left[p - day->parties], all = 0, at = 0;
    for (int32_t k = 0; k < p->size; k++)
        all += first[k].is_child;
    for (int32_t child = 0; child < 2; child++) {
        int32_t gone = child ? all - left : p->size - all - (p->left - left); // on a carrier before
        int32_t end = child ? people : people - line->boarding_children;
        for (int32_t k = 0; k < p->size && at < end; k++)
            if (first[k].is_child == child && gone-- <= 0)
                list[at++] = &first[k];
        while (at < end)
            list[at++] = first;
    }
}

static void step_aside(piste_day *day, flow_line *line, int32_t lane_index, int64_t carrier) {
    flow_lane *lane = &line->lanes[lane_index], *aside = &line->lanes[line->lane_count];
    uint32_t party = lane->head;
    flow_party *p = &day->parties[party];
    lane->head = day->next[party];
    if (lane->head == FLOW_NIL)
        lane->tail = FLOW_NIL;
    lane->people -= p->left;
    day->next[party] = FLOW_NIL;
    p->lane = (uint8_t)line->lane_count;
    p->due_s = (int32_t)carrier; // since when it waits there
    if (aside->tail == FLOW_NIL)
        aside->head = party;
    else
        day->next[aside->tail] = party;
    aside->tail = party;
    aside->people += p->left;
}

static void children_alone_step_aside(piste_day *day, flow_line *line, int32_t lane, int64_t carrier) {
    for (uint32_t party; (party = line->lanes[lane].head) != FLOW_NIL;) {
        if (day->children_left[party] != day->parties[party].left)
            return;
        step_aside(day, line, lane, carrier);
    }
}

// Boards some of a lane's first party, of them so many children.
static bool board(piste_day *day, flow_line *line, int32_t lane, int32_t people, int32_t children, int64_t carrier,
                  int32_t t) {
    uint32_t party = line->lanes[lane].head;
    line->boarding_children = children;
    bool wrong = flow_line_board(day, line, lane, people, carrier, t);
    line->boarding_children = -1;
    day->children_left[party] = (uint8_t)(day->children_left[party] - children);
    return wrong;
}

// As many children as its adults here can take with them, so that adults are left for the others.
static int32_t children_among(const piste_day *day, uint32_t party, int32_t people) {
    int32_t left = day->parties[party].left, children = day->children_left[party], adults = left - children;
    if (people == left)
        return children;
    int32_t own = children < people - 1 ? children : people - 1;
    return people - own > adults ? people - adults : own;
}

// The lane whose first party leaves room beside an adult of its own; -1: none.
static int32_t companion(const piste_day *day, const flow_line *line, int32_t free_seats) {
    if (line->singles >= 0 && line->lanes[line->singles].head != FLOW_NIL && free_seats > 1)
        return line->singles;
    for (int32_t k = 0; k < line->lane_count; k++)
        if (line->lanes[k].head != FLOW_NIL && day->parties[line->lanes[k].head].left < free_seats)
            return k;
    return -1;
}

bool flow_escort_load(piste_day *day, flow_line *line, int64_t carrier, int32_t free_seats, int32_t t, bool *any) {
    flow_lift *l = &day->lifts[line->lift];
    const flow_lane *aside = &line->lanes[line->lane_count];
    int32_t seats = line->seats, adults = 0;
    bool wrong = false, attended = false;
    for (int32_t k = 0; k < line->lane_count; k++)
        children_alone_step_aside(day, line, k, carrier);
    bool urgent = aside->head != FLOW_NIL && free_seats > 1 && carrier - day->parties[aside->head].due_s >= PATIENCE;
    int32_t first = urgent ? companion(day, line, free_seats) : -1;
    if (first >= 0) {
        uint32_t party = line->lanes[first].head;
        int32_t people = day->parties[party].left, children = day->children_left[party];
        wrong |= board(day, line, first, people, children, carrier, t);
        children_alone_step_aside(day, line, first, carrier);
        adults += people - children;
        free_seats -= people;
        *any = true;
    } else if (urgent) {
        flow_line_take_seat(day, line, day->ways[day->parties[aside->head].way].station, carrier);
        l->attendant_rides++;
        attended = true;
        adults = 1;
        free_seats--;
    }
    for (;;) {
        while (aside->head != FLOW_NIL && adults > 0 && free_seats > 0) {
            int32_t left = day->parties[aside->head].left, people = left < free_seats ? left : free_seats;
            *(attended ? &l->children_attended : &l->children_escorted) += people;
            wrong |= board(day, line, line->lane_count, people, people, carrier, t);
            free_seats -= people;
            *any = true;
        }
        int32_t lane = flow_line_pick(day, line, free_seats, seats);
        if (lane < 0)
            return wrong;
        uint32_t party = line->lanes[lane].head;
        int32_t left = day->parties[party].left, people = left < free_seats ? left : free_seats;
        int32_t children = children_among(day, party, people);
        wrong |= board(day, line, lane, people, children, carrier, t);
        adults += people - children;
        free_seats -= people;
        *any = true;
        children_alone_step_aside(day, line, lane, carrier); // the others are as they were
    }
}
