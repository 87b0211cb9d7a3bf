/* first_release.c: first readings of transactions where the first release kept them: begin/<evse> while the transaction ran, the
 * last fact afterwards. Now they stand in data/ (transaction_data.c). */
#include "charge_point_internal.h"

#include <stdio.h>
#include <string.h>

enum ocpp_status ocpp_cp_adopt_begin(struct ocpp_charge_point *cp, const struct evse *evse)
{
    struct changes changes = { .count = 0 };
    char key[OCPP_KEY_SIZE];
    struct fact *fact = &cp->scratch;
    struct reading begin;
    snprintf(key, sizeof(key), "begin/%04d", evse->number);
    enum ocpp_status status = ocpp_cp_read_record(cp, key, &reading_layout, &begin);
    if (status != OCPP_OK) {
        return status == OCPP_ERR_NOT_FOUND ? OCPP_OK : status;
    }
    memset(fact, 0, sizeof(*fact));
    fact->reading = begin;
    fact->when = begin.when;
    memcpy(ocpp_cp_change(&changes, OCPP_CHANGE_DELETE, NULL, 0), key, sizeof(key));
    status = ocpp_cp_data_begin(cp, evse->transaction.uuid, &changes, 0);
    return status == OCPP_OK ? ocpp_cp_write_now(cp, changes.items, changes.count) : status;
}

bool ocpp_cp_old_begin(struct ocpp_charge_point *cp, struct reading *begin)
{
    char key[OCPP_KEY_SIZE];
    ocpp_cp_number_key("queue", cp->queue.loaded_number, key);
    return ocpp_cp_peek(cp, key, &first_reading_layout, begin) == OCPP_OK && begin->count > 0;
}
