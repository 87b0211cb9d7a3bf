/* recorder.h: writes down what one pile is given, in the order in which it is, and what it does: --record. Time is held meanwhile
 * and moves in steps, so that everything in between has the same time. */
#ifndef OCPP_SIM_RECORDER_H
#define OCPP_SIM_RECORDER_H

#include "recording_head.h"

#include <ocpp/adapters.h>

struct recorder;

/* recorder_new: begins the file that |options| name, with |head|; NULL after one line that says why. */
struct recorder *recorder_new(const struct options *options, const struct recording_head *head);

/* recorder_free: with the last line. NULL is fine. */
void recorder_free(struct recorder *recorder);

/* recorder_step: lets the time pass that has passed, in whole steps of the loop; false: that was less than one. */
bool recorder_step(struct recorder *recorder);

/* What happens to the pile. Each is told before it does; |recorder| may be NULL. */
void recorder_command(struct recorder *recorder, const char *command);
void recorder_act(struct recorder *recorder, const struct ocpp_client_act *act);
void recorder_arrival(struct recorder *recorder, const char *text, size_t size);

/* … and what it does. */
void recorder_departure(struct recorder *recorder, const char *text, size_t size);
void recorder_note(struct recorder *recorder, const char *line);

#endif
