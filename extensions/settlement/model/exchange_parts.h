/* exchange_parts.h: what imports and exports share: remarks, places, units. Private to this floor. */
#ifndef OCPP_SETTLEMENT_EXCHANGE_PARTS_H
#define OCPP_SETTLEMENT_EXCHANGE_PARTS_H

#include <ocpp/settlement/exchange.h>

/* exchange_place: where something stands: a member of |up| by its name, or an item by its index where |name| is NULL. */
struct exchange_place {
    const struct exchange_place *up;
    const char *name;
    size_t index;
};

/* exchange: one import or export under way. Places begin at |root|; NULL: at what was given. */
struct exchange {
    const struct exchange_place *root;
    struct ocpp_arena *arena;
    struct ocpp_settle_report *report;
    struct ocpp_settle_remark *remarks; /* of the report, while they are written */
    bool out_of_memory;                 /* a remark could not be kept */
};

void exchange_start(struct exchange *exchange, struct ocpp_arena *arena, struct ocpp_settle_report *report);

/* exchange_remark_at: a remark at |path|, which is copied. exchange_note, exchange_loss: at |place|. |reason| is not copied. */
void exchange_remark_at(struct exchange *exchange, enum ocpp_settle_remark_weight weight, const char *path, const char *reason);
void exchange_note(struct exchange *exchange, const struct exchange_place *place, const char *reason);
void exchange_loss(struct exchange *exchange, const struct exchange_place *place, const char *reason);

/* exchange_fail: |status| refused the call because of what stands at |place| (NULL: the whole); returns |status|. */
enum ocpp_status exchange_fail(struct exchange *exchange, const struct exchange_place *place, enum ocpp_status status);

/* exchange_import_ends: refuses an import that loses something. exchange_export_ends: losses are allowed. */
enum ocpp_status exchange_import_ends(struct exchange *exchange);
enum ocpp_status exchange_export_ends(struct exchange *exchange);

/* exchange_take: as ocpp_arena_take for |count| items of |size| bytes; NULL when there is no room. */
void *exchange_take(struct exchange *exchange, size_t count, size_t size);

/* --- units -------------------------------------------------------------------------------------------------------- */

/* EXCHANGE_MOST: the largest integer that JSON keeps exactly. */
#define EXCHANGE_MOST INT64_C(9007199254740991)

/* exchange_scale: |value| * 10^|shift| where that is an integer within EXCHANGE_MOST. */
bool exchange_scale(struct ocpp_decimal value, int shift, int64_t *integer);

/* exchange_amount: the same, for what may not be negative and not be more than any order can cost; told at |place| where it is.
 * exchange_rate: |percent| of tax as millionths, 1000 % at most. */
enum ocpp_status exchange_amount(struct exchange *exchange, const struct exchange_place *place, struct ocpp_decimal value,
                                 int shift, int64_t *amount);

enum ocpp_status exchange_rate(struct exchange *exchange, const struct exchange_place *place, struct ocpp_decimal percent,
                               int64_t *rate_ppm);

/* exchange_decimal: |integer| * 10^-|shift|, without trailing zeros. */
struct ocpp_decimal exchange_decimal(int64_t integer, int shift);

/* exchange_minute: HH:MM as minutes; exchange_end_minute: 00:00 is the end of the day. exchange_day: YYYY-MM-DD as days since
 * 1970. False where the text is no such thing. */
bool exchange_minute(const char *text, int64_t *minute);
bool exchange_end_minute(const char *text, int64_t *minute);
bool exchange_day(const char *text, int64_t *day);

/* exchange_minute_text, exchange_day_text: the other way round; false where there is no such minute, or the year is not 1000 to
 * 2999. The texts live in the arena; |*text| is NULL where there was no room. */
bool exchange_minute_text(struct exchange *exchange, int64_t minute, const char **text);
bool exchange_day_text(struct exchange *exchange, int64_t day, const char **text);

/* exchange_characters: of UTF-8. exchange_is_printable: nothing but printable ASCII, and not empty. exchange_is_currency: one
 * that is known. */
size_t exchange_characters(const char *text);
bool exchange_is_printable(const char *text);
bool exchange_is_currency(const char *text);

/* --- restrictions that are numbers -------------------------------------------------------------------------------------- */

/* exchange_number: a number of a foreign struct that becomes an integer of our own, and the other way round. */
struct exchange_number {
    const char *name; /* foreign; NULL: it has no word for it */
    const char *own_name;
    uint16_t has, value; /* offsets in the foreign struct */
    uint16_t own_has, own_value;
    int8_t shift;    /* foreign decimals by 10^shift are ours */
    bool is_integer; /* the foreign one is an int64_t */
    bool is_signed;
};

/* exchange_numbers_in: reads what is there of |count| numbers. */
enum ocpp_status exchange_numbers_in(struct exchange *exchange, const struct exchange_place *place,
                                     const struct exchange_number *numbers, size_t count, const void *foreign,
                                     struct ocpp_settle_restrictions *own);

/* exchange_numbers_out: writes them; false, and losses told, where the other side has no word for one that is there; |foreign|
 * NULL: for none. */
bool exchange_numbers_out(struct exchange *exchange, const struct exchange_place *place, const struct exchange_number *numbers,
                          size_t count, const struct ocpp_settle_restrictions *own, void *foreign);

/* --- restrictions that are times ---------------------------------------------------------------------------------------- */

/* Start and end of the time of day, first and last day: four texts, in this order. */
enum { EXCHANGE_TIMES = 4 };

/* exchange_times_in: reads the texts that are there; |names| are those of the other side. */
enum ocpp_status exchange_times_in(struct exchange *exchange, const struct exchange_place *place,
                                   const char *const names[EXCHANGE_TIMES], const char *const texts[EXCHANGE_TIMES],
                                   struct ocpp_settle_restrictions *own);

/* exchange_times_out: writes them; NULL is absent. False, and losses told, where there is no such time. */
bool exchange_times_out(struct exchange *exchange, const struct exchange_place *place, const struct ocpp_settle_restrictions *own,
                        const char *texts[EXCHANGE_TIMES]);

/* exchange_days_told: false, and a loss told, where no day of the week is meant. */
bool exchange_days_told(struct exchange *exchange, const struct exchange_place *place,
                        const struct ocpp_settle_restrictions *own);

/* --- what both kinds of export ask of our own tariff ---------------------------------------------------------------------------
 */

/* exchange_is_restricted: whether |restrictions| (NULL: no) say anything. */
bool exchange_is_restricted(const struct ocpp_settle_restrictions *restrictions);

/* exchange_is_taxed: whether any price of |tariff| has a tax of more than 0 %. */
bool exchange_is_taxed(const struct ocpp_settle_tariff *tariff);

/* exchange_net_only: refuses gross prices for a side that knows only net ones, unless they are not taxed: then it is a loss. */
enum ocpp_status exchange_net_only(struct exchange *exchange, const struct ocpp_settle_tariff *tariff);

/* exchange_limits_told: a loss where |tariff| has limits and they hold by other rules than |dialect|'s. */
void exchange_limits_told(struct exchange *exchange, const struct ocpp_settle_tariff *tariff,
                          enum ocpp_settle_tariff_dialect dialect);

/* exchange_one_tax: the rate that gives what all taxes of |component| give together; a note where they are several, a loss where
 * it has to be rounded. Errors: OCPP_ERR_RANGE they are a thousand times the price and more. */
enum ocpp_status exchange_one_tax(struct exchange *exchange, const struct exchange_place *place,
                                  const struct ocpp_settle_price_component *component, int64_t *rate_ppm);

/* exchange_same_taxes: whether both components say the same of taxes. */
bool exchange_same_taxes(const struct ocpp_settle_price_component *a, const struct ocpp_settle_price_component *b);

#endif
