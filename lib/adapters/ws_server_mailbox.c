/* ws_server_mailbox.c: letters to a service thread. The sender wakes it only when the box was empty; the thread empties the box
 * once per round. What must not get lost (evictions, answers) is not counted; what hosts post is.
 */
#define _POSIX_C_SOURCE 200809L

#include "ws_server.h"

#include <stdlib.h>
#include <string.h>

enum { MOST_HOPS = 4 };

enum ocpp_status ocpp_ws_mailbox_open(struct mailbox *mailbox)
{
    mailbox->last = &mailbox->first;
    return pthread_mutex_init(&mailbox->lock, NULL) == 0 ? OCPP_OK : OCPP_ERR_NOMEM;
}

void ocpp_ws_mailbox_close(struct mailbox *mailbox)
{
    (void)pthread_mutex_destroy(&mailbox->lock);
}

struct mail *ocpp_ws_mail_new(enum mail_kind kind, const char *identity)
{
    const size_t size = identity != NULL ? strlen(identity) + 1 : 0;
    struct mail *mail = calloc(1, sizeof *mail + size);
    if (mail == NULL)
        return NULL;
    mail->kind = kind;
    if (size > 0)
        memcpy(mail->identity, identity, size);
    return mail;
}

static bool is_counted(const struct mail *mail)
{
    return mail->kind == MAIL_WORK || mail->kind == MAIL_ALL || mail->kind == MAIL_CLOSE || mail->kind == MAIL_PING;
}

/* With the box locked. */
static void put(struct server_thread *thread, struct mail *mail)
{
    struct mailbox *mailbox = &thread->mailbox;
    const bool was_empty = mailbox->first == NULL;
    mail->next = NULL;
    *mailbox->last = mail;
    mailbox->last = &mail->next;
    mailbox->work += is_counted(mail);
    if (pthread_equal(pthread_self(), thread->thread))
        thread->own_mail = true;
    else if (was_empty)
        ocpp_event_loop_wake(&thread->events); /* under the lock: the loop is not closed before the box is */
}

bool ocpp_ws_mail_send(struct server_thread *thread, struct mail *mail)
{
    struct mailbox *mailbox = &thread->mailbox;
    (void)pthread_mutex_lock(&mailbox->lock);
    const bool open = !mailbox->closed;
    if (open)
        put(thread, mail);
    (void)pthread_mutex_unlock(&mailbox->lock);
    return open;
}

enum ocpp_status ocpp_ws_mail_send_counted(struct server_thread *thread, struct mail *mail)
{
    struct mailbox *mailbox = &thread->mailbox;
    enum ocpp_status status = OCPP_OK;
    (void)pthread_mutex_lock(&mailbox->lock);
    if (mailbox->closed)
        status = OCPP_ERR_CLOSED;
    else if (mailbox->work >= thread->server->settings.mailbox_size)
        status = OCPP_ERR_BUSY;
    else
        put(thread, mail);
    (void)pthread_mutex_unlock(&mailbox->lock);
    return status;
}

/* --- what each kind does ----------------------------------------------------------------------------------------- */

/* The station went to another thread since the mail was sent: after it. True: it is that thread's now. */
static bool sent_on(struct server_thread *thread, struct mail *mail)
{
    struct server_thread *owner = ocpp_ws_registry_thread_of(thread->server, mail->identity);
    if (owner == NULL || owner == thread || mail->hops >= MOST_HOPS)
        return false;
    mail->hops++;
    return ocpp_ws_mail_send(owner, mail);
}

static bool do_work(struct server_thread *thread, struct mail *mail)
{
    struct ocpp_station *station = ocpp_central_find(thread->central, mail->identity);
    if (station == NULL && sent_on(thread, mail))
        return false;
    mail->work(station, thread->now, mail->user);
    return true;
}

static bool do_close(struct server_thread *thread, struct mail *mail)
{
    struct connection *connection = ocpp_ws_registry_owner(thread, mail->identity, 0);
    if (connection == NULL && sent_on(thread, mail))
        return false;
    if (connection != NULL)
        ocpp_ws_station_close(connection, mail->code, "closed by the central system");
    return true;
}

static void do_drop(struct server_thread *thread, const struct mail *mail)
{
    struct connection *connection = thread->connections;
    while (connection != NULL && connection->generation != mail->generation)
        connection = connection->next;
    if (connection != NULL)
        ocpp_ws_station_turn_away(connection, mail->identity, mail->words);
}

static bool do_ping(struct server_thread *thread, struct mail *mail)
{
    struct connection *connection = ocpp_ws_registry_owner(thread, mail->identity, 0);
    if (connection == NULL && sent_on(thread, mail))
        return false;
    if (connection != NULL)
        ocpp_ws_station_set_ping(connection, mail->interval_ms, mail->timeout_ms);
    return true;
}

static void do_probe(struct server_thread *thread, const struct mail *mail)
{
    struct connection *connection = ocpp_ws_registry_owner(thread, mail->identity, mail->generation);
    if (connection != NULL)
        ocpp_ws_station_probe(connection);
}

static void do_evict(struct server_thread *thread, const struct mail *mail)
{
    struct connection *connection = ocpp_ws_registry_owner(thread, mail->identity, mail->generation);
    if (connection == NULL)
        return;
    ocpp_ws_note(thread->server, OCPP_SERVER_COUNT_REPLACED);
    ocpp_ws_station_close(connection, LWS_CLOSE_STATUS_POLICY_VIOLATION, "replaced by a newer connection");
}

static void do_grant(struct server_thread *thread, const struct mail *mail)
{
    struct connection *connection = ocpp_ws_registry_owner(thread, mail->identity, mail->generation);
    if (connection != NULL)
        ocpp_ws_station_granted(connection);
}

static void do_stop(struct server_thread *thread, const struct mail *mail)
{
    thread->stopping = true;
    thread->drain_until_ms = mail->drain_until_ms;
    struct connection *next = NULL;
    for (struct connection *connection = thread->connections; connection != NULL; connection = next) {
        next = connection->next;
        if (connection->state == CONNECTION_IS_STATION || connection->state == CONNECTION_AWAITS_OWNER)
            ocpp_ws_station_close(connection, LWS_CLOSE_STATUS_GOINGAWAY, "the central system stops");
        else if (connection->state == CONNECTION_AWAITS_ANSWER)
            ocpp_ws_exchange_stop(connection);
        else if (connection->state == CONNECTION_AWAITS_HEAD || connection->state == CONNECTION_AWAITS_BODY)
            ocpp_ws_connection_kill(connection, "the central system stops");
    }
}

static void do_mail(struct server_thread *thread, struct mail *mail)
{
    bool done = true;
    switch (mail->kind) {
    case MAIL_ADOPT:
        ocpp_ws_server_thread_adopt(thread, mail->fd, mail->listen, mail->place);
        break;
    case MAIL_EVICT:
        do_evict(thread, mail);
        break;
    case MAIL_PROBE:
        do_probe(thread, mail);
        break;
    case MAIL_PING:
        done = do_ping(thread, mail);
        break;
    case MAIL_GRANT:
        do_grant(thread, mail);
        break;
    case MAIL_DROP:
        do_drop(thread, mail);
        break;
    case MAIL_WORK:
        done = do_work(thread, mail);
        break;
    case MAIL_ALL:
        mail->all(thread->central, thread->now, mail->user);
        break;
    case MAIL_CLOSE:
        done = do_close(thread, mail);
        break;
    case MAIL_EXCHANGE:
        ocpp_ws_exchange_mail(mail->exchange, thread); /* the mail stands in the exchange */
        return;
    case MAIL_STOP:
        do_stop(thread, mail);
        break;
    }
    if (done)
        free(mail);
}

/* Takes everything out at once: mail that comes of it is for the next time. */
static struct mail *empty(struct mailbox *mailbox, bool close)
{
    (void)pthread_mutex_lock(&mailbox->lock);
    struct mail *first = mailbox->first;
    mailbox->first = NULL;
    mailbox->last = &mailbox->first;
    mailbox->work = 0;
    mailbox->closed = mailbox->closed || close;
    (void)pthread_mutex_unlock(&mailbox->lock);
    return first;
}

static void do_all(struct server_thread *thread, struct mail *first)
{
    while (first != NULL) {
        struct mail *next = first->next; /* the mail may be gone, or on its way elsewhere, when it is done */
        do_mail(thread, first);
        first = next;
        thread->active = true;
    }
}

void ocpp_ws_mail_deliver(struct server_thread *thread)
{
    thread->own_mail = false;
    do_all(thread, empty(&thread->mailbox, false));
}

void ocpp_ws_mail_refuse_more(struct server_thread *thread)
{
    do_all(thread, empty(&thread->mailbox, true));
}

size_t ocpp_server_waiting_work(struct ocpp_server *server)
{
    size_t waiting = 0;
    for (int i = 0; i < server->thread_count; i++) {
        struct mailbox *mailbox = &server->threads[i].mailbox;
        (void)pthread_mutex_lock(&mailbox->lock);
        waiting += mailbox->work;
        (void)pthread_mutex_unlock(&mailbox->lock);
    }
    return waiting;
}
