/* drivers.h: what the files about displays, costs and vendors' messages share (central_drivers.h). */
#ifndef OCPP_CENTRAL_DRIVERS_PARTS_H
#define OCPP_CENTRAL_DRIVERS_PARTS_H

#include "central_internal.h"

#include <ocpp/central_drivers.h>

struct ocpp_json_writer;

/* --- drivers.c ------------------------------------------------------------------------------------------------------------ */

/* A report of messages, as enum order wants it. */
struct messages_order {
    int64_t request_id;
    const struct ocpp_message_criteria *criteria;
};

struct price_order {
    const struct ocpp_token *token;
    const struct ocpp_price_text *texts;
    size_t text_count;
};

/* data_ask: asks the application what it says to |data|; |then| runs with its answer in |pending->work|, now or later. */
void data_ask(struct pending *pending, const struct ocpp_data_transfer *data, void (*then)(struct pending *pending));

/* --- display_reports.c ------------------------------------------------------------------------------------------------------ */

/* display_report_take: |message|, borrowed, belongs to the report |request_id|. False: there was no memory, and the report is
 * given up. */
bool display_report_take(struct ocpp_station *station, int64_t request_id, const struct ocpp_station_message *message);

/* display_report_end: the last page of |request_id| was taken: the application is told. */
void display_report_end(struct ocpp_station *station, int64_t request_id);

/* display_report_is_over: the last page of |request_id| came, and nothing was ordered since: what comes of it is a repetition. */
bool display_report_is_over(const struct ocpp_station *station, int64_t request_id);

/* display_report_drop: frees what has not ended. */
void display_report_drop(struct ocpp_station *station);

/* --- pricing_note.c: the JSON of the application note on pricing ---------------------------------------------------------------
 */

extern const char pricing_note_vendor[];

/* Each writes one message into |arena|; NULL without memory, or for a date or text that cannot be written. */
const char *pricing_note_price(struct ocpp_arena *arena, const struct price_order *order);
const char *pricing_note_running(struct ocpp_arena *arena, int64_t number, const struct ocpp_running_cost *cost);
const char *pricing_note_final(struct ocpp_arena *arena, int64_t number, const struct ocpp_final_cost *cost);

/* pricing_note_unplugged: reads ConnectorUnplugged; false when |data| (may be NULL) is none. */
bool pricing_note_unplugged(const char *data, int64_t *number, int64_t *utc_ms);

/* --- the dialects ------------------------------------------------------------------------------------------------------------
 */

/* dialect_v16_drivers.c: what the answers of 1.6 have no room for, to a station that heeds the pricing note; after the answer. */
void central_v16_tell_price(struct pending *pending, const char *token);
void central_v16_tell_cost(struct pending *pending);

/* dialect_v201_drivers.c: the word of a format. */
int central_v201_format(enum ocpp_message_format format);

#endif
