/* loop_uv.c: the client in the host's libuv loop: its descriptor is watched like any other. libev, epoll and the rest do the
 * same. */
#include "visitor.h"

#include <stdio.h>
#include <uv.h>

static void serve(uv_poll_t *handle)
{
    struct visitor *visitor = handle->data;

    ocpp_client_run(visitor->client, 0);
    if (visitor_is_registered(visitor)) {
        uv_poll_stop(handle);
        uv_close((uv_handle_t *)handle, NULL);
    }
}

static void on_readable(uv_poll_t *handle, int status, int events)
{
    (void)status;
    (void)events;
    serve(handle);
}

int main(int argc, char **argv)
{
    struct visitor visitor;
    uv_loop_t loop;
    uv_poll_t handle;
    int code = 1;

    if (!visitor_open(&visitor, argc, argv)) {
        return 2;
    }
    if (uv_loop_init(&loop) == 0) {
        int fd = ocpp_client_fd(visitor.client);
        if (fd >= 0 && uv_poll_init(&loop, &handle, fd) == 0) {
            handle.data = &visitor;
            uv_poll_start(&handle, UV_READABLE, on_readable);
            serve(&handle); /* sets things going, and may do it all; from now on the descriptor tells */
            uv_run(&loop, UV_RUN_DEFAULT);
            code = 0;
        } else {
            fprintf(stderr, "loop_uv: libwebsockets' libuv plug-in is missing\n");
        }
        uv_loop_close(&loop);
    }
    visitor_close(&visitor);
    return code;
}
