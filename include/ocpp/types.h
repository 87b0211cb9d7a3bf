/* types.h: the small things every other header speaks of: time, decimals, versions, allocator, arena, log.
 *
 * Text is UTF-8 without NUL, so a `const char *` is always a whole string. Nothing here knows OCPP messages.
 */
#ifndef OCPP_TYPES_H
#define OCPP_TYPES_H

#include <ocpp/export.h>
#include <ocpp/status.h>

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

OCPP_BEGIN_DECLARATIONS

/* ocpp_version: the versions of the protocol, as negotiated by the WebSocket subprotocol. */
enum ocpp_version { OCPP_VERSION_NONE, OCPP_VERSION_1_6, OCPP_VERSION_2_0_1, OCPP_VERSION_2_1 };

enum { OCPP_VERSION_COUNT = 4 };

/* ocpp_version_subprotocol: "ocpp1.6", "ocpp2.0.1", "ocpp2.1"; "" for OCPP_VERSION_NONE. Never NULL. */
OCPP_API const char *ocpp_version_subprotocol(enum ocpp_version version);

/* ocpp_version_name: "1.6", "2.0.1", "2.1"; "none" for OCPP_VERSION_NONE. Never NULL. */
OCPP_API const char *ocpp_version_name(enum ocpp_version version);

/* ocpp_version_of: the version of a subprotocol ("ocpp1.6") or a name ("1.6"); OCPP_VERSION_NONE if it is neither. */
OCPP_API enum ocpp_version ocpp_version_of(const char *text);

/* --- time ------------------------------------------------------------------------------------------------------- */

/* OCPP_UTC_UNKNOWN: the board has no idea of the date yet. */
#define OCPP_UTC_UNKNOWN INT64_MIN

/* OCPP_NEVER: a deadline that never comes. */
#define OCPP_NEVER INT64_MAX

/* ocpp_now: the time an entry point is called at. |mono_ms| never runs backwards over the life of a handle (asserted)
 * and has no meaning outside the process; |utc_ms| counts from 1970-01-01T00:00:00Z, may jump, or is OCPP_UTC_UNKNOWN. */
struct ocpp_now {
    int64_t mono_ms;
    int64_t utc_ms;
};

/* OCPP_TIME_TEXT_SIZE: room for "2026-11-20T20:31:00.000Z" and its terminator. */
enum { OCPP_TIME_TEXT_SIZE = 25 };

/* ocpp_time_parse: reads a date and time of RFC 3339 with any offset and any number of fractional digits (cut to
 * milliseconds) into |utc_ms|. |text| holds |size| bytes. A leap second is read as the second after :59. What is read can be
 * written by ocpp_time_format(): an offset that leads out of the years 0000 to 9999 is refused.
 * Errors: OCPP_ERR_DATE_TIME, |utc_ms| untouched.  OCPP 1.6 errata 3.10; OCPP 2.0.1 part 2, 3.1. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_time_parse(const char *text, size_t size, int64_t *utc_ms);

/* ocpp_time_format: writes |utc_ms| as UTC with `Z` and three fractional digits, terminated.
 * Errors: OCPP_ERR_RANGE  the year is not 0000 to 9999; |text| is "". */
OCPP_API enum ocpp_status ocpp_time_format(int64_t utc_ms, char text[OCPP_TIME_TEXT_SIZE]);

/* --- decimals --------------------------------------------------------------------------------------------------- */

/* ocpp_decimal: the number coefficient * 10^-scale, exactly. Zero initialised it is 0. |scale| is within -330 to 330;
 * a decimal read from the wire has no trailing zeros in its coefficient, so equal numbers are equal structs. */
struct ocpp_decimal {
    int64_t coefficient;
    int32_t scale;
};

/* OCPP_DECIMAL: a decimal in an initialiser: OCPP_DECIMAL(160, 1) is 16.0. */
#define OCPP_DECIMAL(coefficient_value, scale_value) ((struct ocpp_decimal){ (coefficient_value), (scale_value) })

/* OCPP_DECIMAL_TEXT_SIZE: room for any decimal as text and its terminator, even one whose scale is out of range. */
enum { OCPP_DECIMAL_TEXT_SIZE = 48 };

/* ocpp_decimal_parse: reads "16", "-0.5", "2e+01" exactly. |text| holds |size| bytes.
 * Errors: OCPP_ERR_VALUE  not a number; OCPP_ERR_RANGE  more than 18 significant digits or a scale beyond 330. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_decimal_parse(const char *text, size_t size, struct ocpp_decimal *value);

/* ocpp_decimal_format: writes |value| as a JSON number, terminated, and returns its length. Plain digits where they fit
 * in 21 characters ("16", "0.25", "-1200"), an exponent beyond ("1e300"); no trailing zeros behind the point. */
OCPP_API size_t ocpp_decimal_format(struct ocpp_decimal value, char text[OCPP_DECIMAL_TEXT_SIZE]);

/* ocpp_decimal_from_double: the shortest decimal that reads back as the same double, the nearest where several are as short:
 * 230.4 gives 230.4, not the binary fraction next to it. -0 gives 0.
 * Errors: OCPP_ERR_RANGE  not a number, or infinite. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_decimal_from_double(double number, struct ocpp_decimal *value);

/* ocpp_decimal_compare: below, at or above 0 as |a| is smaller than, equal to or greater than |b|; exact. */
OCPP_API int ocpp_decimal_compare(struct ocpp_decimal a, struct ocpp_decimal b);

/* ocpp_decimal_to_integer: |value| * 10^|shift| rounded half away from zero; with shift 3, "1.2345" gives 1235.
 * Errors: OCPP_ERR_RANGE  the result does not fit in 64 bits. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_decimal_to_integer(struct ocpp_decimal value, int shift, int64_t *integer);

/* --- memory ----------------------------------------------------------------------------------------------------- */

/* ocpp_allocator: where handles and arenas take their memory. One function: |pointer| NULL allocates, |size| 0 frees and
 * returns NULL, anything else moves; memory is aligned for any object. cJSON's tree is not covered: it always comes from
 * malloc. The struct is borrowed for the life of every handle made with it. NULL in a settings struct means malloc. */
struct ocpp_allocator {
    void *(*reallocate)(void *pointer, size_t size, void *user);
    void *user;
};

/* ocpp_arena: memory that is taken piece by piece and given back at once. One message, one arena. Blocks are kept over a
 * reset, so a steady state allocates nothing. */
struct ocpp_arena;

/* ocpp_arena_new: an empty arena that takes blocks from |allocator| (NULL: malloc) up to |limit| bytes in all
 * (0: 1 MiB). NULL when there is no memory. */
OCPP_API struct ocpp_arena *ocpp_arena_new(const struct ocpp_allocator *allocator, size_t limit);

/* ocpp_arena_free: gives everything back. NULL is fine. */
OCPP_API void ocpp_arena_free(struct ocpp_arena *arena);

/* ocpp_arena_reset: forgets every piece; the blocks are kept for the next message. */
OCPP_API void ocpp_arena_reset(struct ocpp_arena *arena);

/* ocpp_arena_take: |size| zeroed bytes aligned for any object; they live until the reset. NULL when the limit or the
 * memory is exhausted. */
OCPP_API void *ocpp_arena_take(struct ocpp_arena *arena, size_t size);

/* ocpp_arena_text: a terminated copy of |size| bytes. NULL when the limit or the memory is exhausted. */
OCPP_API char *ocpp_arena_text(struct ocpp_arena *arena, const char *text, size_t size);

/* ocpp_arena_used: bytes taken since the last reset, padding included. */
OCPP_API size_t ocpp_arena_used(const struct ocpp_arena *arena);

/* --- log -------------------------------------------------------------------------------------------------------- */

enum ocpp_log_level { OCPP_LOG_ERROR, OCPP_LOG_WARNING, OCPP_LOG_INFO, OCPP_LOG_DEBUG };

/* ocpp_log: where a handle tells what happens. |write| gets one line without a line feed, never a secret; it may not call
 * back into the handle. A NULL |write| is silence. |level| is the most talkative level that is written. */
struct ocpp_log {
    void (*write)(enum ocpp_log_level level, const char *line, void *user);
    void *user;
    enum ocpp_log_level level;
};

OCPP_END_DECLARATIONS

#endif
