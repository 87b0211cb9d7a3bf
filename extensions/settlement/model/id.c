/* id.c: 128 bits as text. */
#include <ocpp/settlement/id.h>

#include <string.h>

static const char alphabet[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/* 26 characters hold 130 bits: the two above the first byte are 0. */
void ocpp_settle_id_write(const unsigned char bytes[16], char id[OCPP_SETTLE_ID_SIZE])
{
    unsigned waiting = 0;
    int bits = 2;
    int next = 0;

    for (int i = 0; i < OCPP_SETTLE_ID_SIZE - 1; i++) {
        if (bits < 5) {
            waiting = waiting << 8 | bytes[next++];
            bits += 8;
        }
        bits -= 5;
        id[i] = alphabet[waiting >> bits & 31U];
    }
    id[OCPP_SETTLE_ID_SIZE - 1] = '\0';
}

bool ocpp_settle_id_is_valid(const char *text)
{
    return strlen(text) == OCPP_SETTLE_ID_SIZE - 1 && strspn(text, alphabet) == OCPP_SETTLE_ID_SIZE - 1 && text[0] < '8';
}
