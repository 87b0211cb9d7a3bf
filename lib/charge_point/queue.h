/* queue.h: the durable queue of facts (queue.c, queue_load.c) and what leaves it (telling.c). */
#ifndef OCPP_LIB_QUEUE_H
#define OCPP_LIB_QUEUE_H

#include "changes.h"
#include "tokens.h"

/* --- queue.c: the durable queue; telling.c: what leaves it ---------------------------------------------------------------- */

enum ocpp_status ocpp_cp_queue_load(struct ocpp_charge_point *cp);

/* ocpp_cp_key_number: the number behind the slash of |key|, as ocpp_cp_number_key() wrote it; -1 for a key that is none of ours.
 */
int64_t ocpp_cp_key_number(const char *key);
/* ocpp_cp_queue_rank: how readily a fact is given up. */
enum queue_rank ocpp_cp_queue_rank(const struct fact *fact);
/* ocpp_cp_queue_plan: whether |needed| places are found for a fact of |rank|, and what is given up for it. */
bool ocpp_cp_queue_plan(struct ocpp_charge_point *cp, enum queue_rank rank, size_t needed, struct queue_plan *plan);
/* ocpp_cp_queue_add: |entry| is stored now. */
void ocpp_cp_queue_add(struct ocpp_charge_point *cp, const struct queued *entry);
void ocpp_cp_queue_remove(struct ocpp_charge_point *cp, int64_t number);
/* ocpp_cp_queue_give_up: |number| is given up in the write that stores |for_number|.
 * ocpp_cp_queue_written: that write of |entry| has ended: what it gave up is gone, or stays where it was when |is_stored| is not.
 */
void ocpp_cp_queue_give_up(struct ocpp_charge_point *cp, int64_t number, int64_t for_number);
void ocpp_cp_queue_written(struct ocpp_charge_point *cp, const struct queued *entry, bool is_stored);
void ocpp_cp_queue_bind(struct ocpp_charge_point *cp, const uint8_t uuid[UUID_BYTES], enum family family);
enum family ocpp_cp_queue_family(const struct ocpp_charge_point *cp);
size_t ocpp_cp_queue_parked(const struct ocpp_charge_point *cp);
/* ocpp_cp_queue_head: the first entry that the open link can take; NULL. */
const struct queued *ocpp_cp_queue_head(const struct ocpp_charge_point *cp);

void ocpp_cp_tell_anew(struct ocpp_charge_point *cp); /* there is another link, perhaps in another version */
void ocpp_cp_tell(struct ocpp_charge_point *cp);      /* prepares the head: reads, judges, stores what must be stored first */
bool ocpp_cp_send_fact(struct ocpp_charge_point *cp); /* true: it is on its way */
int64_t ocpp_cp_tell_deadline(const struct ocpp_charge_point *cp);

/* ocpp_cp_wire_id: a transaction as the central system knows it; "" when it does not. */
void ocpp_cp_wire_id(const struct told *told, const uint8_t uuid[UUID_BYTES], char wire_id[UUID_TEXT_SIZE]);

/* ocpp_cp_fact_answered: the fact at the head was accepted. */
struct fact_answer {
    bool has_wire_number;
    int64_t wire_number;
    enum ocpp_authorization authorization; /* 0: nothing was said about the token */
    const char *group;
    bool has_cost;
    struct ocpp_decimal cost;   /* of the transaction so far, or in all where it has ended */
    struct driver_text message; /* for whoever charges */
};
void ocpp_cp_fact_answered(struct ocpp_charge_point *cp, const struct fact_answer *answer);
void ocpp_cp_fact_failed(struct ocpp_charge_point *cp, enum ocpp_status status);
/* Whether the fact at the head happened while there was no link (E04.FR.03, E11.FR.07). */
bool ocpp_cp_fact_is_offline(const struct ocpp_charge_point *cp, const struct fact *fact);

#endif
