/* fuzz_transfer_address.c: an address of a file, as the central system gives it. What is shown of it fits its room and a log,
 * whatever it is; and with the input as its password, nothing of that is shown. */
#include "target.h"

#include <ocpp/file_transfer.h>

#include <stdlib.h>
#include <string.h>

enum { ROOM = 80 };

static void require(bool is_so)
{
    if (!is_so) {
        abort();
    }
}

static void show(const char *url, char shown[ROOM + 1])
{
    shown[ROOM] = 'x';
    ocpp_transfer_show(url, shown, ROOM);
    require(shown[ROOM] == 'x' && memchr(shown, '\0', ROOM) != NULL);
    for (const char *c = shown; *c != '\0'; c++) {
        require((unsigned char)*c > ' ' && (unsigned char)*c < 0x7f);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    static const char before[] = "https://user:";
    static const char behind[] = "@host/f";
    char shown[ROOM + 1];
    char *url = calloc(1, sizeof(before) + size + sizeof(behind));
    if (url == NULL) {
        return 0;
    }
    memcpy(url, data, size);
    show(url, shown);
    const unsigned protocol = ocpp_transfer_protocol_of(url);
    require((protocol & (protocol - 1)) == 0 && (protocol & ~(unsigned)OCPP_TRANSFER_ALL) == 0);
    require(protocol == 0 || strcmp(shown, "...") != 0);

    const size_t password_size = strlen(url);
    memmove(url + sizeof(before) - 1, url, password_size);
    memcpy(url, before, sizeof(before) - 1);
    memcpy(url + sizeof(before) - 1 + password_size, behind, sizeof(behind));
    show(url, shown);
    require(strcmp(shown, "https://host/f") == 0 || strcmp(shown, "https://...") == 0);
    free(url);
    return 0;
}
