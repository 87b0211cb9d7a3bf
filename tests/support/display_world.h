/* display_world.h: a station world whose firmware has displays, and remembers what each was told to show. */
#ifndef OCPP_TESTS_DISPLAY_WORLD_H
#define OCPP_TESTS_DISPLAY_WORLD_H

#include <ocpp/display.h>

#include "station_world.h"

enum { SEEN_DISPLAYS = 4 };

struct display_world {
    struct world *world;
    struct ocpp_display_settings settings;
    struct ocpp_display displays[SEEN_DISPLAYS];
    char content[SEEN_DISPLAYS][2100]; /* as last told; "" is the firmware's own */
    int told;                          /* how often, in all */
};

/* display_world_new: one EVSE, one main display, nothing running yet. display_world_on: switches it on and accepts it in 2.0.1.
 */
struct display_world *display_world_new(void);
void display_world_on(struct display_world *seen);
void display_world_free(struct display_world *seen);

/* set_message: SetDisplayMessage with further |members| ("'state':'Idle'"; "" for none) beside id, priority and text; the status.
 * |language| "" is none. */
const char *set_message(struct display_world *seen, int id, const char *priority, const char *members, const char *content);
const char *set_message_in(struct display_world *seen, int id, const char *priority, const char *members, const char *language,
                           const char *content);
const char *clear_message(struct display_world *seen, int id);
/* get_messages: GetDisplayMessages with |members| beside the request id; the status. */
const char *get_messages(struct display_world *seen, int request, const char *members);
/* reported: ids in the NotifyDisplayMessages not looked at yet, with commas; all of them are looked at then. */
const char *reported(struct display_world *seen, int request);
/* at: |seconds| from now as a member, "'startDateTime':'…'". */
const char *at(struct display_world *seen, const char *member, int seconds);
/* kept: how many the view lists. */
int kept(struct display_world *seen);

#endif
