/* loop_own.c: the client in its own loop, for firmware that has none. ocpp_client_run() waits for sockets and timers, and returns
 * after the first thing that happened; ocpp_client_wake() makes it return from another thread. */
#include "visitor.h"

int main(int argc, char **argv)
{
    struct visitor visitor;

    if (!visitor_open(&visitor, argc, argv)) {
        return 2;
    }
    while (!visitor_is_registered(&visitor)) {
        ocpp_client_run(visitor.client, 1000);
    }
    visitor_close(&visitor);
    return 0;
}
