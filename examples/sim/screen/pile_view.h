/* pile_view.h: one pile as its screen shows it: facts and words, no places and no colours but what they mean. Filled by
 * pile_look(), drawn by pile_body. Texts may be anybody's; they become glyphs when they are drawn.
 */
#ifndef OCPP_SIM_PILE_VIEW_H
#define OCPP_SIM_PILE_VIEW_H

#include "canvas.h"

enum { VIEW_EVSES = 64, VIEW_SLOTS = 64, VIEW_RESERVATIONS = 6, VIEW_NOTICES = 4, VIEW_TEXT = 96 };

struct view_evse {
    int number;
    const char *state;
    enum style look;
    bool is_idle; /* nothing goes on there */
    int plugged;  /* of its connectors */
    int locked;
    int64_t power_w;
    int64_t most_w;      /* it can draw */
    int64_t allowed_w;   /* it may draw now; most_w: no limit */
    int64_t energy_wh;   /* of the session */
    int64_t battery_wh;  /* of the vehicle; 0: not known, or without end */
    int64_t charged_wh;  /* into it */
    int64_t register_wh; /* of the meter */
    bool has_session;
    int64_t session_s; /* below 0: not known */
    char token[VIEW_TEXT];
    char cost[VIEW_TEXT]; /* "0.54 EUR"; "" */
    char gate[VIEW_TEXT]; /* what the cable is kept for; "" */
};

struct view_slot {
    int number;
    const char *state;
    enum style look;
    bool has_bank;
    bool is_open;
    int charge; /* percent; below 0: not known */
};

struct view_reservation {
    int64_t id;
    int evse;       /* 0: any */
    int64_t left_s; /* below 0: not known */
    bool is_presented;
    char token[VIEW_TEXT];
};

struct pile_view {
    char identity[VIEW_TEXT];
    char url[VIEW_TEXT];
    const char *link; /* "connected", ... */
    bool is_up;
    const char *version;      /* "" */
    const char *registration; /* "" */
    size_t waiting;           /* records that wait to be told */
    size_t given_up;
    int evse_count;
    struct view_evse evses[VIEW_EVSES];
    int slot_count;
    int banks_out; /* that somebody has */
    struct view_slot slots[VIEW_SLOTS];
    int reservation_count;
    struct view_reservation reservations[VIEW_RESERVATIONS];
    int notice_count; /* what its display shows, an update under way, ... */
    char notices[VIEW_NOTICES][VIEW_TEXT * 2];
};

#endif
