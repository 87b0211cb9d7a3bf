/* ws_resolve.c: getaddrinfo() on a thread of its own. */
#define _POSIX_C_SOURCE 200809L

#include "ws_resolve.h"
#include "ws_url.h"

#include <netdb.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>

enum { RESOLVER_STACK_BYTES = 256 * 1024 };

/* Owned by asker and thread together: the second to be done with it frees it. */
struct ocpp_ws_question {
    pthread_mutex_t lock;
    char host[WS_HOST_SIZE];
    void (*answered)(void *user);
    void *user;
    bool abandoned;
    bool done;
    struct ocpp_ws_addresses addresses;
};

static void free_question(struct ocpp_ws_question *question)
{
    (void)pthread_mutex_destroy(&question->lock);
    free(question);
}

static void list_addresses(const struct addrinfo *list, struct ocpp_ws_addresses *addresses)
{
    for (; list != NULL && addresses->count < WS_ADDRESSES; list = list->ai_next) {
        char *text = addresses->address[addresses->count];
        if (getnameinfo(list->ai_addr, list->ai_addrlen, text, WS_ADDRESS_SIZE, NULL, 0, NI_NUMERICHOST) == 0)
            addresses->count++;
    }
}

static void look_up(const char *host, struct ocpp_ws_addresses *addresses)
{
    const struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_ADDRCONFIG };
    struct addrinfo *list = NULL;
    const int failure = getaddrinfo(host, NULL, &hints, &list);
    if (failure != 0) {
        (void)snprintf(addresses->reason, sizeof addresses->reason, "its name cannot be resolved: %s", gai_strerror(failure));
        return;
    }
    list_addresses(list, addresses);
    freeaddrinfo(list);
    if (addresses->count == 0)
        (void)snprintf(addresses->reason, sizeof addresses->reason, "its name has no address");
}

static void *resolver(void *argument)
{
    struct ocpp_ws_question *question = argument;
    struct ocpp_ws_addresses addresses = { .count = 0 };
    look_up(question->host, &addresses); /* the host is not written any more */
    (void)pthread_mutex_lock(&question->lock);
    const bool abandoned = question->abandoned;
    question->addresses = addresses;
    question->done = true;
    if (!abandoned)
        question->answered(question->user);
    (void)pthread_mutex_unlock(&question->lock);
    if (abandoned)
        free_question(question);
    return NULL;
}

static bool start_thread(struct ocpp_ws_question *question)
{
    pthread_attr_t attributes;
    if (pthread_attr_init(&attributes) != 0)
        return false;
    pthread_t thread;
    const bool started = pthread_attr_setdetachstate(&attributes, PTHREAD_CREATE_DETACHED) == 0 &&
                         pthread_attr_setstacksize(&attributes, RESOLVER_STACK_BYTES) == 0 &&
                         pthread_create(&thread, &attributes, resolver, question) == 0;
    (void)pthread_attr_destroy(&attributes);
    return started;
}

struct ocpp_ws_question *ocpp_ws_ask(const char *host, void (*answered)(void *user), void *user)
{
    struct ocpp_ws_question *question = calloc(1, sizeof *question);
    if (question == NULL)
        return NULL;
    if (strlen(host) >= sizeof question->host || pthread_mutex_init(&question->lock, NULL) != 0) {
        free(question);
        return NULL;
    }
    memcpy(question->host, host, strlen(host) + 1);
    question->answered = answered;
    question->user = user;
    if (!start_thread(question)) {
        free_question(question);
        return NULL;
    }
    return question;
}

bool ocpp_ws_answer(struct ocpp_ws_question *question, struct ocpp_ws_addresses *addresses)
{
    (void)pthread_mutex_lock(&question->lock);
    const bool done = question->done;
    if (done)
        *addresses = question->addresses;
    (void)pthread_mutex_unlock(&question->lock);
    if (done)
        free_question(question);
    return done;
}

void ocpp_ws_abandon(struct ocpp_ws_question *question)
{
    if (question == NULL)
        return;
    (void)pthread_mutex_lock(&question->lock);
    const bool done = question->done;
    question->abandoned = true;
    (void)pthread_mutex_unlock(&question->lock);
    if (done)
        free_question(question);
}
