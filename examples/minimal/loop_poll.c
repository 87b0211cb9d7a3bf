/* loop_poll.c: the client in a loop of poll(2), beside whatever else the host watches. One descriptor stands for all of the
 * client's sockets and timers: it is readable when ocpp_client_run(client, 0) has something to do. */
#include "visitor.h"

#include <poll.h>
#include <stdio.h>
#include <unistd.h>

int main(int argc, char **argv)
{
    struct visitor visitor;

    if (!visitor_open(&visitor, argc, argv)) {
        return 2;
    }
    struct pollfd watched[] = {
        { .fd = ocpp_client_fd(visitor.client), .events = POLLIN },
        { .fd = STDIN_FILENO, .events = POLLIN }, /* the host's own business */
    };
    ocpp_client_run(visitor.client, 0); /* sets things going; from now on the descriptor tells */
    while (!visitor_is_registered(&visitor)) {
        /* without libwebsockets' libuv plug-in there is no descriptor, and the client wants to be called every few milliseconds
         */
        if (poll(watched, 2, watched[0].fd < 0 ? 10 : -1) < 0) {
            perror("poll");
            break;
        }
        if (watched[1].revents) {
            watched[1].fd = -1; /* nobody types here */
        }
        ocpp_client_run(visitor.client, 0);
    }
    visitor_close(&visitor);
    return 0;
}
