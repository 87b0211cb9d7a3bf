/* ws_server_registry.c: which connection speaks for an identity. Locked, and asked only when a connection comes or goes and when
 * a host posts.
 *
 * An entry has an owner, and perhaps one connection that waits: the newest. When a station comes back before its old connection
 * is known to be dead, the owner's thread is told to let go; only then does the newcomer get the identity, on its own thread, and
 * is read. Whoever waited before it is dropped. The letters that will tell of it are made when the newcomer registers, so that
 * letting go cannot fail.
 *
 * Where the old connection is to stay if it lives, its thread is told to find out, and either lets go or sends the newcomer away.
 * That is so by policy, or because the identity changed its connection too often: then two devices fight for it, and letting the
 * newest win would keep both from working.
 *
 * A connection that holds or awaits an identity gives it up before it is freed, under the lock; so what is found here is alive,
 * and may be used on the thread it belongs to.
 */
#define _POSIX_C_SOURCE 200809L

#include "ws_server.h"

#include <search.h>
#include <stdlib.h>
#include <string.h>

struct registry_entry {
    struct connection *owner;
    struct connection *waiter; /* NULL: nobody */
    struct mail *grant;        /* for the waiter */
    struct ocpp_rate_gate replacements;
    char identity[OCPP_IDENTITY_SIZE];
};

static int compare_entries(const void *a, const void *b)
{
    return strcmp(((const struct registry_entry *)a)->identity, ((const struct registry_entry *)b)->identity);
}

/* All below with the registry locked. */

static struct registry_entry *find(struct ocpp_server *server, const char *identity)
{
    struct registry_entry key;
    const size_t size = strlen(identity);
    if (size >= sizeof key.identity)
        return NULL;
    memcpy(key.identity, identity, size + 1);
    void *node = tfind(&key, &server->registry, compare_entries);
    return node != NULL ? *(struct registry_entry **)node : NULL;
}

static enum registry_claim take_free(struct connection *connection, const char *identity)
{
    struct registry_entry *entry = calloc(1, sizeof *entry);
    if (entry == NULL)
        return REGISTRY_NO_MEMORY;
    memcpy(entry->identity, identity, strlen(identity) + 1);
    if (tsearch(entry, &connection->thread->server->registry, compare_entries) == NULL) {
        free(entry);
        return REGISTRY_NO_MEMORY;
    }
    entry->owner = connection;
    connection->entry = entry;
    return REGISTRY_GRANTED;
}

/* |displaced| waited until now. Its thread may be closing, and closes it then. */
static void drop(struct connection *displaced, struct mail *mail, const char *words)
{
    displaced->entry = NULL;
    mail->generation = displaced->generation;
    mail->words = words;
    if (!ocpp_ws_mail_send(displaced->thread, mail))
        free(mail);
}

/* What the owner is told when another connection has its identity. */
static enum mail_kind word_for_owner(struct ocpp_server *server, struct registry_entry *entry, int64_t now_ms)
{
    if (server->settings.identity_policy != OCPP_IDENTITY_NEWEST)
        return MAIL_PROBE;
    if (ocpp_rate_take(&entry->replacements, &server->settings.limits.replacements, now_ms))
        return MAIL_EVICT;
    ocpp_ws_note(server, OCPP_SERVER_COUNT_FIGHTS);
    ocpp_ws_complain(
        server,
        "station %s changes its connection too often, as two devices with one identity do: the one that is connected stays",
        entry->identity);
    return MAIL_PROBE;
}

static enum registry_claim queue_up(struct registry_entry *entry, struct connection *connection)
{
    struct ocpp_server *server = connection->thread->server;
    if (server->settings.identity_policy == OCPP_IDENTITY_OLDEST)
        return REGISTRY_REFUSED;
    struct mail *grant = ocpp_ws_mail_new(MAIL_GRANT, entry->identity);
    struct mail *tell = ocpp_ws_mail_new(
        entry->waiter != NULL ? MAIL_DROP : word_for_owner(server, entry, connection->thread->real_ms), entry->identity);
    if (grant == NULL || tell == NULL) {
        free(grant);
        free(tell);
        return REGISTRY_NO_MEMORY;
    }
    if (entry->waiter != NULL) {
        drop(entry->waiter, tell, "replaced by a newer connection"); /* the owner was told already */
        free(entry->grant);
    } else {
        tell->generation = entry->owner->generation;
        if (!ocpp_ws_mail_send(entry->owner->thread, tell))
            free(tell); /* that thread is closing: it lets go of everything */
    }
    grant->generation = connection->generation;
    entry->grant = grant;
    entry->waiter = connection;
    connection->entry = entry;
    return REGISTRY_WAITING;
}

static void give_up_ownership(struct ocpp_server *server, struct registry_entry *entry)
{
    if (entry->waiter == NULL) {
        (void)tdelete(entry, &server->registry, compare_entries);
        free(entry);
        return;
    }
    entry->owner = entry->waiter;
    entry->waiter = NULL;
    if (!ocpp_ws_mail_send(entry->owner->thread, entry->grant))
        free(entry->grant);
    entry->grant = NULL;
}

/* --- from here on the lock is taken ------------------------------------------------------------------------------ */

enum registry_claim ocpp_ws_registry_claim(struct connection *connection, const char *identity)
{
    struct ocpp_server *server = connection->thread->server;
    (void)pthread_mutex_lock(&server->registry_lock);
    struct registry_entry *entry = find(server, identity);
    const enum registry_claim claim = entry == NULL ? take_free(connection, identity) : queue_up(entry, connection);
    (void)pthread_mutex_unlock(&server->registry_lock);
    return claim;
}

void ocpp_ws_registry_release(struct connection *connection)
{
    struct ocpp_server *server = connection->thread->server;
    (void)pthread_mutex_lock(&server->registry_lock);
    struct registry_entry *entry = connection->entry;
    connection->entry = NULL;
    if (entry != NULL && entry->owner == connection) {
        give_up_ownership(server, entry);
    } else if (entry != NULL) {
        entry->waiter = NULL; /* the owner was told to go, and goes */
        free(entry->grant);
        entry->grant = NULL;
    }
    (void)pthread_mutex_unlock(&server->registry_lock);
}

void ocpp_ws_registry_keep(struct connection *connection)
{
    struct ocpp_server *server = connection->thread->server;
    (void)pthread_mutex_lock(&server->registry_lock);
    struct registry_entry *entry = connection->entry;
    if (entry != NULL && entry->owner == connection && entry->waiter != NULL) {
        ocpp_ws_note(server, OCPP_SERVER_COUNT_KEPT);
        entry->grant->kind = MAIL_DROP; /* the letter that would have let it in */
        drop(entry->waiter, entry->grant, "this identity is connected already");
        entry->grant = NULL;
        entry->waiter = NULL;
    }
    (void)pthread_mutex_unlock(&server->registry_lock);
}

struct server_thread *ocpp_ws_registry_thread_of(struct ocpp_server *server, const char *identity)
{
    (void)pthread_mutex_lock(&server->registry_lock);
    const struct registry_entry *entry = find(server, identity);
    struct server_thread *thread = entry != NULL ? entry->owner->thread : NULL;
    (void)pthread_mutex_unlock(&server->registry_lock);
    return thread;
}

struct connection *ocpp_ws_registry_owner(struct server_thread *thread, const char *identity, uint64_t generation)
{
    (void)pthread_mutex_lock(&thread->server->registry_lock);
    const struct registry_entry *entry = find(thread->server, identity);
    struct connection *owner = entry != NULL ? entry->owner : NULL;
    if (owner != NULL && (owner->thread != thread || (generation != 0 && owner->generation != generation)))
        owner = NULL;
    (void)pthread_mutex_unlock(&thread->server->registry_lock);
    return owner;
}
