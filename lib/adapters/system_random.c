/* system_random.c: entropy of the operating system.
 *
 * Message ids and back-off need bytes that cannot be guessed or repeat. A machine that has none cannot run the library safely, so
 * this ends the process rather than going on with bad ones.
 */
#define _DEFAULT_SOURCE

#include <ocpp/adapters.h>

#include <errno.h>
#include <stdlib.h>
#include <sys/random.h>

void ocpp_system_random(void *bytes, size_t size, void *user)
{
    unsigned char *at = bytes;
    (void)user;
    while (size > 0) {
        const ssize_t got = getrandom(at, size, 0);
        if (got < 0 && errno != EINTR)
            abort();
        if (got > 0) {
            at += got;
            size -= (size_t)got;
        }
    }
}
