/* price_walk.h: a reservation and a session, cut into pieces within which every price stays the same. */
#ifndef OCPP_SETTLEMENT_PRICE_WALK_H
#define OCPP_SETTLEMENT_PRICE_WALK_H

#include "price_facts.h"
#include "price_when.h"

/* part: a quantity (mWh, seconds, or 1 of what is paid once) at the price of |component|, of element |element|; NULL: nobody asks
 * anything for it, which is told of energy only. */
struct part {
    enum ocpp_settle_line_kind kind;
    const struct ocpp_settle_price_component *component;
    size_t element;
    int64_t quantity;
};

enum { MOST_PARTS = 2 };

/* piece: what was used from |from_s| to |to_s|. |energy| tells how the energy of a part came about in between. */
struct piece {
    int64_t from_s, to_s;
    struct slope energy;
    size_t count;
    struct part parts[MOST_PARTS];
};

/* part_until: the quantity of |part| of |piece| from its beginning until |at_s|, which lies within the piece. */
int64_t part_until(const struct piece *piece, const struct part *part, int64_t at_s);

/* visitor: of the pieces in the order of time; another status than OCPP_OK ends the walk. */
typedef enum ocpp_status (*piece_visitor)(const struct piece *piece, void *user);

struct walk {
    const struct ocpp_settle_snapshot *snapshot;
    const struct ocpp_settle_usage *usage;
    const struct facts *facts;
    enum ocpp_settle_compute_mode mode;
    piece_visitor visit;
    void *user;
};

/* walk: the reservation, then the session. Errors: of the visitor. */
enum ocpp_status walk(const struct walk *walk);

#endif
