/* recorder.h: writes down what one pile is given, in the order in which it is, and what it does: --record. Time is held meanwhile
 * and moves in steps, so that everything in between has the same time. */
#ifndef OCPP_SIM_RECORDER_H
#define OCPP_SIM_RECORDER_H

#include "recording.h"
#include "recording_head.h"

#include <ocpp/adapters.h>

struct recorder;

/* recorder_new: begins the file that |options| name, with |head|; NULL after one line that says why. */
struct recorder *recorder_new(const struct options *options, const struct recording_head *head);

/* recorder_free: with the last line. False, after one line that says why: the file is not whole. NULL is fine. */
bool recorder_free(struct recorder *recorder);

/* recorder_step: lets the time pass that has passed, in whole steps of the loop; false: that was less than one. */
bool recorder_step(struct recorder *recorder);

/* What happens to the pile. Each is told before it does; |recorder| may be NULL. */
void recorder_command(struct recorder *recorder, const char *command);
void recorder_act(struct recorder *recorder, const struct ocpp_client_act *act);
void recorder_arrival(struct recorder *recorder, const char *text, size_t size);
void recorder_phone(struct recorder *recorder, bool is_there);
void recorder_heard(struct recorder *recorder, const unsigned char *bytes, size_t size);
void recorder_file(struct recorder *recorder, int64_t transfer, const unsigned char *bytes, size_t size);
void recorder_moved(struct recorder *recorder, const struct ocpp_curl_transfer_news *news);

/* … and what it does. */
void recorder_departure(struct recorder *recorder, const char *text, size_t size);
void recorder_note(struct recorder *recorder, const char *line);
void recorder_said(struct recorder *recorder, const unsigned char *bytes, size_t size);
void recorder_silent(struct recorder *recorder);

/* recorder_move: whether a transfer was begun. recorder_key: what keys gave; |bytes| are those of recording_key_size(). */
void recorder_key(struct recorder *recorder, enum recording_key key, enum ocpp_status status, const unsigned char *bytes);

void recorder_move(struct recorder *recorder, int64_t transfer, enum ocpp_status status);

/* recorder_cannot: why the call that arrives comes to nothing with a pile that is recorded; NULL: it is no such call. */
const char *recorder_cannot(const char *text, size_t size);

#endif
