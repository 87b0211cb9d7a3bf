/* settle_keys.h: keys.h of the settlement extension for tests: what is random comes from a seed, a secret is the SHA-256 of its
 * name unless it was kept, P-256 keys are made when they are asked for, and the n-th call may fail.
 *
 *     struct settle_keys keys;
 *     settle_keys_start(&keys, 7);
 *     … give &keys.contract …
 *     settle_keys_end(&keys);
 *
 * Link ocpp_settle_test_support beside ocpp_settlement_adapters.
 */
#ifndef SETTLE_KEYS_H
#define SETTLE_KEYS_H

#include <ocpp/settlement/keys.h>

struct settle_keys {
    struct ocpp_settle_keys contract; /* its user is this struct, so the struct may not move */
    uint64_t seed;
    size_t calls;             /* that may fail: all but random */
    size_t fail_at;           /* the call that fails, counted from 1; 0: none */
    enum ocpp_status failure; /* with which status; OCPP_ERR_CRYPTO at first */
    struct ocpp_settle_keys *secrets;
    struct ocpp_settle_keys *pairs;
};

void settle_keys_start(struct settle_keys *keys, uint64_t seed);
void settle_keys_end(struct settle_keys *keys);

/* settle_keys_id: 26 characters of an id made of what is random, for tests that need one. */
void settle_keys_id(struct settle_keys *keys, char id[27]);

#endif
