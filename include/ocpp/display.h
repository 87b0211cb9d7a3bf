/* display.h: messages of the central system on the displays of a charge point.
 *
 * The central system sets, replaces, lists and clears messages (OCPP 2.0.1 O01 to O06; 1.6 has no word for it). They are durable,
 * and end by their date, with their transaction, or when they are cleared. What a display is to show follows from the messages,
 * from what goes on at its EVSE, from who charges there and from the time: the firmware is told when that changes, and may ask.
 *
 * A message at the very front is shown alone. Else those in front take turns, and without any of them those of the normal cycle
 * do, together with what the firmware itself has to show. Messages that differ in nothing but text and language are one message
 * in several languages: where the driver is known, only the language he knows best is shown, or English (O01.FR.08, FR.09).
 *
 * docs/display-and-cost.md shows it at a glance.
 */
#ifndef OCPP_DISPLAY_H
#define OCPP_DISPLAY_H

#include <ocpp/vocabulary.h>

OCPP_BEGIN_DECLARATIONS

struct ocpp_charge_point;

/* ocpp_display: a display of the station. In the device model it is the component "Display" at its EVSE, with |instance|. */
struct ocpp_display {
    const char *instance; /* at most 50 characters; NULL: none */
    int evse;             /* 0: of the station */
    bool is_main;         /* shows messages that name no display (O01.FR.20) */
};

/* ocpp_display_message: a message, or what a display is to show. Texts are borrowed for the call and never NULL. */
struct ocpp_display_message {
    int64_t id;
    enum ocpp_message_priority priority;
    enum ocpp_message_state state;
    enum ocpp_message_format format;
    const char *language;         /* as in RFC 5646; "": not said */
    const char *content;          /* UTF-8, at most 512 characters */
    int64_t starts_utc_ms;        /* OCPP_UTC_UNKNOWN: at once */
    int64_t ends_utc_ms;          /* OCPP_UTC_UNKNOWN: not by itself */
    const char *transaction_uuid; /* ""; else it ends with that transaction */
    int display;                  /* its index in the settings; -1: the main ones */
};

/* ocpp_display_settings: the struct is borrowed for life. All 0 is a station with one display that shows ASCII and UTF-8. */
struct ocpp_display_settings {
    const struct ocpp_display *displays; /* NULL: one, of the station */
    size_t display_count;                /* at most 65 */
    size_t max_messages;                 /* kept at a time, with 120 bytes of memory each; at most 200; 0: 20 (O01.FR.11) */
    unsigned formats;                    /* that can be shown, OCPP_MESSAGE_BIT() of each; 0: ASCII and UTF8 (O01.FR.03) */
    unsigned priorities;                 /* that are known; 0: all (O01.FR.01) */
    unsigned states;                     /* that are known; 0: all (O01.FR.02) */
    int64_t turn_ms;                     /* how long one of several is shown; at least 1,000; 0: 10,000 */
    int own_turns;                       /* turns that the firmware wants in the normal cycle; at most 100; -1: none; 0: one */
    /* |display|, an index of |displays|, is to show |message| from now on; NULL: what the firmware itself has to show. May be
     * NULL */
    void (*show)(int display, const struct ocpp_display_message *message, void *user);
    void *user;
};

/* ocpp_display_view: what a display is to show. */
struct ocpp_display_view {
    bool has_message; /* false: what the firmware itself has to show */
    struct ocpp_display_message message;
    size_t turns; /* how many take turns, the firmware's own among them; 0: none of the central system's is there */
    int64_t valid_until_mono_ms; /* OCPP_NEVER */
};

/* ocpp_charge_point_display: what |display| is to show at |now|. Texts live until the next call of anything.
 * Errors: OCPP_ERR_ARGUMENT no such display, or the station has none. */
OCPP_API OCPP_MUST_USE enum ocpp_status ocpp_charge_point_display(struct ocpp_charge_point *cp, int display, struct ocpp_now now,
                                                                  struct ocpp_display_view *view);

/* ocpp_charge_point_each_message: calls |visit| for every message that is kept, in the order of ids, shown or not, until it
 * returns false. |visit| may not call back. */
OCPP_API void ocpp_charge_point_each_message(struct ocpp_charge_point *cp,
                                             bool (*visit)(const struct ocpp_display_message *message, void *user), void *user);

OCPP_END_DECLARATIONS

#endif
