/* visit_link.h: the parts of a link to pay at, before anybody believes them. */
#ifndef SETTLEMENT_VISIT_LINK_H
#define SETTLEMENT_VISIT_LINK_H

#include <ocpp/settlement/id.h>

#include <stdbool.h>
#include <stdint.h>

enum { VISIT_LINK_HEAD = OCPP_SETTLE_ID_SIZE + 20, VISIT_LINK_MAC = 32 };

struct visit_link {
    char head[VISIT_LINK_HEAD]; /* what the MAC is of */
    char order[OCPP_SETTLE_ID_SIZE];
    int64_t until_s;
    const char *mac; /* VISIT_LINK_MAC characters of the link */
};

/* visit_link_split: false: |link| has not the form of one. */
bool visit_link_split(const char *link, struct visit_link *parts);

#endif
