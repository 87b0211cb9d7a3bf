/* central_drivers.h: what a central system has to say to drivers: messages on displays, tariffs and costs; and what goes between
 * it and the extensions of vendors. Events of reservations are here, too.
 *
 * Prices in any version. OCPP 2.x has them in its messages: the tariff with an authorization (|message| of struct
 * ocpp_authorize_decision), the cost with the answer to a transaction event or in CostUpdated. OCPP 1.6 has nothing of it;
 * stations that heed the application note "OCPP & California Pricing Requirements" of the Open Charge Alliance are told the same
 * in DataTransfer. An application that answers on_cost, and says of which stations uses_pricing_note is true, need not know which
 * is spoken.
 *
 * Amounts are decimals, as they were written; nothing here is a double. docs/display-and-cost.md shows it at a glance.
 */
#ifndef OCPP_CENTRAL_DRIVERS_H
#define OCPP_CENTRAL_DRIVERS_H

#include <ocpp/central_system.h>

OCPP_BEGIN_DECLARATIONS

/* --- messages on displays ------------------------------------------------------------------------------------------------ */

/* ocpp_station_message: a message on a display (2.x O01). No member has a meaning of its own when it is 0, so set them all. */
struct ocpp_station_message {
    int64_t id; /* the application's, at least 0; a message with the id of another replaces it (O06) */
    enum ocpp_message_priority priority;
    enum ocpp_message_state state; /* during what it is shown */
    struct ocpp_price_text text;   /* |language| "" or NULL: not said */
    int64_t starts_utc_ms;         /* OCPP_UTC_UNKNOWN: at once */
    int64_t ends_utc_ms;           /* OCPP_UTC_UNKNOWN: not by itself */
    const char *transaction_id;    /* NULL; else it ends with that transaction (O02) */
    bool names_display;            /* false: the main displays; the next two are not looked at */
    int display_evse;              /* 0: of the station */
    const char *display_instance;  /* NULL: none */
};

/* ocpp_station_set_message: SetDisplayMessage (O01, O02, O06). Only the words "Accepted" mean yes. 1.6 has no such order. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_set_message(struct ocpp_station *station,
                                                                 const struct ocpp_station_message *message,
                                                                 const struct ocpp_command_done *done);

/* ocpp_message_criteria: which messages; all 0: all of them. What is not asked for is not looked at. */
struct ocpp_message_criteria {
    const int64_t *ids;
    size_t id_count;
    bool has_priority;
    enum ocpp_message_priority priority;
    bool has_state;
    enum ocpp_message_state state;
};

/* ocpp_station_get_messages: GetDisplayMessages (O03, O04). The answer says whether there are any ("Unknown": none, and nothing
 * follows); they come with on_messages and |request_id|, which is the application's and at least 0: here 0 is a number like any
 * other. 1.6 has no such order. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_get_messages(struct ocpp_station *station, int64_t request_id,
                                                                  const struct ocpp_message_criteria *criteria,
                                                                  const struct ocpp_command_done *done);

/* ocpp_station_clear_message: ClearDisplayMessage (O05). "Unknown": there is none such. 1.6 has no such order. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_clear_message(struct ocpp_station *station, int64_t id,
                                                                   const struct ocpp_command_done *done);

/* ocpp_message_report: the messages of a station, all pages of it in one (NotifyDisplayMessages). Borrowed for the callback. */
struct ocpp_message_report {
    int64_t request_id;
    const struct ocpp_station_message *messages;
    size_t count;
    bool is_whole; /* false: there were more than max_display_messages of the settings, or another report came in between */
};

/* --- prices and costs ------------------------------------------------------------------------------------------------------ */

/* ocpp_driver_answer: what the driver of a transaction is to read, and what weight it has. All 0 is nothing. */
struct ocpp_driver_answer {
    bool has_total_cost;
    struct ocpp_decimal total_cost; /* so far, or altogether once it ended; taxes included; 0 is free (I02, I03.FR.04) */
    bool has_priority;
    int priority;                /* of charging, -9 to 9, in 2.x */
    struct ocpp_price_text text; /* |text| NULL: none. 2.x: updatedPersonalMessage (I06); 1.6: with the cost of an ended one */
};

/* ocpp_cost_triggers: when the station is to tell its meter next, in 1.6 with the pricing note. All 0: never. */
struct ocpp_cost_triggers {
    bool has_time;
    int64_t at_utc_ms;
    bool has_energy;
    struct ocpp_decimal at_energy_kwh;
    bool has_power;
    struct ocpp_decimal at_power_kw;
    uint32_t statuses; /* 1 << of enum ocpp_connector_status: Available to Finishing */
};

/* ocpp_running_cost: what a transaction costs so far. 2.x is told |amount| of |transaction_id|; what else stands here is for 1.6,
 * where the station reckons on by it until the next one comes. */
struct ocpp_running_cost {
    const char *transaction_id; /* as in ocpp_transaction */
    struct ocpp_decimal amount; /* taxes included, at least 0 */
    int64_t timestamp_utc_ms;   /* when, and at which register, the amount was right */
    int64_t meter_wh;
    bool is_idle;                     /* the vehicle stands idle: |idle| counts, else |charging| */
    struct ocpp_unit_prices charging; /* per_kwh, per_hour, flat_fee */
    struct ocpp_unit_prices idle;     /* per_hour, grace_s in whole minutes */
    bool has_next;                    /* other prices from |next_utc_ms| on */
    int64_t next_utc_ms;
    struct ocpp_unit_prices next_charging;
    struct ocpp_unit_prices next_idle;
    struct ocpp_cost_triggers triggers;
};

/* ocpp_station_tell_cost: CostUpdated (I02); RunningCost of the pricing note in 1.6. |accepted|: in 2.x the answer says nothing.
 */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_tell_cost(struct ocpp_station *station, const struct ocpp_running_cost *cost,
                                                               const struct ocpp_command_done *done);

/* ocpp_final_cost: what a transaction has cost. */
struct ocpp_final_cost {
    const char *transaction_id;
    struct ocpp_decimal amount;
    const struct ocpp_price_text *texts; /* the first is for everybody, the others are the same in other languages */
    size_t text_count;
    const char *qr_code; /* an address to show as a QR code; NULL: none */
};

/* ocpp_station_tell_final_cost: FinalCost of the pricing note in 1.6. 2.x tells it in the answer to the end (on_cost) and has no
 * order for it. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_tell_final_cost(struct ocpp_station *station,
                                                                     const struct ocpp_final_cost *cost,
                                                                     const struct ocpp_command_done *done);

/* ocpp_station_tell_price: what charging costs the driver with |token|: SetUserPrice of the pricing note in 1.6, |texts| as in
 * ocpp_final_cost, at least one. 2.x tells it with his authorization (I01) and has no order for it. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_tell_price(struct ocpp_station *station, const struct ocpp_token *token,
                                                                const struct ocpp_price_text *texts, size_t text_count,
                                                                const struct ocpp_command_done *done);

/* --- messages of vendors ---------------------------------------------------------------------------------------------------- */

/* ocpp_station_send_data: DataTransfer (1.6 5.6; P01); |data| of the result is the answer. OCPP_ERR_ARGUMENT: no vendor, or the
 * data are no JSON, or no text. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_send_data(struct ocpp_station *station,
                                                               const struct ocpp_data_transfer *data,
                                                               const struct ocpp_command_done *done);

/* --- what the application hears ------------------------------------------------------------------------------------------ */

/* ocpp_driver_handler: handler.drivers. All may be NULL. */
struct ocpp_driver_handler {
    /* the last page of a report of messages has come. Reports that do not end take no more than max_display_messages, and go with
     * their connection */
    void (*on_messages)(struct ocpp_station *station, const struct ocpp_message_report *report, void *user);
    /* a reservation ended without being used, or was taken away (ReservationStatusUpdate, H04); |word| "Expired", "Removed",
     * in 2.1 "NoTransaction"; "" left out. 1.6 does not tell */
    void (*on_reservation)(struct ocpp_station *station, int64_t id, const char *word, void *user);
    /* what a transaction costs, and what its driver is to read: asked of every event that is answered, repeated ones too, after
     * on_transaction. true: |answer| was filled, with nothing perhaps; false: ocpp_station_decide_cost() follows with |question|
     * within 60 s, and the answer to the station waits for it. NULL: nothing is told */
    bool (*on_cost)(struct ocpp_station *station, const struct ocpp_transaction_event *event, struct ocpp_question question,
                    struct ocpp_driver_answer *answer, void *user);
    /* a message of a vendor (1.6 5.6; P02): the same with ocpp_station_decide_data(). What nobody decides within 60 s gets
     * InternalError. |answer| comes as UnknownVendorId without data. NULL: on_call, then UnknownVendorId */
    bool (*on_data)(struct ocpp_station *station, const struct ocpp_data_transfer *data, struct ocpp_question question,
                    struct ocpp_data_transfer_answer *answer, void *user);
    /* whether a station of 1.6 heeds the pricing note, as its key CustomDisplayCostAndPrice says. One that does is told what the
     * answers of 1.6 have no room for: the message of an authorization as SetUserPrice, the total cost of on_cost as RunningCost
     * and FinalCost. NULL: none does */
    bool (*uses_pricing_note)(struct ocpp_station *station, void *user);
    /* 1.6 with the pricing note: the cable of a transaction that ended before was pulled (ConnectorUnplugged) */
    void (*on_unplugged)(struct ocpp_station *station, const char *transaction_id, int64_t timestamp_utc_ms, void *user);
};

/* ocpp_station_decide_cost, ocpp_station_decide_data: as ocpp_station_decide_authorize(), errors too. OCPP_ERR_ARGUMENT, and the
 * question still stands: a priority or an amount that cannot be; no answer of the four. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_decide_cost(struct ocpp_station *station, struct ocpp_question question,
                                                                 const struct ocpp_driver_answer *answer, struct ocpp_now now);
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_station_decide_data(struct ocpp_station *station, struct ocpp_question question,
                                                                 const struct ocpp_data_transfer_answer *answer,
                                                                 struct ocpp_now now);

OCPP_END_DECLARATIONS

#endif
