/* id.c: 128 bits as text. */
#include <ocpp/settlement/id.h>

#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* 26 characters hold 130 bits: the two above the first byte are 0. */
void ocpp_settle_id_write(const unsigned char bytes[16], char id[OCPP_SETTLE_ID_SIZE])
{
    for (int i = 0; i < OCPP_SETTLE_ID_SIZE - 1; i++) {
        unsigned value = 0;

        for (int bit = 5 * i - 2; bit < 5 * i + 3; bit++) {
            value = value << 1 | (bit < 0 ? 0U : (unsigned)(bytes[bit / 8] >> (7 - bit % 8)) & 1U);
        }
        id[i] = alphabet[value];
    }
    id[OCPP_SETTLE_ID_SIZE - 1] = '\0';
}

bool ocpp_settle_id_is_valid(const char *text)
{
    return strlen(text) == OCPP_SETTLE_ID_SIZE - 1 && strspn(text, alphabet) == OCPP_SETTLE_ID_SIZE - 1 && text[0] < '8';
}
