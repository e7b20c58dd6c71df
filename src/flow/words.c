// words.c - the words of a day's results, as files and pages have them.
#include "flow/flow.h"

const char *piste_act_word(piste_act act) {
    static const char *const words[PISTE_ACT_COUNT] = {
        "arrive", "join",   "board", "unload", "turned-away", "ski",   "walk", "queue", "serve", "stay", "out",
        "miss",   "assist", "gone",  "stop",   "open",        "close", "part", "meet",  "slow",  "hold", "evacuate"};
    return (unsigned)act < PISTE_ACT_COUNT ? words[act] : NULL;
}

const char *piste_halt_word(piste_halt halt) {
    static const char *const words[PISTE_HALT_COUNT] = {"loading", "mechanical", "electrical", "wind",
                                                        "injury",  "misload",    "slow"};
    return (unsigned)halt < PISTE_HALT_COUNT ? words[halt] : NULL;
}

const char *piste_missed_word(piste_missed missed) {
    static const char *const words[PISTE_MISSED_COUNT] = {"closed", "full", "queue", "no_way", "too_late", "refused"};
    return (unsigned)missed < PISTE_MISSED_COUNT ? words[missed] : NULL;
}

const char *piste_away_word(piste_away away) {
    static const char *const words[PISTE_AWAY_COUNT] = {"closing", "hold", "outage"};
    return (unsigned)away < PISTE_AWAY_COUNT ? words[away] : NULL;
}

const char *piste_unridden_word(piste_unridden unridden) {
    static const char *const words[PISTE_UNRIDDEN_COUNT] = {"refused", "turned_away", "standing", "visits", "other"};
    return (unsigned)unridden < PISTE_UNRIDDEN_COUNT ? words[unridden] : NULL;
}

const char *piste_spent_word(piste_spent spent) {
    static const char *const words[PISTE_SPENT_COUNT] = {"waiting",  "riding",    "skiing", "resting", "walking",
                                                         "queueing", "in_venues", "idle",   "assisted"};
    return (unsigned)spent < PISTE_SPENT_COUNT ? words[spent] : NULL;
}

const char *piste_at_word(int32_t at) {
    return at == PISTE_AT_PLACE ? "place" : piste_venue_kind_word((piste_venue_kind)at);
}

const char *piste_group_by_word(piste_group_by by) {
    static const char *const words[PISTE_GROUP_BY_COUNT] = {"ability", "party_size", "arrival_hour"};
    return (unsigned)by < PISTE_GROUP_BY_COUNT ? words[by] : NULL;
}

const char *piste_limit_word(piste_limit limit) {
    static const char *const words[PISTE_LIMIT_COUNT] = {"cap", "lift", "run", "queue", "seats", "session"};
    return (unsigned)limit < PISTE_LIMIT_COUNT ? words[limit] : NULL;
}
