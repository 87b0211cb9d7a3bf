/* shard.h: what the files of a shard share. */
#ifndef CSMS_SHARD_H
#define CSMS_SHARD_H

#include "app.h"

/* shard_round_utc_ms: the calendar, read once per round of events. */
int64_t shard_round_utc_ms(struct shard *shard);

/* shard_prune: a step of the sweep through the old transactions, where one is due; before the round's flush. */
void shard_prune(struct shard *shard);

/* shard_hear_frames, _events, _reports, _energy, _signing: put their functions into |handler|. */
void shard_hear_frames(struct ocpp_central_handler *handler);
void shard_hear_events(struct ocpp_central_handler *handler);
void shard_hear_reports(struct ocpp_central_handler *handler);
void shard_hear_energy(struct ocpp_central_handler *handler);
void shard_hear_signing(struct ocpp_central_handler *handler);

/* shard_may_log: whether one more line about |station| may be logged in this second: a station may not fill the disk with
 * complaints about itself. */
bool shard_may_log(struct known_station *station, int64_t utc_ms);

/* app_event: an event about |station| (NULL: none) to fill; NULL when nobody listens. */
cJSON *app_event(const struct app *app, const char *station);

#endif
