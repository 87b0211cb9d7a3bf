/* settlement.h: the settlement beside this central system: one handle, one store, used by every service thread in turn. Built
 * without the extension (settlement_none.c) nothing is settled and nothing here does anything.
 */
#ifndef CSMS_SETTLEMENT_H
#define CSMS_SETTLEMENT_H

#include "app.h"

struct ocpp_settle;

/* settlement_open: as --settlement says. False: |why| (STORE_WHY_SIZE bytes) says what is wrong. Before the server starts. */
bool settlement_open(struct app *app, char *why);

/* settlement_resume: after the server started: tells it what became of transactions while it was away, and lets time pass for it.
 * False: time would stand still; |why| says so.
 * settlement_rest: before the server stops: its own threads, which use the server, end. settlement_close: after the server stopped. */
bool settlement_resume(struct app *app, char *why);
void settlement_rest(struct app *app);
void settlement_close(struct app *app);

/* settlement_has_drive: whether it serves what the pages of drivers ask for. */
bool settlement_has_drive(const struct app *app);

/* settlement_terminals_port: where it listens to terminals of vehicles; 0: nowhere. */
int settlement_terminals_port(const struct app *app);

/* settlement_hear: puts its functions for drivers and vendors' messages over those in |handler|. */
void settlement_hear(struct shard *shard, struct ocpp_central_handler *handler);

/* What it is told besides: connections, connectors, transactions, the end of a round of events. */
void settlement_connected(struct app *app, const char *station, bool connected);
void settlement_status(struct app *app, const char *station, const struct ocpp_status_event *status);
void settlement_transaction(struct app *app, const struct ocpp_transaction_event *event);
void settlement_meter(struct app *app, const char *station, int evse, int connector, const struct ocpp_meter_sample *samples,
                      size_t count);
void settlement_after_round(struct app *app);

/* settlement_beat: so that who waits for news knows that somebody is there. settlement_end_streams: nobody waits any more. */
void settlement_beat(struct app *app);
void settlement_end_streams(struct app *app);
size_t settlement_streams(struct app *app); /* how many wait */

/* settlement_card: what the settlement decides about a token at |station|: where a rental house's pile or card is in question.
 * False: nothing, it is not for it to say. */
bool settlement_card(struct app *app, const char *station, const char *token, enum ocpp_authorization *authorization);
/* settlement_reservation: a reservation ended (2.x). settlement_authorize: the token is a number of guided visits: |decision| is
 * filled; false: it is none. */
void settlement_reservation(struct app *app, const char *station, int64_t reservation, const char *word);
bool settlement_authorize(struct shard *shard, const char *station, const struct ocpp_token *token,
                          struct ocpp_authorize_decision *decision);

#endif
