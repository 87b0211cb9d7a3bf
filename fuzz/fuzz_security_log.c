/* fuzz_security_log.c: whatever gets into an event of security, the log stays one line per event, tabs between its parts, valid
 * UTF-8 without control characters; and an address of any shape in a request for a log is refused or handed on, and never shown.
 */
#include "target.h"

#include <ocpp/diagnostics.h>

#include "require.h"
#include "text.h"

#include <string.h>

enum { TYPE_ROOM = 201, INFO_ROOM = 1021 };

/* The next part of the input, up to a NUL, cut to |room|. */
static size_t take(const uint8_t *data, size_t size, char *text, size_t room)
{
    size_t length = 0;
    while (length < size && data[length] != 0) {
        length++;
    }
    const size_t kept = length < room - 1 ? length : room - 1;
    memcpy(text, data, kept);
    text[kept] = '\0';
    return length < size ? length + 1 : size;
}

static void check_line(const char *line, size_t size)
{
    size_t tabs = 0;
    ocpp_require(size > 0 && line[size - 1] == '\n' && strlen(line) == size);
    ocpp_require(ocpp_text_valid(line, size));
    for (size_t i = 0; i + 1 < size; i++) {
        const unsigned char byte = (unsigned char)line[i];
        tabs += byte == '\t';
        ocpp_require((byte >= 0x20 || byte == '\t') && byte != 0x7f);
    }
    ocpp_require(tabs == 3);
}

static void check_address(const char *url)
{
    char shown[64];
    ocpp_transfer_protocol_of(url);
    ocpp_require(ocpp_transfer_show(url, shown, sizeof(shown)) == shown);
    ocpp_require(memchr(shown, '\0', sizeof(shown)) != NULL);
    for (const char *at = shown; *at != '\0'; at++) {
        ocpp_require(*at >= 0x20 && *at < 0x7f);
    }
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
    char type[TYPE_ROOM];
    char info[INFO_ROOM];
    char line[OCPP_SECURITY_LINE_SIZE];
    int64_t when = 0;
    const size_t head = size < sizeof(when) ? size : sizeof(when);
    if (size > 0) {
        memcpy(&when, data, head);
    }
    const size_t used = head + take(data + head, size - head, type, sizeof(type));
    take(data + used, size - used, info, sizeof(info));
    const struct ocpp_security_record record = {
        .utc_ms = when, .boot = when, .mono_ms = when, .type = type, .info = info, .is_critical = (when & 1) != 0
    };
    check_line(line, ocpp_security_line(&record, line));
    check_address(info);
    return 0;
}
