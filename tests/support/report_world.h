/* report_world.h: a central_world whose application hears of reports, events, tasks, security events and orders, one line each in
 * world_told(). */
#ifndef OCPP_TESTS_REPORT_WORLD_H
#define OCPP_TESTS_REPORT_WORLD_H

#include "central_world.h"

#include <ocpp/central_reports.h>

/* What the application does beside noting down. */
struct report_wishes {
    bool take_pages;          /* on_report_page keeps every page from on_report */
    bool order_again;         /* on_report orders the next base report */
    enum ocpp_status ordered; /* how that went */
};

extern struct report_wishes report_wishes;

/* All four functions; without on_report_page; without on_report. */
extern const struct ocpp_report_handler report_handler;
extern const struct ocpp_report_handler report_handler_whole;
extern const struct ocpp_report_handler report_handler_pages;

/* report_done: tells how an order ended: "done STATUS yes|no WORD id N" and what it brought. */
extern const struct ocpp_command_done report_done;

/* report_world_new: with |handler|, or none; |change| (NULL: nothing) may change the settings. */
struct central_world *report_world_new(const struct ocpp_report_handler *handler,
                                       void (*change)(struct ocpp_central_settings *settings));

/* answered: the order that left last is answered with |payload|, in which ' stands for "; returns what was told. */
const char *answered(struct central_world *world, struct ocpp_station *station, const char *payload);

/* ordered_id: the request id in the order that left last. */
long long ordered_id(const struct central_world *world);

#endif
