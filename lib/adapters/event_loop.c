/* event_loop.c: libev, libuv and poll() behind one round. */
#define _GNU_SOURCE

#include "event_loop.h"

#include <dlfcn.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/timerfd.h>
#include <time.h>
#include <unistd.h>

/* Of libev 4 and libuv 1 as their ABIs have them; that little does not need their headers at build time. */
enum { EV_AUTOMATIC = 0, EV_NOWAIT = 1, EV_ONCE = 2 };
enum { UV_ONCE = 1, UV_NOWAIT = 2 };

/* libuv gives a closed handle back in a later round; a context that was just destroyed needs a handful. */
enum { CLOSING_ROUNDS = 1000 };

struct wanted {
    const char *name;
    size_t offset; /* of the pointer in struct ocpp_event_calls */
};

#define CALL(function)                                                                                                           \
    {                                                                                                                            \
#function, offsetof(struct ocpp_event_calls, function)                                                                   \
    }

static const struct wanted libev_calls[] = { CALL(ev_loop_new), CALL(ev_run), CALL(ev_loop_destroy), { NULL, 0 } };
static const struct wanted libuv_calls[] = { CALL(uv_loop_size),       CALL(uv_loop_init),  CALL(uv_run), CALL(uv_backend_fd),
                                             CALL(uv_backend_timeout), CALL(uv_loop_close), { NULL, 0 } };

static const struct event_library {
    const char *name;
    const char *file;
    const struct wanted *calls;
    uint64_t option;
} event_libraries[] = {
    [OCPP_EVENT_LIBRARY_LIBEV] = { "libev", "libev.so.4", libev_calls, LWS_SERVER_OPTION_LIBEV },
    [OCPP_EVENT_LIBRARY_LIBUV] = { "libuv", "libuv.so.1", libuv_calls, LWS_SERVER_OPTION_LIBUV },
    [OCPP_EVENT_LIBRARY_POLL] = { "poll", NULL, NULL, 0 },
};

const char *ocpp_event_library_name(enum ocpp_event_library library)
{
    return event_libraries[library].name;
}

/* The library stays loaded: libwebsockets' plug-in uses the same one. */
static bool load_calls(const struct event_library *library, struct ocpp_event_calls *calls)
{
    void *file = dlopen(library->file, RTLD_NOW | RTLD_LOCAL);
    if (file == NULL)
        return false;
    for (const struct wanted *wanted = library->calls; wanted->name != NULL; wanted++) {
        void *found = dlsym(file, wanted->name);
        if (found == NULL)
            return false;
        memcpy((char *)calls + wanted->offset, &found, sizeof found); /* POSIX: an object pointer may hold a function's address */
    }
    return true;
}

static void *new_handle(enum ocpp_event_library library, const struct ocpp_event_calls *calls)
{
    if (library == OCPP_EVENT_LIBRARY_LIBEV)
        return calls->ev_loop_new(EV_AUTOMATIC);
    void *handle = calloc(1, calls->uv_loop_size());
    if (handle != NULL && calls->uv_loop_init(handle) != 0) {
        free(handle);
        return NULL;
    }
    return handle;
}

static void free_handle(struct ocpp_event_loop *loop)
{
    if (loop->handle == NULL)
        return;
    if (loop->library == OCPP_EVENT_LIBRARY_LIBEV) {
        loop->calls.ev_loop_destroy(loop->handle);
    } else {
        (void)loop->calls.uv_loop_close(loop->handle);
        free(loop->handle);
    }
    loop->handle = NULL;
}

static bool open_with(struct ocpp_event_loop *loop, enum ocpp_event_library library, struct lws_context_creation_info *info)
{
    const uint64_t options = info->options;
    loop->library = library;
    if (library != OCPP_EVENT_LIBRARY_POLL) {
        if (!load_calls(&event_libraries[library], &loop->calls))
            return false;
        loop->handle = new_handle(library, &loop->calls);
        if (loop->handle == NULL)
            return false;
        info->foreign_loops = &loop->handle;
        info->options |= event_libraries[library].option;
    }
    info->pcontext = &loop->context; /* becomes NULL when the context is gone */
    loop->context = lws_create_context(info);
    info->foreign_loops = NULL;
    info->options = options;
    if (loop->context != NULL)
        return true;
    free_handle(loop);
    return false;
}

enum ocpp_status ocpp_event_loop_open(struct ocpp_event_loop *loop, const enum ocpp_event_library *libraries,
                                      struct lws_context_creation_info *info)
{
    /* The level is one for the whole process: without this, libwebsockets tells stderr of every handshake. */
    lws_set_log_level(0, NULL);
    for (; *libraries != OCPP_EVENT_LIBRARY_BEST; libraries++) {
        *loop = (struct ocpp_event_loop){ .timer_fd = -1, .timer_due_ms = OCPP_NEVER };
        if (open_with(loop, *libraries, info))
            return OCPP_OK;
    }
    *loop = (struct ocpp_event_loop){ .timer_fd = -1, .timer_due_ms = OCPP_NEVER };
    return OCPP_ERR_NETWORK;
}

void ocpp_event_loop_close(struct ocpp_event_loop *loop)
{
    if (loop->context == NULL)
        return;
    lws_context_destroy(loop->context);
    if (loop->library == OCPP_EVENT_LIBRARY_LIBUV) {
        /* The handles close in rounds of the loop, and only a second call frees the context then. */
        for (int round = 0; round < CLOSING_ROUNDS && loop->calls.uv_run(loop->handle, UV_NOWAIT) != 0; round++)
            continue;
        if (loop->context != NULL)
            lws_context_destroy(loop->context);
    }
    free_handle(loop);
    loop->context = NULL;
    loop->timer_fd = -1;
}

void ocpp_event_loop_round(struct ocpp_event_loop *loop, bool wait)
{
    switch (loop->library) {
    case OCPP_EVENT_LIBRARY_LIBEV:
        (void)loop->calls.ev_run(loop->handle, wait ? EV_ONCE : EV_NOWAIT);
        break;
    case OCPP_EVENT_LIBRARY_LIBUV:
        (void)loop->calls.uv_run(loop->handle, wait ? UV_ONCE : UV_NOWAIT);
        break;
    case OCPP_EVENT_LIBRARY_POLL:
    case OCPP_EVENT_LIBRARY_BEST:
        (void)lws_service(loop->context, wait ? 0 : -1);
        break;
    }
}

int ocpp_event_loop_fd(const struct ocpp_event_loop *loop)
{
    return loop->library == OCPP_EVENT_LIBRARY_LIBUV ? loop->calls.uv_backend_fd(loop->handle) : -1;
}

bool ocpp_event_loop_ready(const struct ocpp_event_loop *loop)
{
    struct pollfd watched = { .fd = ocpp_event_loop_fd(loop), .events = POLLIN };
    return watched.fd >= 0 && poll(&watched, 1, 0) > 0;
}

int64_t ocpp_event_loop_due_ms(const struct ocpp_event_loop *loop, int64_t now_ms)
{
    const int wait_ms = loop->library == OCPP_EVENT_LIBRARY_LIBUV ? loop->calls.uv_backend_timeout(loop->handle) : -1;
    return wait_ms < 0 ? OCPP_NEVER : now_ms + wait_ms;
}

enum ocpp_status ocpp_event_loop_start_timer(struct ocpp_event_loop *loop, struct lws_vhost *vhost)
{
    lws_sock_file_fd_type descriptor;
    memset(&descriptor, 0, sizeof descriptor);
    descriptor.filefd = timerfd_create(CLOCK_BOOTTIME, TFD_NONBLOCK | TFD_CLOEXEC); /* the clock of ocpp_system_now() */
    if (descriptor.filefd < 0)
        return OCPP_ERR_NOMEM;
    if (lws_adopt_descriptor_vhost(vhost, LWS_ADOPT_RAW_FILE_DESC, descriptor, NULL, NULL) == NULL) {
        (void)close(descriptor.filefd);
        return OCPP_ERR_NOMEM;
    }
    loop->timer_fd = descriptor.filefd;
    return OCPP_OK;
}

void ocpp_event_loop_timer_expired(struct ocpp_event_loop *loop)
{
    uint64_t times = 0;
    if (loop->timer_fd >= 0 && read(loop->timer_fd, &times, sizeof times) < 0)
        return; /* set anew since it expired */
    loop->timer_due_ms = OCPP_NEVER;
}

/* The moment and not the wait until it: a time that was read before a round's work would make it late by that. */
void ocpp_event_loop_set_timer(struct ocpp_event_loop *loop, int64_t due_ms)
{
    if (due_ms >= loop->timer_due_ms || loop->timer_fd < 0)
        return; /* it comes early enough as it is */
    const int64_t at_ms = due_ms > 0 ? due_ms : 0;
    const struct itimerspec when = { .it_value = { .tv_sec = at_ms / 1000, .tv_nsec = at_ms % 1000 * 1000000 + 1 } };
    if (timerfd_settime(loop->timer_fd, TFD_TIMER_ABSTIME, &when, NULL) == 0)
        loop->timer_due_ms = due_ms;
}

void ocpp_event_loop_wake(struct ocpp_event_loop *loop)
{
    lws_cancel_service(loop->context);
}
