/* command_key.c: keys of rows: the operator, a word, and parts that may hold anything a peer can say. */
#include "command_internal.h"

#include <stdarg.h>
#include <string.h>

struct key_text {
    char text[OCPP_SETTLE_KEY_SIZE];
    size_t size;
    bool overflowed;
};

static void add(struct key_text *key, const char *bytes, size_t size)
{
    if (key->size + size >= sizeof key->text) {
        key->overflowed = true;
        return;
    }
    memcpy(key->text + key->size, bytes, size);
    key->size += size;
}

static bool stands_for_itself(unsigned char byte)
{
    return byte > ' ' && byte < 0x7f && byte != '/' && byte != '%';
}

#define EACH_BYTE(byte) (UINT64_C(0x0101010101010101) * (byte))

/* Without a set top bit in any byte: not below '!', not one of the three, ASCII. */
static bool word_stands(uint64_t word)
{
    const uint64_t slash = word ^ EACH_BYTE((unsigned char)'/');
    const uint64_t percent = word ^ EACH_BYTE((unsigned char)'%');
    const uint64_t delete = word ^ EACH_BYTE(0x7fu);
    const uint64_t low = word - EACH_BYTE((unsigned char)'!');

    return ((word | low | (slash - EACH_BYTE(1u)) | (percent - EACH_BYTE(1u)) | (delete - EACH_BYTE(1u))) & EACH_BYTE(0x80u)) == 0;
}

static bool bytes_stand(const char *part, const char *end)
{
    while (part < end && stands_for_itself((unsigned char)*part)) {
        part++;
    }
    return part == end;
}

/* Hundreds of keys are made for an order, and in most parts there is nothing to escape: eight bytes at a time, the last of them
 * judged twice where need be. */
static bool all_stand(const char *part, size_t size)
{
    const char *const end = part + size;
    uint64_t word;

    if (size < sizeof word) {
        return bytes_stand(part, end);
    }
    for (; end - part > (ptrdiff_t)sizeof word; part += sizeof word) {
        memcpy(&word, part, sizeof word);
        if (!word_stands(word)) {
            return false;
        }
    }
    memcpy(&word, end - sizeof word, sizeof word);
    return word_stands(word);
}

static void add_escaped(struct key_text *key, const char *part)
{
    static const char digits[] = "0123456789ABCDEF";

    for (; *part; part++) {
        const unsigned char byte = (unsigned char)*part;
        const char escaped[3] = { '%', digits[byte >> 4], digits[byte & 15] };

        if (stands_for_itself(byte)) {
            add(key, part, 1);
        } else {
            add(key, escaped, sizeof escaped);
        }
    }
}

static void add_part(struct key_text *key, const char *part)
{
    const size_t size = strlen(part);

    if (all_stand(part, size)) {
        add(key, part, size);
    } else {
        add_escaped(key, part);
    }
}

/* A part that is "" ends the key with '/': the prefix of everything below it. */
const char *command_key(struct command *command, const char *kind, ...)
{
    struct key_text key; /* its text is not cleared: hundreds of keys are made for an order */
    const char *copy = NULL;
    va_list parts;

    key.size = 0;
    key.overflowed = false;
    /* names of operators and our own words have nothing to escape */
    add(&key, command->settle->settings.operator_id, strlen(command->settle->settings.operator_id));
    add(&key, "/", 1);
    add(&key, kind, strlen(kind));
    va_start(parts, kind);
    for (const char *part = va_arg(parts, const char *); part; part = va_arg(parts, const char *)) {
        add(&key, "/", 1);
        add_part(&key, part);
    }
    va_end(parts);
    if (key.overflowed) {
        command_fail(command, OCPP_ERR_LENGTH);
    } else if (!command_failed(command)) {
        copy = ocpp_arena_text(command->arena, key.text, key.size);
        command_fail(command, copy ? OCPP_OK : OCPP_ERR_NOMEM);
    }
    return copy;
}
