// model.h - a small model of the desk that is obviously right: orders and waiting parties in plain arrays, and
// everything counted anew for each question. It knows one currency, one tender, four allotments and two products.
#ifndef TEST_DESK_MODEL_H
#define TEST_DESK_MODEL_H

#include <stdbool.h>
#include <stdint.h>

enum {
    M_ALLOTMENTS = 4,
    M_QUOTAS = 2,
    M_ORDERS = 640,
    M_PARTIES = 250,
    M_CLAIMS = 24,
    M_POSITIONS = 12,
    M_PRODUCTS = 2,
    M_OFFERS = 64
};
enum { M_VISIT, M_VISIT_NEXT, M_LESSON, M_BOOT }; // allotments; the second is of the next day
enum { M_ADULT, M_NATIONAL };

typedef struct m_claim {
    int8_t allotment, quota; // -1: none
    int16_t position;        // of the order; 0: for the order as a whole
    int32_t count;
} m_claim;
typedef struct m_position {
    int8_t product, date, of_class;
    bool is_live;
    int32_t price;
} m_position;
typedef enum m_state { M_HELD, M_RESERVED, M_SOLD, M_ENDED } m_state;
typedef struct m_order {
    int64_t id, until_ms, total, paid;
    m_state state;
    bool has_price, is_agency;
    int party; // that was offered it; -1: none
    int claims, positions;
    m_claim claim[M_CLAIMS];
    m_position position[M_POSITIONS]; // number i + 1
} m_order;
typedef struct m_party {
    int64_t id, count, passed;
    int allotment, quota;
    bool waits;
} m_party;
typedef struct m_allotment {
    int64_t capacity, patience, offer_s, kept[M_QUOTAS], most[M_QUOTAS];
} m_allotment;

typedef struct model {
    m_allotment a[M_ALLOTMENTS];
    m_order order[M_ORDERS];
    m_party party[M_PARTIES];
    int orders, parties;
    int64_t clock_ms, last_ms;
    int64_t card, deposits, income[M_PRODUCTS], cancelling; // what came in, what is owed, what was earned
    int offers[M_OFFERS], offer_count;                      // made in this act: indices of orders
    int freed[M_ALLOTMENTS], freed_count;                   // in this act, in order
} model;

// Ways in which the model can be made to err, to show that it would be seen.
typedef enum m_error {
    M_RIGHT,
    M_QUOTA_LARGER,
    M_PASSES_OVER,
    M_FORGETS_LIST,
    M_REFUNDS_DEPOSIT,
    M_KEEPS_HOLD,
    M_DOES_NOT_TELL, // gates what others have let in
    M_UNDOES_NOTHING, // of who did not go through
    M_STANDS_BEHIND,  // a photograph that was to stand before another
    M_CASE_COUNT
} m_error;

extern model the_model;
extern m_error m_err;

int64_t m_now(void);
void m_act_begin(void);
void m_end_due(void);                      // as the desk does by itself before any act
int64_t m_taken(int allotment, int quota); // quota -1: in all
int64_t m_free(int allotment);
int m_allotment_of(int product, int date, int which);
int32_t m_price(int product, int of_class);

// Acts: the reason for which they are refused (then the model is to be put back), or NULL.
const char *m_take(bool is_held, int64_t for_s, const m_claim *wants, int count);
const char *m_confirm(m_order *o);
const char *m_return(m_order *o);
const char *m_return_some(m_order *o, int allotment, int64_t count);
void m_allot(int allotment);
const char *m_wait(int allotment, int quota, int64_t count);
const char *m_leave(m_party *p);

typedef struct m_sale {
    int count;
    m_position positions[M_POSITIONS];
    bool is_agency; // of the channel "agency"
    int64_t for_s;
    int64_t pays;     // minor units; -1: nothing, 0: all that is due
    int deposit_date; // 0 or 1: the rest is due by the end of this day; -1: not agreed
    m_order *offer;   // that is taken up; NULL: none
} m_sale;
const char *m_sell(const m_sale *s);
const char *m_pay(m_order *o, int64_t pays, int deposit_date);
const char *m_cancel(m_order *o, unsigned chosen, int64_t keep, bool no_show); // chosen: bit i for position i + 1
const char *m_move(m_order *o, unsigned chosen, int product, int date, int of_class, bool pays);

#endif
